"""How calls are found. The remit comes first, so no query can forget it."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select

from tongxin.arrivals.calls.tables import call
from tongxin.arrivals.tables import journey
from tongxin.base.remit import Remit
from tongxin.ledger.clusters import lead_of
from tongxin.ledger.remits import anywhere, in_order, looked_through, within
from tongxin.registry.identity.queries import whole
from tongxin.registry.residents.queries import away_in

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


def uncalled(
    remit: Remit, connection: Connection, township: str, codes: Collection[str], most: int,
    after: int = 0, village: str = "",
) -> list[Row]:  # fmt: skip
    """Residents away in one of these places whom nobody has called since they went; the longest
    away first. Whoever has come home since, by what a post or a door told, is not among them.
    """
    found = _uncalled(remit, township, codes, village)
    c = found.selected_columns
    rows = found.order_by(c.away_at, c.subject).limit(most).offset(after)
    return [dict(row._mapping) for row in connection.execute(rows)]


def how_many_uncalled(
    remit: Remit, connection: Connection, township: str, codes: Collection[str], village: str = ""
) -> int:
    """How many of them there are."""
    found = _uncalled(remit, township, codes, village).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _uncalled(
    remit: Remit, township: str, codes: Collection[str], village: str
) -> Select[tuple[Any, ...]]:
    found = away_in(remit, township, codes, village)
    who = found.selected_columns
    since = [
        sa.exists().where(
            t.c.township == who.township, t.c.subject == who.subject, at >= who.away_at
        )
        for t, at in ((call, call.c.called_at), (journey, journey.c.arrived_at))
    ]
    here = looked_through(remit, READ, township, village)
    return found.where(anywhere(here, who.area), *(~each for each in since))


def latest_of(remit: Remit, connection: Connection, township: str, subject: str) -> Row | None:
    """The latest call to somebody in the remit, whatever the journey."""
    row = connection.execute(
        sa.select(call)
        .where(
            call.c.township == township,
            call.c.subject == lead_of(connection, township, subject),
            within(remit, READ, call.c.area),
        )
        .order_by(call.c.called_at.desc(), call.c.episode)
        .limit(1)
    ).first()
    return None if row is None else dict(row._mapping)


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
