"""Masking shows no more than it says, whatever the value."""

from hypothesis import given
from hypothesis import strategies as st

from tests.village import CHEN
from tongxin.base import masking

TEXTS = st.text(min_size=1, max_size=30)


def test_what_a_list_shows_of_somebody() -> None:
    assert masking.name(CHEN.name) == "陈*"
    assert masking.id_number(CHEN.id_number) == "*" * 14 + CHEN.id_number[-4:]
    assert masking.phone(CHEN.phone) == "199****0001"


def test_nothing_is_shown_of_nothing() -> None:
    assert [f("") for f in (masking.name, masking.id_number, masking.phone, masking.all_of)] == [
        ""
    ] * 4


def test_a_name_that_nobody_told_hides_nothing() -> None:
    assert masking.name(masking.NOT_TOLD) == masking.NOT_TOLD


@given(st.text(alphabet="陈静王欧阳司马小", min_size=1, max_size=6))
def test_a_name_shows_its_first_character_only(name: str) -> None:
    assert set(masking.name(name)[1:]) == {"*"}


@given(st.text("0123456789", max_size=20))
def test_a_number_shows_four_digits_at_most(number: str) -> None:
    assert len(masking.id_number(number).replace("*", "")) <= 4


@given(st.text("0123456789", max_size=20))
def test_a_telephone_number_shows_seven_digits_at_most_and_hides_some(number: str) -> None:
    shown = masking.phone(number)
    assert len(shown) == len(number)
    assert len(shown.replace("*", "")) <= 7
    assert not number or "*" in shown


@given(TEXTS, TEXTS)
def test_hiding_all_hides_the_length_too(one: str, other: str) -> None:
    assert masking.all_of(one) == masking.all_of(other)
