"""A household is what its facts say, whatever the order in which they came in."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry.doors import EAST, GRID, WEST, there, told
from tests.village import MORNING
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Entry
from tongxin.registry.households import facts
from tongxin.registry.households.rules import Household, door, household, place_told, sample

HOUR = 3_600_000
SIX = to_ms(MORNING)


def registered(
    hours: float = 0, grid: str = EAST, address: str = "3组12号", **header: Any
) -> Entry:
    return told(facts.HOUSEHOLD_REGISTERED, there(grid, address), hours, **header)


def placed(grid: str, hours: float) -> Entry:
    return told(facts.HOUSEHOLD_PLACED, facts.HouseholdPlaced(grid=grid), hours)


def visited(hours: float, result: facts.Met = "met", author: str = "account-sun") -> Entry:
    body = facts.HouseholdVisited(result=result)
    return told(facts.HOUSEHOLD_VISITED, body, hours, author=author)


def checked(
    hours: float, right: tuple[facts.Point, ...], wrong: tuple[facts.Point, ...] = (),
    author: str = "account-zhao",
) -> Entry:  # fmt: skip
    body = facts.HouseholdRechecked(right=right, wrong=wrong)
    return told(facts.HOUSEHOLD_RECHECKED, body, hours, author=author)


def dissolved(hours: float) -> Entry:
    return told(facts.HOUSEHOLD_DISSOLVED, facts.HouseholdDissolved(why="moved"), hours)


def of(*entries: Entry) -> Household:
    found = household(entries)
    assert found is not None
    return found


def test_nothing_told_is_no_household() -> None:
    assert household([]) is None
    assert household([visited(1)]) is None


def test_a_later_word_corrects_an_earlier_one_and_the_first_day_stays() -> None:
    found = of(registered(2, address="3组13号"), registered(0))
    assert found.told.address == "3组13号"
    assert found.since == SIX


def test_it_stands_where_it_was_placed_last() -> None:
    assert of(registered(0)).grid == EAST
    assert of(registered(0), placed(WEST, 2), placed(GRID, 1)).grid == WEST
    assert of(registered(3), placed(WEST, 2)).grid == EAST, "registered anew in another grid"


def test_a_dissolved_household_is_none_until_it_is_registered_again() -> None:
    assert household([registered(0), dissolved(1)]) is None
    assert of(registered(0), dissolved(1), registered(2)).since == SIX + 2 * HOUR


def test_a_clock_that_runs_ahead_has_not_the_last_word() -> None:
    ahead = registered(90_000, address="错", recorded=1)
    assert of(ahead, registered(2, address="对")).told.address == "对"


def test_being_absent_is_a_visit_and_nobody_was_met() -> None:
    found = of(registered(0), visited(3, "absent"), visited(1), visited(2, "refused"))
    assert [visit.result for visit in found.visits] == ["met", "refused", "absent"]
    assert found.last is not None
    assert found.last.result == "absent"
    assert [visit.at for visit in found.met] == [SIX + HOUR]


def test_the_last_second_look_counts() -> None:
    found = of(registered(0), checked(2, ("members",), ("phones",)), checked(1, ("members",)))
    assert found.recheck is not None
    assert (found.recheck.right, found.recheck.wrong) == (("members",), ("phones",))


@pytest.mark.parametrize(
    "maker", [registered(0, author="account-zhao"), visited(1, author="account-zhao")]
)
def test_whoever_made_the_card_does_not_prove_it_right(maker: Entry) -> None:
    look = checked(2, ("members", "away"))
    assert of(registered(0), look).recheck is not None
    assert of(registered(0), maker, look).recheck is None


@pytest.mark.parametrize("points", [((), ()), (("members",), ("members",)), (("away", "away"), ())])
def test_a_point_is_either_right_or_wrong(points: tuple[Any, Any]) -> None:
    with pytest.raises(ValueError, match="either right or wrong"):
        facts.HouseholdRechecked(right=points[0], wrong=points[1])


STORY = (
    registered(0), registered(5, WEST, "3组13号"), placed(GRID, 3), visited(1),
    visited(6, "absent"), dissolved(2), registered(2.5), checked(4, ("members",)),
    checked(4.5, (), ("links",)),
)  # fmt: skip


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=3))
def test_the_order_of_the_facts_does_not_matter(order: list[Entry], again: list[Entry]) -> None:
    assert household(order) == household(STORY)
    twice = household([*order, *again])
    assert twice is not None
    assert (twice.told, twice.grid, twice.recheck) == (of(*STORY).told, WEST, of(*STORY).recheck)


def test_where_a_fact_itself_puts_a_household() -> None:
    assert place_told(there(WEST)) == WEST
    assert place_told(facts.HouseholdPlaced(grid=GRID)) == GRID
    assert place_told(facts.HouseholdVisited(result="met")) is None


def test_the_lot_is_the_same_for_everybody_and_another_each_day() -> None:
    households = [f"household-{n}" for n in range(50)]
    today = sample(households, date(2022, 4, 7), 5)
    assert sample(households[::-1], date(2022, 4, 7), 5) == today
    assert len(set(today)) == 5
    assert sample(households, date(2022, 4, 8), 5) != today
    assert sample(households[:3], date(2022, 4, 7), 5) != []
    drawn = {name for day in range(1, 31) for name in sample(households, date(2022, 4, day), 5)}
    assert len(drawn) > 40, "in a month nearly everybody's turn comes"


def test_doors_are_sorted_as_people_count_them() -> None:
    doors = ["3组12号", "3组2号", "12组1号", "３组10号", "东头三号"]
    assert sorted(doors, key=door) == ["3组2号", "３组10号", "3组12号", "12组1号", "东头三号"]
