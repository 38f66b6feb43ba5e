"""When a clock may be believed with what cannot be undone, and what is said of a leap."""

import logging
from datetime import timedelta

import pytest

from tests.town import Town
from tests.village import MORNING
from tongxin.ledger.leaps import waits_until

DAY = timedelta(days=1)


def test_at_the_first_tick_of_all_a_day_is_waited_and_no_leap_is_told(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert waits_until(town.installation.database, MORNING) == MORNING + DAY
    assert not caplog.records


def test_a_leap_is_told_and_waits_a_day(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    waits_until(town.installation.database, MORNING)
    leapt = MORNING + timedelta(days=365)
    with caplog.at_level(logging.WARNING):
        assert waits_until(town.installation.database, leapt) == leapt + DAY
    assert "more than a day" in caplog.text


def test_a_clock_that_is_put_right_is_believed_again(town: Town) -> None:
    database = town.installation.database
    waits_until(database, MORNING)
    waits_until(database, MORNING + DAY)
    waits_until(database, MORNING + timedelta(days=365))
    assert waits_until(database, MORNING + DAY) is None
