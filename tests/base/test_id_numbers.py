"""ID numbers: format, day of birth and check character decide; the region never does."""

from datetime import date

import pytest

from tests.village import id_number
from tongxin.base.id_numbers import born_on, is_female, is_valid, normalized


def test_a_number_with_its_check_character_is_valid_wherever_it_is_from() -> None:
    assert is_valid(id_number("19880612", "024"))
    assert is_valid(id_number("20040229", "012")), "2004 had a 29 February"


@pytest.mark.parametrize(
    "number",
    [
        "", "1", id_number("19880612", "024")[:-1], id_number("19880612", "024") + "1",
        id_number("20030229", "012"), id_number("19881332", "012"), id_number("00000101", "012"),
        "41159919880612０24X"[:17] + "1", "４１１５９９１９８８０６１２０２４９",
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_is_not(number: str) -> None:
    assert not is_valid(number)


def test_one_digit_mistyped_or_two_swapped_is_found() -> None:
    number = id_number("19880612", "024")
    for place in range(17):
        other = str((int(number[place]) + 1) % 10)
        assert not is_valid(number[:place] + other + number[place + 1 :])
    swapped = number[:14] + number[15] + number[14] + number[16:]
    assert not is_valid(swapped)


def test_it_tells_day_of_birth_and_sex() -> None:
    number = id_number("19880612", "024")
    assert born_on(number) == date(1988, 6, 12)
    assert is_female(number) is True
    assert is_female(id_number("19880612", "013")) is False
    assert is_female("") is None


def test_what_was_typed_is_brought_into_its_one_spelling() -> None:
    assert normalized(" ４１１５９９ 19880612-024x ") == "41159919880612024X"
