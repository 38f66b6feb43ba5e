"""The made-up people of the demo: many, plausible, and nobody who lives."""

from datetime import date, timedelta
from random import Random

from tests.village import MORNING, id_number
from tongxin.base.id_numbers import check_character
from tongxin.demo.people import returnees
from tongxin.demo.scenario import read

SCENARIO = read(None)
PLACE = SCENARIO.townships[0]


def test_there_are_as_many_as_the_scenario_says_and_from_everywhere() -> None:
    people = returnees(SCENARIO, PLACE, MORNING, Random(1))
    assert len(people) == PLACE.arrivals == 60
    assert {who.origin.area for who in people} == {each.area for each in SCENARIO.origins}
    moments = [who.arrived_at for who in people]
    assert moments == sorted(moments)
    assert moments[0] >= MORNING - timedelta(days=PLACE.over_days)
    assert moments[-1] < MORNING


def test_the_same_seed_makes_the_same_people() -> None:
    first, again, other = (returnees(SCENARIO, PLACE, MORNING, Random(n)) for n in (7, 7, 8))
    assert first == again
    assert first != other


def test_id_numbers_are_well_formed_and_of_nobody() -> None:
    people = returnees(SCENARIO, PLACE, MORNING, Random(3))
    numbers = [who.id_number for who in people]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert number[:6] == "411599", "that region does not exist"
        assert (
            date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}") < MORNING.date()
        )
        assert number[17] == check_character(number[:17])
    assert len({who.phone for who in people}) == len(people)


def test_the_check_digit_is_the_one_of_the_standard() -> None:
    """The example that GB 11643-1999 is taught with, and the cast's own way to the same digit."""
    assert check_character("11010519491231002") == "X"
    assert id_number("19880612", "024")[17] == check_character("41159919880612024")
