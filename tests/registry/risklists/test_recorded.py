"""A list as a fact: approved by a second person, once for each file, judged again by it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.registry.risklists.lists import HUANGCHUAN, KUNSHAN, PUDONG, entry, proposal_of, served
from tests.test_properties import rows_of, town_of
from tests.town import Town
from tests.village import CHEN, LI, LIN, MA, MORNING, TOWNSHIP, WANG
from tongxin.installation import Settings
from tongxin.ledger.rebuilding import differences, rebuild
from tongxin.ledger.rejudging import progress
from tongxin.policy.situation import RiskArea
from tongxin.registry.tables import risk_list

DAY = timedelta(days=1)
Browser = TestClient[Litestar]
Copies = Callable[[], Settings]


def areas(town: Town) -> set[tuple[str, str, bool, str, datetime, datetime | None]]:
    with town.installation.database.reading() as connection:
        found = town.installation.context(connection, TOWNSHIP).situation.areas
    return {shown(each) for each in found}


def shown(area: RiskArea) -> tuple[str, str, bool, str, datetime, datetime | None]:
    return area.code, area.level, area.whole, area.name, area.from_, area.until


def category(town: Town, person: str) -> str:
    with town.installation.database.reading() as connection:
        found = connection.scalar(
            sa.text("SELECT category FROM journey WHERE subject = :s"), {"s": person}
        )
    return str(found)


def test_a_list_counts_once_somebody_else_approves_it(henan: Town) -> None:
    proposed = henan.listed(served([entry(HUANGCHUAN, "汽车站全域")]))
    assert areas(henan) == set()
    henan.approve(proposed)
    assert areas(henan) == {("411526", "high", False, "汽车站全域", MORNING, None)}


def test_what_a_later_list_does_not_name_is_lifted(henan: Town) -> None:
    one = served([entry(KUNSHAN, "玉山镇", "甲小区")], at=MORNING - DAY)
    henan.approve(henan.listed(one, MORNING - DAY))
    henan.approve(henan.listed(served([entry(KUNSHAN, "甲小区")])))
    assert areas(henan) == {
        ("320583100", "high", True, "玉山镇", MORNING - DAY, MORNING),
        ("320583", "high", False, "甲小区", MORNING - DAY, None),
    }


def test_a_list_does_not_lift_what_was_declared_by_itself(henan: Town) -> None:
    henan.at_risk("310115", since=MORNING - DAY)
    henan.approve(henan.listed(served([entry(KUNSHAN, "甲小区")])))
    assert ("310115", "high", True, "上海市浦东新区", MORNING - DAY, None) in areas(henan)


@pytest.mark.slow
def test_lists_give_the_same_rows_in_whatever_order_they_come_in(copies: Copies) -> None:
    """Also for people who were judged between them."""
    days = [MORNING - n * DAY for n in (3, 2, 1)]
    raws = [
        served([entry(PUDONG, "甲小区")], at=days[0]),
        served(medium=[entry(PUDONG, "甲小区"), entry(KUNSHAN, "玉山镇")], at=days[1]),
        served([entry(KUNSHAN, "乙小区")], at=days[2]),
    ]
    results = []
    for order in permutations(range(3)):
        with town_of(copies) as town:
            for n, raw in enumerate(order):
                if n == 1:
                    town.record(*[town.arrival(who, id=proposal_of(who.name.encode(), MORNING),
                                               at=MORNING) for who in (CHEN, MA, LIN)])  # fmt: skip
                town.approve(town.listed(raws[raw], days[raw]))
            results.append((areas(town), rows_of(town)))
    assert all(each == results[0] for each in results)


def test_a_list_is_rebuilt_to_the_same_rows(henan: Town) -> None:
    henan.arrive(CHEN)
    henan.approve(henan.listed(served([entry(PUDONG, "甲小区")], [entry(KUNSHAN, "玉山镇")])))
    henan.listed(served([], at=MORNING - DAY), MORNING - DAY)
    before = rows_of(henan)
    installation = henan.installation
    with installation.database.reading() as connection:
        found = differences(connection, installation.keys, installation.rulebook, TOWNSHIP)
        assert list(found) == []
    with installation.database.writing() as connection:
        rebuild(connection, installation.keys, installation.rulebook, TOWNSHIP)
    assert rows_of(henan) == before


def test_only_whose_stays_it_meets_are_judged_again(henan: Town) -> None:
    chen, ma = henan.arrive(CHEN), henan.arrive(MA)
    proposed = henan.listed(served([entry(PUDONG, "甲小区")]))
    henan.approve(proposed)
    with henan.installation.database.reading() as connection:
        seq = connection.scalar(sa.select(risk_list.c.in_force_seq))
        found = progress(connection, TOWNSHIP, seq or 0)
    assert (found.listed, found.left, found.judged) == (1, 0, 1)
    assert category(henan, chen.subject) != category(henan, ma.subject)


def test_lifting_touches_nobody_who_had_left_before(henan: Town) -> None:
    """He was there while it was at risk: that stays so."""
    henan.approve(henan.listed(served([entry(PUDONG, "甲小区")], at=MORNING - DAY), MORNING - DAY))
    chen = henan.arrive(CHEN)
    was = category(henan, chen.subject)
    henan.clock.advance(days=20)
    henan.approve(henan.listed(served([], at=henan.now)))
    with henan.installation.database.reading() as connection:
        seq = connection.scalar(sa.select(sa.func.max(risk_list.c.in_force_seq)))
        assert progress(connection, TOWNSHIP, seq or 0).listed == 0
    assert category(henan, chen.subject) == was


def test_a_county_of_which_only_a_place_is_at_risk_is_asked_about(henan: Town) -> None:
    chen = henan.arrive(CHEN)
    henan.approve(henan.listed(served([entry(PUDONG, "甲小区")])))
    with henan.installation.database.reading() as connection:
        kinds = connection.scalars(
            sa.text("SELECT kind FROM task WHERE subject = :s"), {"s": chen.subject}
        )
        assert "question" in set(kinds)


def test_the_same_file_again_changes_nothing(
    client: Browser, signed_in: SignedIn, henan: Town
) -> None:
    told = {"text": served([entry(PUDONG, "甲小区")]).decode(), "source": "国务院客户端"}
    first = client.post("/api/v1/risklists", json=told, headers=signed_in(LI)).json()
    again = client.post(
        "/api/v1/risklists", json=told | {"source": "另一处"}, headers=signed_in(WANG)
    ).json()
    assert (first["known"], again["known"]) == (False, True)
    assert again["subject"] == first["subject"]
    shown_ = client.get("/api/v1/risklists", headers=signed_in(LI)).json()
    assert [each["sha256"] for each in shown_] == [first["sha256"]]


def test_a_list_can_be_read_before_it_is_approved(
    client: Browser, signed_in: SignedIn, henan: Town
) -> None:
    before = served([entry(PUDONG, "甲小区", "乙小区")], at=MORNING - DAY)
    henan.approve(henan.listed(before, MORNING - DAY))
    raw = served([entry(PUDONG, "甲小区")], [entry(PUDONG, "乙小区"), {"province": 1}])
    told = {"text": raw.decode(), "source": "国务院客户端"}
    made = client.post("/api/v1/risklists", json=told, headers=signed_in(LI)).json()
    found = client.get(f"/api/v1/risklists/{made['subject']}", headers=signed_in(WANG)).json()
    assert found["changes"] == {"lowered": 1}
    assert found["unchanged"] == 1
    assert found["listed"] == {"high": 1, "medium": 1, "low": 0}
    assert [each["kind"] for each in found["oddities"] if each["grave"]] == ["unreadable-entry"]
    approve = f"/api/v1/proposals/{made['subject']}/approve"
    assert client.post(approve, headers=signed_in(LI)).status_code == 409
    assert client.post(approve, headers=signed_in(WANG)).status_code == 201
    after = client.get(f"/api/v1/risklists/{made['subject']}", headers=signed_in(LI)).json()
    assert after["changes"] == {"lowered": 1}, "what it changed when it came into force"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "registry.not_a_risk_list"),
        (served(at=MORNING + DAY).decode(), "registry.risk_list_from_the_future"),
    ],
)
def test_what_is_no_list_of_now_is_refused(
    client: Browser, signed_in: SignedIn, town: Town, text: str, code: str
) -> None:
    told = {"text": text, "source": "国务院客户端"}
    answer = client.post("/api/v1/risklists", json=told, headers=signed_in(LI))
    assert answer.status_code == 422
    assert answer.json()["code"] == code
