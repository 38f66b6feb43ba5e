"""Whom a list may speak of, as far as the remit allows to record about them. Remit first."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from tongxin.arrivals.tables import journey, ledger_line
from tongxin.base.remit import Remit
from tongxin.ledger.remits import within
from tongxin.registry.identity.tables import joined_episode

Row = Mapping[str, Any]
RECORD = "arrivals.record"
_BESIDE = [column for column in ledger_line.c if column.name not in journey.c]


def numbered(
    remit: Remit, connection: Connection, township: str, numbers: Collection[str]
) -> list[Row]:
    """Journeys of people with one of these ID numbers, with what the ledger shows besides."""
    return _lines(remit, connection, township, journey.c.id_number.in_(sorted(numbers)))


def named(remit: Remit, connection: Connection, township: str, names: Collection[str]) -> list[Row]:
    """Journeys of people with one of these names."""
    return _lines(remit, connection, township, journey.c.name.in_(sorted(names)))


def of_episodes(
    remit: Remit, connection: Connection, township: str, episodes: Collection[str]
) -> list[Row]:
    """These journeys; also such as became part of another when records were joined."""
    named = sorted(episodes)
    joined = sa.select(joined_episode.c.journey).where(
        joined_episode.c.township == township, joined_episode.c.episode.in_(named)
    )
    return _lines(
        remit, connection, township,
        sa.or_(journey.c.episode.in_(named), journey.c.episode.in_(joined)),
    )  # fmt: skip


def _lines(
    remit: Remit, connection: Connection, township: str, which: ColumnElement[bool]
) -> list[Row]:
    here = sa.and_(
        ledger_line.c.township == journey.c.township,
        ledger_line.c.subject == journey.c.subject,
        ledger_line.c.episode == journey.c.episode,
    )
    rows = connection.execute(
        sa.select(journey, *_BESIDE)
        .join(ledger_line, here)
        .where(journey.c.township == township, which, within(remit, RECORD, journey.c.area))
        .order_by(journey.c.arrived_at, journey.c.subject)
    )
    return [dict(row._mapping) for row in rows]
