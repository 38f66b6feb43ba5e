"""How villages are divided, and when a part is too large or too small."""

from hypothesis import given
from hypothesis import strategies as st

from tests.registry.doors import EAST, GRID, WEST, told
from tests.village import TAOLIN
from tongxin.ledger.facts import Entry
from tongxin.policy.shipped import shipped_pack
from tongxin.registry.grids import facts
from tongxin.registry.grids.rules import Grid, Size, grid, leaves, out_of_bounds, unplaced

SIZES = shipped_pack("henan-2022-04").grids


def drawn(hours: float, name: str = "东头") -> Entry:
    return told(facts.GRID_DRAWN, facts.GridDrawn(code=EAST, name=name), hours)


def closed(hours: float) -> Entry:
    return told(facts.GRID_CLOSED, facts.GridClosed(code=EAST, reason="合并"), hours)


def test_a_grid_is_drawn_named_anew_and_closed() -> None:
    assert grid([]) is None
    assert grid([drawn(1, "东街"), drawn(0)]) == Grid(EAST, "东街")
    assert grid([drawn(0), closed(1)]) is None
    assert grid([drawn(0), closed(1), drawn(2)]) == Grid(EAST, "东头")


@given(st.permutations([drawn(0), closed(1), drawn(2, "东街")]))
def test_the_order_of_the_facts_does_not_matter(order: list[Entry]) -> None:
    assert grid(order) == Grid(EAST, "东街")


def test_a_grid_with_micro_grids_is_no_leaf() -> None:
    other = f"{TAOLIN}-02"
    assert leaves([GRID, EAST, WEST, other]) == (EAST, WEST, other)
    assert leaves([GRID]) == (GRID,)
    assert leaves([]) == ()


def test_a_micro_grid_is_of_thirty_to_fifty_households() -> None:
    assert out_of_bounds(EAST, Size(29, 100), SIZES) == ["few_households"]
    assert out_of_bounds(EAST, Size(30, 100), SIZES) == []
    assert out_of_bounds(EAST, Size(50, 200), SIZES) == []
    assert out_of_bounds(EAST, Size(51, 200), SIZES) == ["many_households"]


def test_a_grid_is_of_at_most_three_hundred_households_and_2500_people() -> None:
    assert out_of_bounds(GRID, Size(300, 2500), SIZES) == []
    assert out_of_bounds(GRID, Size(301, 2501), SIZES) == ["many_households", "many_people"]
    assert out_of_bounds(GRID, Size(1, 1), SIZES) == []


def test_a_pack_that_says_nothing_warns_of_nothing() -> None:
    assert out_of_bounds(EAST, Size(1, 1), None) == []


def test_households_outside_of_every_leaf_are_to_be_placed() -> None:
    counted = {EAST: 40, GRID: 3, TAOLIN: 2, f"{TAOLIN}-07": 1}
    assert unplaced(counted, [GRID, EAST, WEST]) == 6
    assert unplaced(counted, []) == 46
