"""An ID number's region is looked up in today's list and in what was retired; it is only a hint."""

import pytest

from tongxin.base.id_numbers import check_character
from tongxin.divisions.id_regions import is_region_unknown
from tongxin.divisions.shipped import history


def number(region: str) -> str:
    digits = f"{region}19880612024"
    return digits + check_character(digits)


@pytest.mark.parametrize(
    ("region", "unknown"),
    [("411526", False), ("310115", False), ("411599", True), ("999999", True)],
)
def test_a_region_is_known_by_the_list(region: str, unknown: bool) -> None:
    assert is_region_unknown(number(region)) is unknown


def test_whoever_was_born_in_a_district_that_is_no_more_is_not_told_to_look_again() -> None:
    retired = [code for code in history() if len(code) == 6]
    assert retired
    assert not [code for code in retired if is_region_unknown(number(code))]


@pytest.mark.parametrize("told", ["", "411599198806120240"[:-1], "41159919880612024Z"])
def test_what_is_no_id_number_has_no_region_to_look_up(told: str) -> None:
    assert not is_region_unknown(told)
