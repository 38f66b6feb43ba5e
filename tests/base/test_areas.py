"""Areas are prefixes: whatever nests by meaning nests by spelling, and sorts so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.village import QUANJI, TAOLIN, TOWNSHIP
from tongxin.base.areas import (
    AreaCode,
    Level,
    ancestors,
    area_code,
    level_of,
    overlap,
    span,
    village_of,
    within,
)
from tongxin.base.problems import Problem

DIGITS = st.text("0123456789", min_size=12, max_size=12).map(lambda d: "4" + d[1:])
GRIDS = st.lists(st.text("0123456789", min_size=2, max_size=2), max_size=2)


@st.composite
def codes(draw: st.DrawFn) -> AreaCode:
    """Any area code, of any level."""
    grids = draw(GRIDS)
    digits = draw(DIGITS)
    if grids:
        return area_code("-".join([digits, *grids]))
    return area_code(digits[: draw(st.sampled_from([2, 4, 6, 9, 12]))])


@given(codes())
def test_every_code_has_a_level(code: AreaCode) -> None:
    assert level_of(code) in Level


@given(codes())
def test_a_code_lies_in_all_its_ancestors_and_comes_last(code: AreaCode) -> None:
    above = ancestors(code)
    assert above[-1] == code
    assert all(within(code, wider) for wider in above)
    assert list(above) == sorted(above, key=len)


@given(codes(), codes())
def test_a_span_holds_exactly_what_lies_inside(one: AreaCode, other: AreaCode) -> None:
    low, high = span(one)
    assert (low <= other < high) == within(other, one)


@given(codes(), codes())
def test_two_areas_overlap_when_one_lies_in_the_other(one: AreaCode, other: AreaCode) -> None:
    assert overlap(one, other) == (within(one, other) or within(other, one))
    assert overlap(one, other) == overlap(other, one)


@given(codes())
def test_a_header_tells_no_more_than_the_village(code: AreaCode) -> None:
    assert len(village_of(code)) <= Level.VILLAGE
    assert within(code, village_of(code))


def test_neighbours_do_not_lie_in_each_other() -> None:
    assert not within(QUANJI, TAOLIN)
    assert within(f"{TAOLIN}-01", TAOLIN)
    assert within(TAOLIN, TOWNSHIP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "041",
        "4115261081",
        "411526108201-1",
        "411526-01",
        "４１１５",
        "41152610820A",
        "41\n",
    ],
)
def test_what_is_no_code_is_said_so(text: str) -> None:
    with pytest.raises(Problem) as raised:
        area_code(text, "area")
    assert (raised.value.code, raised.value.field) == ("base.bad_area", "area")


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        assert area_code(text) == text
    except Problem as problem:
        assert problem.code == "base.bad_area"
