"""Whom a declaration touches: found by its codes, and never fewer than judging all would find."""

from datetime import datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tongxin.base.areas import overlap
from tongxin.base.clock import ZONE
from tongxin.policy.engine import plan
from tongxin.policy.evidence import Arrival
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation

HENAN: Final = shipped_pack("henan-2022-04")
ARRIVED: Final = datetime(2022, 4, 1, 2, 30, tzinfo=ZONE)
CODES: Final = ("31", "310115", "310115139", "310115139001", "310115101", "310101", "4101")

codes = st.sampled_from(CODES)
declared = st.lists(codes, max_size=3)


def risk(code: str, days: int = -9) -> RiskArea:
    return RiskArea(f"r-{code}", code, "medium", ARRIVED + timedelta(days=days))


@given(codes, codes, declared)
def test_a_declaration_changes_only_those_within_its_reach(
    stay: str, code: str, others: list[str]
) -> None:
    came = [Arrival("came", ARRIVED, stay, "411526108201")]
    before = [risk(other) for other in others]
    changed = plan(came, HENAN, Situation(before)) != plan(
        came, HENAN, Situation([*before, risk(code)])
    )
    if changed:
        assert overlap(stay, HENAN.reach(code))


def test_one_place_makes_its_whole_county_affected() -> None:
    came = [Arrival("came", ARRIVED, "310115101", "411526108201")]
    made = plan(came, HENAN, Situation([risk("310115139")]))
    assert made.words == ("affected",)
    assert HENAN.reach("310115139") == "310115"


def test_the_same_place_keeps_its_name_in_every_list() -> None:
    one = RiskArea("list-1", "310115", "medium", ARRIVED, whole=False, name="某小区")
    two = RiskArea("list-2", "310115", "high", ARRIVED + timedelta(days=1), name="某小区")
    assert one.place == two.place == "310115#某小区"


def test_a_declaration_of_tomorrow_reaches_back_no_further_than_the_pack_says() -> None:
    left = Arrival("came", ARRIVED, "310115", "411526108201")
    words = [plan([left], HENAN, Situation([risk("310115", days)])).words for days in (13, 14, 15)]
    assert words == [("medium", "affected"), ("low",), ("low",)]
