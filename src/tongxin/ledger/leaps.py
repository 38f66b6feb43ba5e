"""Whether the server's clock may be believed with what cannot be undone: not just after a leap.

A machine whose clock is a year ahead would forget everybody whose day comes within that year.
After months of being off the clock goes on in the same way, and is right. So after a leap whatever
destroys waits for a day of the same clock, in which somebody can put it right.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.clock import from_ms, to_ms
from tongxin.ledger.database import Database
from tongxin.ledger.tables import state

_DAY: Final = timedelta(days=1)
# How far the noted instant may lag behind, so that not every tick writes to the disk.
_NOTED_EVERY: Final = timedelta(hours=1)
_SEEN, _LEAPT = "clock:seen", "clock:leapt"
_log = logging.getLogger("tongxin.clock")


def waits_until(database: Database, now: datetime) -> datetime | None:
    """Until when to destroy nothing, or None. To be asked at each tick: it notes the instant.

    A leap is more than a day since the last tick, or the first tick of all.
    """
    with database.reading() as connection:
        seen, leapt = _instant(connection, _SEEN), _instant(connection, _LEAPT)
    leaps = seen is None or now - seen > _DAY
    put_right = leapt is not None and now < leapt
    if leaps:
        leapt = now
        if seen is not None:
            _log.warning("the clock went on by more than a day: nothing is forgotten for a day")
    elif put_right:
        leapt = None
    if leaps or put_right or seen is None or not seen <= now < seen + _NOTED_EVERY:
        _note(database, {_SEEN: now, _LEAPT: leapt})
    return leapt + _DAY if leapt is not None and now < leapt + _DAY else None


def _instant(connection: Connection, name: str) -> datetime | None:
    stored = connection.scalar(sa.select(state.c.value).where(state.c.name == name))
    return from_ms(int(stored)) if stored else None


def _note(database: Database, instants: dict[str, datetime | None]) -> None:
    rows = [
        {"name": name, "value": str(to_ms(at))} for name, at in instants.items() if at is not None
    ]
    with database.writing() as connection:
        connection.execute(sa.delete(state).where(state.c.name.in_(instants)))
        connection.execute(sa.insert(state), rows)
