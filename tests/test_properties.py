"""Whatever the order, the grouping and the repetition: the same facts, the same rows.

Devices sync late and send twice, so facts of one story come in any order. What may differ then is
only what is by its nature a place in the chain:

- `subject.first_seq`, `last_seq` and `change`: where a subject stands in chain and feed;
- `journey.recorded_seq`, `task.alarm_seq`, `look.seq`, `certificate.seq`: which record it was;
- `pack.in_force_seq`, `risk_area.in_force_seq`: since which record something is in force.

Everything else must be the same. What is *meant* to depend on the order of recording (which pack
an episode keeps, who was admitted when) is fixed before the story begins.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.arrivals.homecoming import declaration, passage
from tests.town import Clock, Town
from tests.village import CHEN, LI, LIN, MA, MORNING, QUANJI, SUN, TOWNSHIP, WANG, ZHAO, ZHENG
from tongxin.arrivals import facts as arrivals
from tongxin.arrivals.declarations.facts import RETURN_DECLARED
from tongxin.arrivals.findings.facts import FINDING_MADE, FindingMade
from tongxin.arrivals.passages.facts import HANDED_OVER, PASSAGE_RECORDED, HandedOver
from tongxin.base.ids import id_at
from tongxin.catalogue import TABLES, TOTALS, catalogue
from tongxin.installation import Settings, opened
from tongxin.ledger.facts import OFFICE, Draft
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.ledger.tables import held, rejudge, subject
from tongxin.ledger.verifying import Count, verified
from tongxin.registry import facts as registry
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TaskDone, TaskOpened

PLACES = frozenset(
    {"first_seq", "last_seq", "change", "recorded_seq", "alarm_seq", "seq", "in_force_seq"}
)
BEGINNING = ("account-", "place-", "township-")
NOTES = ("held-",)  # what had to wait on the way is noted, whatever comes of it in the end
Rows = dict[str, list[dict[str, Any]]]
Copies = Callable[[], Settings]


@contextmanager
def town_of(copies: Copies) -> Iterator[Town]:
    """A fresh copy of the township with the rules of Henan in force."""
    clock = Clock()
    with opened(copies(), clock) as installation:
        town = Town(installation, clock)
        town.adopt()
        clock.advance(hours=12)
        yield town


def rows_of(town: Town, without: frozenset[str] = PLACES, *, story_only: bool = True) -> Rows:
    """Every derived row of the township, sorted; `story_only`: but for what its beginning left."""
    found: Rows = {}
    with town.installation.database.reading() as connection:
        for table in (*TABLES, subject):
            rows = connection.execute(sa.select(table).where(table.c.township == TOWNSHIP))
            kept = [
                {name: value for name, value in row._mapping.items() if name not in without}
                for row in rows
                if not story_only or not str(row.subject).startswith((*BEGINNING, *NOTES))
            ]
            found[table.name] = sorted(kept, key=repr)
        for total in TOTALS:
            sums = connection.execute(
                sa.select(total.sums).where(total.sums.c.township == TOWNSHIP)
            )
            found[total.sums.name] = sorted((dict(row._mapping) for row in sums), key=repr)
    if not story_only:
        return found
    pinned = {row["proposal"] for row in found["pack"]}
    # Each copy of the township adopts the pack by a proposal of its own.
    for row in found["journey"]:
        assert row.pop("pack_proposal") in pinned
    del found["pack"]
    found["subject"] = [r for r in found["subject"] if not r["subject"].startswith("proposal-")]
    return found


def story(town: Town) -> list[Draft]:
    """Three people, four episodes, two areas at risk; ids and bytes are the same in every copy."""
    at = MORNING + timedelta(hours=1)
    facts: list[Draft] = []

    def said(kind: Any, body: Any, by: Any, about: Draft, minutes: int) -> None:
        facts.append(
            town.draft(
                kind, body, by=by, subject=about.subject, purpose=about.purpose, area=about.area,
                at=at + timedelta(minutes=minutes), id=id_at(at, str(len(facts))),
            )
        )  # fmt: skip

    def came(who: Any, hours: int, **more: Any) -> Draft:
        moment = at + timedelta(hours=hours)
        draft = town.arrival(who, at=moment, id=id_at(moment, who.name, str(more)), **more)
        facts.append(draft)
        return draft

    chen, lin, ma = came(CHEN, 0), came(LIN, 1, area=QUANJI), came(MA, 2)
    came(CHEN, 9, person=chen.subject, area=chen.area, from_area="320505", from_name="苏州")
    said(arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=at), ZHENG, chen, 20)
    taken = arrivals.TemperatureTaken(taken_at=at + timedelta(hours=2), celsius=37.8)
    said(arrivals.TEMPERATURE_TAKEN, taken, ZHENG, chen, 120)
    for hours, positive in ((3, False), (5, True)):
        swab = arrivals.SwabResulted(taken_at=at + timedelta(hours=hours), positive=positive)
        said(arrivals.SWAB_RESULTED, swab, ZHENG, ma, hours * 60)
    for inside in (True, False):
        answer = arrivals.PlaceAnswered(place="麓谷体育公园", inside=inside)
        said(arrivals.PLACE_ANSWERED, answer, LI, lin, 90 + inside)
    asked = TaskOpened(task="asked-groceries", title="送菜", due_at=at + timedelta(hours=8))
    said(TASK_OPENED, asked, ZHAO, chen, 30)
    for by, minutes in ((SUN, 300), (ZHAO, 310)):
        done = TaskDone(task="asked-groceries", done_at=at + timedelta(minutes=minutes))
        said(TASK_DONE, done, by, chen, minutes)
    for hours, telling in ((40, 10), (90, 25), (60, 18)):  # told again, handed in out of order
        plan = declaration(LIN, at + timedelta(hours=hours))
        said(RETURN_DECLARED, plan, LI, lin, telling)
    said(FINDING_MADE, FindingMade(name="林小满", visited_at=at, result="absent"), LI, lin, 12)
    seen = passage(MA, at + timedelta(hours=1), celsius=37.9)
    said(PASSAGE_RECORDED, seen, LI, ma, 60)
    said(HANDED_OVER, HandedOver(handed_at=at + timedelta(hours=2), receiver="clinic"), LI, ma, 120)
    for code, name in (("310115", "上海市浦东新区"), ("320505", "苏州市虎丘区")):
        facts.extend(at_risk(town, code, name))
    return facts


def at_risk(town: Town, code: str, name: str) -> list[Draft]:
    """An area proposed by one and approved by another, as two facts."""
    at = MORNING + timedelta(hours=2)
    proposal = id_at(at, code)
    body = registry.AreaProposed(
        code=code, name=name, level="high", from_=MORNING - timedelta(days=5), source="通报"
    )
    said: list[tuple[Any, Any, Any, str]] = [
        (registry.AREA_PROPOSED, body, LI, proposal),
        (APPROVED, Approved(proposal=proposal), WANG, id_at(at, code, "yes")),
    ]
    return [
        town.draft(
            kind, told, by=by, subject=f"proposal-{proposal}", purpose=OFFICE, area=TOWNSHIP,
            at=at, id=named,
        )
        for kind, told, by, named in said
    ]  # fmt: skip


def tell(town: Town, order: list[int], cuts: set[int]) -> None:
    """Hand in the story's facts by number, in this order, cut into batches at these places."""
    facts = story(town)
    batch: list[Draft] = []
    for place, number in enumerate(order):
        batch.append(facts[number % len(facts)])
        if place in cuts:
            town.record(*batch)
            batch = []
    if batch:
        town.record(*batch)
    town.installation.store.settle()


