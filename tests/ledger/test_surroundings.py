"""People may be judged by what is around them: where the house stands, the people are."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.hamlet import (
    HOUSE_STANDS,
    MOVED_IN,
    Hamlet,
    HouseStands,
    MovedIn,
    judged_by,
    told,
)
from tests.town import Clock, Town
from tests.village import QUANJI, TAOLIN, TOWNSHIP
from tongxin.base.ids import id_at, new_id
from tongxin.installation import Settings, opened
from tongxin.ledger.facts import Draft
from tongxin.ledger.tables import departure, rejudge, subject
from tongxin.ledger.verifying import Count, verified

HOUSE, OTHER = "household-1", "household-2"
EAST, WEST = f"{TAOLIN}-01", f"{TAOLIN}-02"


@pytest.fixture
def hamlet(town: Town) -> Iterator[Hamlet]:
    rulebook = Hamlet()
    with judged_by(town, rulebook):
        yield rulebook


def stands(town: Town, grid: str, name: str = HOUSE, roof: str = "tiles") -> Draft:
    return told(town, HOUSE_STANDS, name, HouseStands(grid=grid, roof=roof), new_id())


def moves_in(town: Town, who: str, name: str = HOUSE) -> Draft:
    return told(town, MOVED_IN, who, MovedIn(house=name), new_id())


def record(town: Town, *drafts: Draft) -> None:
    assert {str(verdict.outcome) for verdict in town.record(*drafts)} == {"recorded"}
    town.installation.store.settle()


def where(town: Town) -> dict[str, str]:
    """Where the people of the hamlet and their houses are."""
    with town.installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(subject.c.subject, subject.c.area).where(
                subject.c.subject.startswith("person-") | subject.c.subject.startswith("household-")
            )
        )
        return dict(rows.all())


def wrong(town: Town) -> list[str]:
    here = town.installation
    with here.database.reading() as connection:
        found = verified(connection, here.keys, here.rulebook, TOWNSHIP, Count())
        return [finding.text.en for finding in found]


def test_a_person_is_where_the_house_stands(town: Town, hamlet: Hamlet) -> None:
    record(town, stands(town, EAST))
    record(town, moves_in(town, "person-1"))
    assert where(town) == {HOUSE: EAST, "person-1": EAST}


def test_when_the_house_is_counted_to_another_grid_its_people_follow(
    town: Town, hamlet: Hamlet
) -> None:
    record(town, stands(town, EAST), stands(town, EAST, OTHER))
    record(town, moves_in(town, "person-1"), moves_in(town, "person-2", OTHER))
    record(town, stands(town, WEST))
    assert where(town) == {HOUSE: WEST, OTHER: EAST, "person-1": WEST, "person-2": EAST}
    with town.installation.database.reading() as connection:
        left = connection.execute(sa.select(departure.c.subject, departure.c.area)).all()
    assert set(map(tuple, left)) == {(HOUSE, EAST), ("person-1", EAST)}


def test_whoever_moved_in_before_the_house_was_known_is_found_when_it_is(
    town: Town, hamlet: Hamlet
) -> None:
    record(town, moves_in(town, "person-1"))
    assert where(town) == {"person-1": TAOLIN}
    record(town, stands(town, EAST))
    assert where(town) == {HOUSE: EAST, "person-1": EAST}


def test_a_house_and_its_people_in_one_batch_are_judged_once_each(
    town: Town, hamlet: Hamlet
) -> None:
    record(town, moves_in(town, "person-1"), stands(town, EAST))
    assert where(town) == {HOUSE: EAST, "person-1": EAST}
    assert sorted(hamlet.asked) == [HOUSE, "person-1"]


def test_a_fact_that_nobody_sees_has_nobody_judged_again(town: Town, hamlet: Hamlet) -> None:
    record(town, stands(town, EAST), moves_in(town, "person-1"))
    hamlet.asked.clear()
    record(town, stands(town, EAST))
    assert hamlet.asked == [HOUSE]
    record(town, stands(town, EAST, roof="straw"))  # a row that others are judged by
    assert hamlet.asked == [HOUSE, HOUSE, "person-1"]


def test_many_residents_are_worked_off_in_chunks(town: Town, hamlet: Hamlet) -> None:
    people = [f"person-{n}" for n in range(450)]
    record(town, stands(town, EAST), *(moves_in(town, who) for who in people))
    record(town, stands(town, WEST))
    assert set(where(town).values()) == {WEST}
    with town.installation.database.reading() as connection:
        assert not connection.execute(sa.select(rejudge)).all()


def test_verify_names_the_house_first_and_rebuild_mends_both(town: Town, hamlet: Hamlet) -> None:
    record(town, stands(town, EAST), moves_in(town, "person-1"))
    assert wrong(town) == []
    with town.installation.database.writing() as connection:
        connection.execute(
            sa.update(subject).where(subject.c.area == EAST).values(area=f"{QUANJI}-01")
        )
    (first,) = wrong(town)  # nobody can be judged by a house that is not where the facts say
    assert first == f"a row of subject about {HOUSE} is not what the facts say"
    town.installation.rebuild(TOWNSHIP)
    assert wrong(town) == []
    assert where(town) == {HOUSE: EAST, "person-1": EAST}


def story(town: Town) -> list[Draft]:
    """Two houses in two villages, and three people who move in."""
    at = town.now

    def named(n: int) -> str:
        return id_at(at + timedelta(minutes=n), "hamlet")

    return [
        told(town, HOUSE_STANDS, HOUSE, HouseStands(grid=EAST), named(1)),
        told(town, HOUSE_STANDS, OTHER, HouseStands(grid=f"{QUANJI}-01"), named(2)),
        told(town, MOVED_IN, "person-1", MovedIn(house=HOUSE), named(3)),
        told(town, MOVED_IN, "person-2", MovedIn(house=HOUSE), named(4)),
        told(town, MOVED_IN, "person-3", MovedIn(house=OTHER), named(5)),
    ]


@settings(
    max_examples=8, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(order=st.permutations(range(5)), cuts=st.sets(st.integers(0, 4)))
def test_any_order_and_grouping_leaves_people_where_their_houses_are(
    copies: Callable[[], Settings], order: list[int], cuts: set[int]
) -> None:
    clock = Clock()
    with opened(copies(), clock) as installation:
        town = Town(installation, clock)
        with judged_by(town, Hamlet()):
            facts, batch = story(town), list[Draft]()
            for place, number in enumerate(order):
                batch.append(facts[number])
                if place in cuts or place == len(order) - 1:
                    record(town, *batch)
                    batch = []
            assert where(town) == {
                HOUSE: EAST, OTHER: f"{QUANJI}-01", "person-1": EAST, "person-2": EAST,
                "person-3": f"{QUANJI}-01",
            }  # fmt: skip
            assert wrong(town) == []
