"""How exceptions are found. The remit comes first."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.arrivals.exceptions.tables import exception
from tongxin.base.remit import Remit
from tongxin.ledger.remits import within

Row = Mapping[str, Any]


def exceptions(
    remit: Remit, capability: str, connection: Connection, township: str, most: int
) -> list[Row]:
    """Exceptions of people in the remit, the newest first."""
    rows = connection.execute(_found(remit, capability, township).limit(most))
    return [dict(row._mapping) for row in rows]


def waiting(
    remit: Remit, connection: Connection, township: str, now_ms: int, most: int
) -> list[Row]:
    """Those that a second person has still to decide, before their end."""
    found = _found(remit, "approve", township).where(
        exception.c.approved_by.is_(None), exception.c.until_at > now_ms
    )
    return [dict(row._mapping) for row in connection.execute(found.limit(most))]


def exceptions_of(remit: Remit, connection: Connection, township: str, person: str) -> list[Row]:
    """The exceptions of one person, the newest first; none where he is outside the remit."""
    found = _found(remit, "arrivals.read", township).where(exception.c.subject == person)
    return [dict(row._mapping) for row in connection.execute(found)]


def _found(remit: Remit, capability: str, township: str) -> sa.Select[Any]:
    return (
        sa.select(exception)
        .where(exception.c.township == township, within(remit, capability, exception.c.area))
        .order_by(exception.c.proposed_at.desc(), exception.c.proposal)
    )
