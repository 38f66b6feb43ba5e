"""A retired code still means something, and tells what took its place."""

import pytest

from tongxin.divisions.history import read
from tongxin.divisions.shipped import divisions, history


def test_a_township_that_became_a_town_is_known_by_its_old_code() -> None:
    was = history().of("411526202")
    assert was is not None
    assert (was.name, was.last_seen, was.successors) == ("魏岗乡", "2021-10-31", ("411526111",))
    assert divisions().name("411526111") == "魏岗镇"


@pytest.mark.parametrize(
    ("code", "name", "now"),
    [
        ("110228", "密云县", "密云区"),
        ("510124", "郫县", "郫都区"),
        ("371202", "莱城区", "莱芜区"),
        ("410306", "吉利区", "孟津区"),
        ("3712", "莱芜市", "济南市"),
    ],
)
def test_counties_and_cities_that_were_renamed_or_merged(code: str, name: str, now: str) -> None:
    was = history().of(code)
    assert was is not None
    assert was.name == name
    assert [divisions().name(each) for each in history().successors(code)] == [now]


def test_a_code_in_force_is_its_own_successor() -> None:
    assert history().of("411526108") is None
    assert history().successors("411526108") == ("411526108",)


def test_successors_are_followed_to_the_present_and_a_circle_ends() -> None:
    told = "1\tA\t2016-07-31\t2\n2\tB\t2017-10-31\t3,4\n3\tC\t2018-10-31\t2,5\n6\tD\t2015-09-30\t"
    assert read(told).successors("1") == ("4", "5")
    assert read(told).successors("6") == ()


def test_every_successor_ends_in_a_code_in_force() -> None:
    for code in history():
        assert all(each in divisions() for each in history().successors(code)), code


@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("310230", "310151"),  # 崇明县, now a district
        ("310230101201", "310151101"),  # a village of it: as exactly as is sure
        ("310230999", "310151"),
        ("130421", "1304"),  # 邯郸县, parted among three districts of the city
        ("150171", "1501"),  # nobody knows where it went: what it lay in
        ("310151", "310151"),
        ("310115", "310115"),
        ("", ""),
    ],
)
def test_an_old_code_means_the_narrowest_division_that_surely_holds_it(code: str, now: str) -> None:
    assert history().today(code) == now
