"""Instants are zoned and are arguments. Only the edge (web, cli) reads a clock, and hands it down.

Stored instants are whole milliseconds since 1970-01-01T00:00Z: the same on both databases, and
hashed without a question of spelling.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tongxin.base.problems import BAD_DAY, BAD_INSTANT

Clock = Callable[[], datetime]

# The civil time of a township's days. China keeps one zone.
ZONE: Final = ZoneInfo("Asia/Shanghai")
DAY_MS: Final = 86_400_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """The machine's clock. Called by the edge only; everything below receives `now`."""
    return datetime.now(ZONE)


def to_ms(instant: datetime) -> int:
    """`instant` as whole milliseconds since the epoch, rounded down."""
    if instant.tzinfo is None:
        raise AssertionError("an instant without a zone")
    # By parts: dividing one timedelta by another takes three times as long.
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def from_ms(milliseconds: int) -> datetime:
    """The instant, in the township's zone."""
    return (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(ZONE)


def instant(value: str, field: str | None = None) -> datetime:
    """An RFC 3339 instant with its zone, between 2000 and 2200, or `base.bad_instant`."""
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise BAD_INSTANT(field=field, value=value[:40]) from None
    if parsed.tzinfo is None or not is_plausible(parsed):
        raise BAD_INSTANT(field=field, value=value[:40])
    return parsed


def civil_day(value: str, field: str | None = None) -> date:
    """An ISO day between 2000 and 2200, or `base.bad_day`."""
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        raise BAD_DAY(field=field, value=value[:40]) from None
    if not is_plausible(start_of(parsed)):
        raise BAD_DAY(field=field, value=value[:40])
    return parsed


def is_plausible(moment: datetime) -> bool:
    """Whether a zoned instant lies between 2000 and 2200: rules may then add days to it."""
    return _EARLIEST <= moment < _LATEST


def day_of(moment: datetime) -> date:
    """The civil day of `moment` in the township's zone."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """The first instant of a civil day in the township's zone."""
    return datetime.combine(day, time.min, tzinfo=ZONE)
