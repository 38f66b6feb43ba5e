"""How calls are found. The remit comes first, so no query can forget it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from tongxin.arrivals.calls.tables import call
from tongxin.base.remit import Remit
from tongxin.ledger.remits import anywhere, in_order, looked_through, within
from tongxin.registry.identity.queries import whole

Row = Mapping[str, Any]
READ = "arrivals.read"


def calls(
    remit: Remit, connection: Connection, township: str, due_by: int | None, most: int,
    after: int = 0, village: str = "",
) -> list[Row]:  # fmt: skip
    """Who is away and in the remit, by when the next call falls due.

    `due_by` (milliseconds): only those due by then; None: all, also where no call is to be made.
    """
    order = ("next_at", "subject")
    found = in_order(
        call,
        township,
        looked_through(remit, READ, township, village),
        _due(due_by),
        order,
        most,
        after,
    )
    return [dict(row._mapping) for row in connection.execute(found)]


def how_many(
    remit: Remit, connection: Connection, township: str, due_by: int | None, village: str = ""
) -> int:
    """How many of them there are."""
    found = connection.scalar(
        sa.select(sa.func.count()).where(
            call.c.township == township,
            anywhere(looked_through(remit, READ, township, village), call.c.area),
            *_due(due_by),
        )
    )
    return found or 0


def call_of(
    remit: Remit, connection: Connection, township: str, subject: str, episode: str
) -> Row | None:
    """The latest call of one journey, or None where it is not in the remit."""
    subject, episode = whole(connection, township, subject, episode)
    row = connection.execute(
        sa.select(call).where(
            call.c.township == township,
            call.c.subject == subject,
            call.c.episode == episode,
            within(remit, READ, call.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)


def _due(due_by: int | None) -> list[ColumnElement[bool]]:
    return [] if due_by is None else [call.c.next_at <= due_by]