def problems(town: Town) -> list[str]:
    installation = town.installation
    with installation.database.reading() as connection:
        found = verified(connection, installation.keys, catalogue(), TOWNSHIP, Count())
        return [finding.text.en for finding in found]


def left_over(town: Town) -> int:
    """Facts still held, and subjects still to be judged again."""
    with town.installation.database.reading() as connection:
        waiting = sa.select(sa.func.count()).select_from(held).where(held.c.resolved_by.is_(None))
        judging = sa.select(sa.func.count()).select_from(rejudge)
        return (connection.scalar(waiting) or 0) + (connection.scalar(judging) or 0)


LENGTH = 23


ORDERS = st.permutations(range(LENGTH))
AGAIN = st.lists(st.integers(0, LENGTH - 1), max_size=6)
CUTS = st.sets(st.integers(0, LENGTH + 6), max_size=8)


@pytest.fixture
def straight(copies: Copies) -> Rows:
    """The rows after the story was told once, in order, one fact at a time."""
    with town_of(copies) as town:
        facts = story(town)
        assert len(facts) == LENGTH
        tell(town, list(range(len(facts))), set(range(len(facts))))
        assert left_over(town) == 0
        assert problems(town) == []
        return rows_of(town)


def checked(copies: Copies, straight: Rows, order: list[int], cuts: set[int]) -> None:
    """Told so, the story leaves the same rows; verify agrees, and a rebuild changes nothing."""
    with town_of(copies) as town:
        tell(town, order, cuts)
        assert left_over(town) == 0
        found = rows_of(town)
        for name, rows in straight.items():
            assert found[name] == rows, name
        assert problems(town) == []
        whole = rows_of(town, without=frozenset({"change"}))
        town.installation.rebuild(TOWNSHIP)
        assert rows_of(town, without=frozenset({"change"})) == whole


QUICK = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
THOROUGH = settings(QUICK, max_examples=150)


@QUICK
@given(order=ORDERS, again=AGAIN, cuts=CUTS)
def test_any_order_any_grouping_any_repetition(
    copies: Copies, straight: Rows, order: list[int], again: list[int], cuts: set[int]
) -> None:
    checked(copies, straight, [*order, *again], cuts)


def test_backwards_and_one_by_one(copies: Copies, straight: Rows) -> None:
    checked(copies, straight, list(reversed(range(LENGTH))), set(range(LENGTH)))


def test_all_at_once_and_twice(copies: Copies, straight: Rows) -> None:
    checked(copies, straight, [*range(LENGTH), *range(LENGTH)], set())


@pytest.mark.slow
@THOROUGH
@given(order=ORDERS, again=AGAIN, cuts=CUTS)
def test_a_great_many_orders(
    copies: Copies, straight: Rows, order: list[int], again: list[int], cuts: set[int]
) -> None:
    checked(copies, straight, [*order, *again], cuts)
