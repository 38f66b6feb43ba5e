"""How sound is what is known: fresh, old, right."""

from datetime import date, timedelta
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from tongxin.registry.villages.rules import fresh, median_age, percent

TODAY = date(2022, 4, 7)


def on(ages: list[int]) -> dict[str, int]:
    """Households by the day they were met, from how many days ago that was."""
    days = [(TODAY - timedelta(days=age)).isoformat() for age in ages]
    return {day: days.count(day) for day in days}


def test_what_was_met_since_a_day_is_fresh() -> None:
    assert fresh(on([0, 1, 29, 30, 31]), TODAY - timedelta(days=30)) == 4
    assert fresh({}, TODAY) == 0


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_the_median_age_is_that_of_the_lower_middle_household(ages: list[int]) -> None:
    assert median_age(on(ages), len(ages), TODAY) == median_low(ages)


@given(st.lists(st.integers(0, 400), max_size=20), st.integers(0, 40))
def test_whoever_was_never_met_is_older_than_everybody(ages: list[int], never: int) -> None:
    found = median_age(on(ages), len(ages) + never, TODAY)
    assert (found is None) == (never > len(ages) or not ages)


def test_a_day_after_today_is_no_negative_age() -> None:
    assert median_age({"2022-04-09": 1}, 1, TODAY) == 0


def test_a_hundred_per_cent_means_all() -> None:
    assert percent(199, 200) == 99
    assert percent(200, 200) == 100
    assert percent(0, 0) is None
