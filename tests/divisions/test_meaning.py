"""What a place that somebody typed stands for."""

import pytest

from tongxin.divisions.meaning import meant

NEAR = "411526108"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("310115", "310115"),
        ("411526202", "411526111"),  # retired: 魏岗乡 is 魏岗镇 today
        ("上海市浦东新区", "310115"),
        ("潢川", "411526"),
        ("黄寺岗", "411526109"),
        ("昆山市玉山镇", "320583100"),
        ("上海市浦东新区张江镇某小区", "310115125"),
    ],
)
def test_what_fits_one_place_is_that_place(typed: str, code: str) -> None:
    assert meant(typed, NEAR).code == code


@pytest.mark.parametrize("typed", ["和平", "朝阳", "hc"])
def test_what_fits_several_is_asked(typed: str) -> None:
    found = meant(typed, NEAR)
    assert not found.code
    assert len(found.choices) > 1


def test_the_nearest_is_offered_first() -> None:
    assert meant("hc", NEAR).choices[0] == "411526"


def test_what_is_no_place_is_none() -> None:
    assert meant("乱写的", NEAR).code == ""
    assert meant("乱写的", NEAR).choices == ()
