"""Whom to call while they are away, and when again."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given

from tests.policy.test_engine import areas, instants, packs, situations
from tongxin.base.clock import ZONE
from tongxin.policy.calls import call_words, next_call_at
from tongxin.policy.pack import Pack
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation

HENAN: Final = shipped_pack("henan-2022-04")
NOW: Final = datetime(2022, 4, 1, 9, tzinfo=ZONE)
SINCE: Final = NOW - timedelta(days=3)
MEDIUM: Final = RiskArea("list", "310115", "medium", SINCE)
PART: Final = RiskArea("list", "220104", "high", SINCE, whole=False, name="某小区")


@pytest.mark.parametrize(
    ("away", "words"),
    [
        ("310115", ("medium", "affected")),
        ("310115101", ("medium", "affected")),
        ("310101", ()),
        ("220104", ("high", "affected")),  # a part is at risk: the call asks
        ("31", ("medium", "affected")),  # told no more exactly: the call asks
        ("", ()),
    ],
)
def test_who_is_away_in_a_focus_area_is_called(away: str, words: tuple[str, ...]) -> None:
    assert call_words(away, HENAN, Situation([MEDIUM, PART]), NOW) == words


def test_nobody_is_called_where_the_pack_asks_for_no_calls() -> None:
    assert call_words("310115", shipped_pack("watch"), Situation([MEDIUM]), NOW) == ()


def test_after_an_answer_in_three_days_without_one_the_next_day() -> None:
    assert HENAN.calls is not None
    assert next_call_at(HENAN.calls, NOW, answered=True) == NOW + timedelta(days=3)
    assert next_call_at(HENAN.calls, NOW, answered=False) == NOW + timedelta(hours=24)


@given(areas, packs, situations, instants)
def test_every_place_gets_an_answer_in_the_words_of_the_pack(
    away: str, pack: Pack, risks: list[RiskArea], at: datetime
) -> None:
    words = call_words(away, pack, Situation(risks), at)
    assert words == call_words(away, pack, Situation([*reversed(risks), *risks]), at)
    assert set(words) <= set(pack.calls.words if pack.calls else ())
