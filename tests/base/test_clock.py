"""Instants carry their zone; days are the township's; milliseconds come back as they went."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.village import MORNING
from tongxin.base.clock import ZONE, day_of, from_ms, instant, start_of, to_ms
from tongxin.base.problems import Problem

INSTANTS = st.datetimes(
    datetime(2000, 1, 2), datetime(2199, 12, 30),  # noqa: DTZ001 the zone is added below
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)  # fmt: skip


@given(INSTANTS)
def test_milliseconds_come_back_to_the_same_millisecond(moment: datetime) -> None:
    back = from_ms(to_ms(moment))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)
    assert back.tzinfo is ZONE
    assert to_ms(back) == to_ms(moment)


@given(INSTANTS)
def test_what_is_written_is_read(moment: datetime) -> None:
    assert instant(moment.isoformat()) == moment


@given(INSTANTS)
def test_every_instant_lies_in_its_day(moment: datetime) -> None:
    day = day_of(moment)
    assert start_of(day) <= moment < start_of(day + timedelta(days=1))


@given(INSTANTS, INSTANTS)
def test_order_stays(one: datetime, other: datetime) -> None:
    assert (one <= other) <= (to_ms(one) <= to_ms(other))


def test_the_day_turns_at_midnight_of_the_township() -> None:
    assert day_of(datetime(2022, 4, 6, 15, 59, tzinfo=UTC)) == date(2022, 4, 6)
    assert day_of(datetime(2022, 4, 6, 16, 0, tzinfo=UTC)) == date(2022, 4, 7)


def test_an_instant_without_a_zone_is_a_mistake_of_the_program() -> None:
    with pytest.raises(AssertionError):
        to_ms(MORNING.replace(tzinfo=None))


@pytest.mark.parametrize(
    "text",
    ["", "2022-04-07", "2022-04-07T06:00:00", "06:00", "1999-12-31T23:59:59+08:00",
     "2200-01-01T08:00:00+08:00", "2022-13-01T00:00:00Z", "2022-04-07T25:00:00Z",
     "0001-01-01T00:00:00+23:59"],
)  # fmt: skip
def test_what_is_no_instant_is_said_so(text: str) -> None:
    with pytest.raises(Problem) as raised:
        instant(text, "happened_at")
    assert (raised.value.code, raised.value.field) == ("base.bad_instant", "happened_at")


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        assert instant(text).tzinfo is not None
    except Problem as problem:
        assert problem.code == "base.bad_instant"
