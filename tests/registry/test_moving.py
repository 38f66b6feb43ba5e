"""Open cases are moved to another pack: proposed, previewed, approved; the released stay so."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, HE_LI, LI, LIN, MORNING, TAOLIN, TOWNSHIP, WANG, ZHAO, ZHENG
from tests.web.visitor import Visitor
from tongxin.arrivals.facts import SWAB_RESULTED, SwabResulted
from tongxin.arrivals.tables import journey
from tongxin.base.clock import from_ms
from tongxin.ledger.facts import Draft, Outcome
from tongxin.policy.engine import plan
from tongxin.policy.evidence import Arrival
from tongxin.policy.judgement import Plan
from tongxin.policy.shipped import shipped_bytes
from tongxin.policy.situation import Situation
from tongxin.registry import facts as registry
from tongxin.registry.moving import Move, moved
from tongxin.registry.rules import PackInForce, pack_of
from tongxin.work.tables import task


def adopt(town: Town, old: str, new: str, version: int) -> Draft:
    """The Henan rules with one change come into force as another version."""
    text = shipped_bytes("henan-2022-04").decode()
    assert old in text
    text = text.replace(old, new, 1).replace("version = 2", f"version = {version}", 1)
    body = registry.PackProposed(text=text, in_force_from=town.now, reason="省里通知")
    proposed = town.propose(registry.PACK_PROPOSED, body)
    town.approve(proposed)
    return proposed


# The seven days at home become ten.
SEVEN = 'label = { zh = "居家健康监测", en = "home health monitoring" }\ndays = 7'
TEN = SEVEN.replace("days = 7", "days = 10")


@pytest.fixture
def two(town: Town) -> tuple[Draft, Draft]:
    """Two packs in force, and an area at risk: 陈 came under the first."""
    first = town.adopt()
    town.at_risk()
    return first, adopt(town, SEVEN, TEN, 3)


def move(town: Town, packs: tuple[Draft, Draft]) -> Draft:
    body = registry.CasesMoveProposed(from_pack=packs[0].id, to_pack=packs[1].id, reason="省里通知")
    return town.propose(registry.CASES_MOVE_PROPOSED, body)


def stands(town: Town, person: str) -> tuple[str, Any]:
    """By which pack somebody is judged, and until when."""
    with town.installation.database.reading() as connection:
        row = connection.execute(
            sa.select(journey.c.pack, journey.c.until_at).where(journey.c.subject == person)
        ).one()
    return row.pack, None if row.until_at is None else from_ms(row.until_at)


def came_under_the_first(town: Town) -> tuple[Draft, tuple[Draft, Draft]]:
    first = town.adopt()
    town.at_risk()
    chen = town.arrive(CHEN)
    town.clock.advance(hours=1)
    return chen, (first, adopt(town, SEVEN, TEN, 3))


def test_a_move_counts_once_a_second_person_has_approved(town: Town) -> None:
    chen, packs = came_under_the_first(town)
    before = stands(town, chen.subject)
    proposed = move(town, packs)
    assert stands(town, chen.subject) == before
    town.approve(proposed)
    pack, until = stands(town, chen.subject)
    assert pack == "henan-2022-04@3"
    assert until == before[1] + timedelta(days=3)
    assert findings(town) == []
    town.installation.rebuild(TOWNSHIP)
    assert stands(town, chen.subject) == (pack, until)


def test_whoever_is_released_stays_so(town: Town) -> None:
    chen, packs = came_under_the_first(town)
    for days_on in (1, 8):
        swab = SwabResulted(taken_at=town.now, positive=False)
        told = town.draft(
            SWAB_RESULTED, swab, by=ZHENG, subject=chen.subject, purpose=chen.purpose, area=TAOLIN
        )
        assert town.record(told)[0].outcome is Outcome.RECORDED
        town.clock.advance(days=days_on)
    lin = town.arrive(LIN)
    town.approve(move(town, packs))
    assert stands(town, chen.subject)[0] == "henan-2022-04@2"
    assert stands(town, lin.subject)[0] == "henan-2022-04@3"
    assert findings(town) == []


def test_nothing_that_the_other_pack_asks_is_late_at_once(town: Town) -> None:
    chen, packs = came_under_the_first(town)
    town.clock.advance(days=3)
    town.approve(move(town, packs))
    with town.installation.database.reading() as connection:
        due = connection.scalars(
            sa.select(task.c.due_at).where(task.c.subject == chen.subject, task.c.done_at.is_(None))
        ).all()
    assert due and min(from_ms(at) for at in due) >= town.now


def test_who_comes_later_and_who_is_under_another_pack_are_left_alone(town: Town) -> None:
    _, packs = came_under_the_first(town)
    lin = town.arrive(LIN)
    back = move(town, packs)
    town.approve(back)
    town.clock.advance(hours=1)
    he = town.arrive(HE_LI)
    assert {stands(town, who.subject)[0] for who in (lin, he)} == {"henan-2022-04@3"}
    assert findings(town) == []


def test_moves_follow_one_another_and_can_be_undone_by_another(town: Town) -> None:
    chen, packs = came_under_the_first(town)
    before = stands(town, chen.subject)
    town.approve(move(town, packs))
    town.clock.advance(hours=1)
    town.approve(move(town, (packs[1], packs[0])))
    assert stands(town, chen.subject) == before
    assert findings(town) == []


def test_on_screen_it_is_previewed_before_it_is_approved(
    town: Town, client: TestClient[Litestar]
) -> None:
    chen, packs = came_under_the_first(town)
    visitor = Visitor(client)
    visitor.sign_in(LI)
    assert "在管人员改按另一套规则" in visitor.open("/rules")
    same = visitor.send(
        "/rules/move", from_pack=packs[0].id, to_pack=packs[0].id, move_reason="省里通知"
    )
    assert "请选择两套不同的规则" in same.text
    sent = visitor.send(
        "/rules/move", from_pack=packs[0].id, to_pack=packs[1].id, move_reason="省里通知"
    )
    assert sent.status_code == 303
    here = sent.headers["location"]
    page = visitor.open(here)
    assert "批准后有 1 人次的状态会改变" in page
    assert "陈*" in page
    visitor.sign_in(WANG)
    assert f'href="{here}"' in visitor.open("/")
    assert visitor.send(f"{here}/approve").status_code == 303
    town.installation.store.settle()
    assert "已生效" in visitor.open(here)
    visitor.sign_in(ZHAO)
    assert "起改按" in visitor.open(f"/arrivals/{chen.subject}")


def test_only_packs_in_force_can_be_named(
    two: tuple[Draft, Draft], client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    body = {"from_pack": two[0].id, "to_pack": "nowhere", "reason": "省里通知"}
    answer = client.post("/api/v1/moves", json=body, headers=signed_in(LI))
    assert answer.json()["code"] == "registry.no_such_pack"
    made = client.post("/api/v1/moves", json=body | {"to_pack": two[1].id}, headers=signed_in(LI))
    assert made.status_code == 201, made.text
    same = client.post("/api/v1/moves", json=body | {"to_pack": two[0].id}, headers=signed_in(LI))
    assert same.status_code in (400, 422)


packs = [
    PackInForce(pack_of(shipped_bytes(name).decode()), name, seq, 0)
    for seq, name in enumerate(("watch", "henan-2022-04"), start=1)
]
names = st.sampled_from([pack.proposal for pack in packs] + ["unknown"])
some_moves = st.lists(
    st.builds(
        Move, st.just("move"), names, names, st.integers(1, 9), st.just(MORNING + timedelta(days=1))
    ),
    max_size=5,
)


@given(some_moves, st.integers(0, 9))
def test_whatever_is_moved_is_judged_by_a_pack_in_force_or_keeps_its_own(
    moves: list[Move], began: int
) -> None:
    evidence = [Arrival("came", MORNING, "310115", TAOLIN)]

    def judge(by: PackInForce, _since: datetime | None) -> Plan:
        return plan(evidence, by.pack, Situation())

    in_order = sorted(moves, key=lambda move: move.seq)
    by, made = moved(packs[0], began, packs, in_order, judge)
    assert by in packs
    assert (made.pack, made.version) == (by.pack.pack.id, by.pack.pack.version)
    if all(move.seq < began for move in moves):
        assert by == packs[0]
