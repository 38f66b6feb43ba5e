"""Somebody lives here, visits, is away, needs something: by what happened when."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry.doors import FATHER, told
from tests.village import MORNING, id_number
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Entry
from tongxin.registry.residents import facts
from tongxin.registry.residents.rules import (
    By,
    Resident,
    Sought,
    plain,
    resident,
    sought,
    tail,
)

SIX = to_ms(MORNING)
HOUR = 3_600_000


def lives(hours: float = 0, household: str = "household-1", **more: Any) -> Entry:
    body = facts.ResidentRegistered(household=household, **({"name": "刘老汉"} | more))
    return told(facts.RESIDENT_REGISTERED, body, hours)


def visits(hours: float = 0, **more: Any) -> Entry:
    body = facts.VisitorHosted(household="household-2", **({"name": "马超"} | more))
    return told(facts.VISITOR_HOSTED, body, hours)


def away(hours: float, place: str = "上海") -> Entry:
    return told(facts.RESIDENT_AWAY, facts.ResidentAway(to_name=place), hours)


def back(hours: float) -> Entry:
    return told(facts.RESIDENT_BACK, facts.ResidentBack(), hours)


def needs(hours: float, *named: facts.Need) -> Entry:
    return told(facts.NEEDS_NOTED, facts.NeedsNoted(needs=named), hours)


def left(hours: float, why: Any = "moved") -> Entry:
    return told(facts.RESIDENT_LEFT, facts.ResidentLeft(why=why), hours)


def of(*entries: Entry) -> Resident:
    found = resident(entries)
    assert found is not None
    return found


def test_who_was_not_registered_is_nobody_here() -> None:
    assert resident([]) is None
    assert resident([away(1)]) is None


def test_a_later_word_corrects_an_earlier_one() -> None:
    found = of(lives(2, name="刘长河", household="household-3"), lives(0))
    assert (found.told.name, found.told.household) == ("刘长河", "household-3")
    assert found.since == SIX


def test_who_left_is_gone_until_registered_again() -> None:
    assert resident([lives(0), left(1)]) is None
    assert of(lives(0), left(1), lives(2)).since == SIX + 2 * HOUR


def test_a_visitor_may_come_to_live_here() -> None:
    assert of(visits(0)).is_visitor
    assert not of(visits(0), lives(1)).is_visitor


def test_who_is_away_is_away_since_the_first_word_of_it() -> None:
    found = of(lives(0), away(2, "苏州"), away(1, "上海"))
    assert found.away is not None
    assert (found.away.since, found.away.told.to_name) == (SIX + HOUR, "苏州")
    assert of(lives(0), away(1), back(2)).away is None
    again = of(lives(0), away(1), back(2), away(3)).away
    assert again is not None
    assert again.since == SIX + 3 * HOUR


def test_who_moved_out_while_away_comes_back_as_present() -> None:
    assert of(lives(0), away(1), left(2), lives(3)).away is None


def test_needs_are_told_as_a_whole() -> None:
    found = of(lives(0), needs(1, "disabled"), needs(2, "pregnant", "disabled")).needs
    assert found is not None
    assert set(found.needs) == {"disabled", "pregnant"}
    assert of(lives(0), needs(1, "disabled"), needs(2)).needs is None
    with pytest.raises(ValueError, match="named once"):
        facts.NeedsNoted(needs=("pregnant", "pregnant"))


def test_a_valid_number_tells_birth_and_sex_and_an_invalid_one_nothing() -> None:
    found = of(lives(0, id_number=FATHER, sex="female", born_on=date(1999, 1, 1)))
    assert (found.born_on, found.sex) == (date(1952, 3, 4), "male")
    wrong = FATHER[:-1] + ("1" if FATHER[-1] != "1" else "2")
    found = of(lives(0, id_number=wrong, sex="female", born_on=date(1999, 1, 1)))
    assert (found.born_on, found.sex) == (date(1999, 1, 1), "female")
    assert of(visits(0, id_number=id_number("19951020", "066"))).sex == "female"


STORY = (
    lives(0),
    away(1),
    back(2),
    needs(3, "disabled"),
    left(4),
    lives(5, name="刘长河"),
    away(6),
)


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=3))
def test_order_and_repetition_do_not_matter(order: list[Entry], again: list[Entry]) -> None:
    assert resident([*order, *again]) == resident(STORY)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("陈静", Sought(By.NAME, "陈静")), (" 陈 静", Sought(By.NAME, "陈静")),
        ("CJ", Sought(By.LETTERS, "cj")), ("024X", Sought(By.DIGITS, "024X")),
        ("０２４x", Sought(By.DIGITS, "024X")), ("138-1234", Sought(By.DIGITS, "1234")),
        ("138 0000 1234", Sought(By.DIGITS, "13800001234")), (FATHER, Sought(By.DIGITS, FATHER)),
        ("024", None), ("", None), ("  ", None), ("陈3", Sought(By.NAME, "陈3")),
    ],
)  # fmt: skip
def test_what_was_typed_tells_what_to_look_for(typed: str, found: Sought | None) -> None:
    assert sought(typed) == found


def test_numbers_are_found_by_their_last_four() -> None:
    assert tail("199 0000-0001") == "0001"
    assert tail(FATHER) == FATHER[-4:]
    assert tail("12") == ""
    assert plain("199 0000-0001") == "19900000001"
