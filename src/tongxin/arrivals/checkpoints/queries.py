"""How checkpoints are found. Where they stand hangs at every road: so they take no remit.

Only what is counted for somebody is counted where he works.
"""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.arrivals.checkpoints.tables import checkpoint, coverage
from tongxin.base.remit import Remit
from tongxin.registry.queries import places

READ: Final = "arrivals.read"


class Post(Struct, frozen=True):
    """A checkpoint, with the villages it covers (none where it is closed)."""

    id: str
    name: str
    place: str
    equipment: tuple[str, ...]
    villages: tuple[str, ...]
    opened_at: int
    closed_at: int | None
    closed_for: str


def checkpoints(connection: Connection, township: str) -> list[Post]:
    """Every checkpoint of the township, the open ones first: public, so it takes no remit."""
    covered: dict[str, list[str]] = {}
    for row in connection.execute(
        sa.select(coverage.c.subject, coverage.c.village)
        .where(coverage.c.township == township)
        .order_by(coverage.c.village)
    ):
        covered.setdefault(row.subject, []).append(row.village)
    rows = connection.execute(
        sa.select(checkpoint)
        .where(checkpoint.c.township == township)
        .order_by(checkpoint.c.closed_at.is_not(None), checkpoint.c.subject)
    )
    return [_post(row._mapping, covered.get(row.subject, [])) for row in rows]


def covered_by(connection: Connection, township: str, post: str) -> tuple[str, ...]:
    """The villages that one checkpoint covers: public, so it takes no remit."""
    if not post:
        return ()
    rows = connection.scalars(
        sa.select(coverage.c.village).where(
            coverage.c.township == township, coverage.c.subject == post
        )
    )
    return tuple(rows)


def uncovered(connection: Connection, township: str) -> list[tuple[str, str]]:
    """(code, name) of each village that no open checkpoint covers: public, so no remit."""
    covered = set(
        connection.scalars(sa.select(coverage.c.village).where(coverage.c.township == township))
    )
    named = places(connection, township)
    return [(code, name) for code, name in named.items() if len(code) == 12 and code not in covered]


def uncovered_in(remit: Remit, connection: Connection, township: str) -> list[tuple[str, str]]:
    """The same of the villages of whose comings the asker reads: what his figure counts."""
    return [
        (code, name) for code, name in uncovered(connection, township) if remit.allows(READ, code)
    ]


def _post(row: Mapping[str, Any] | Any, villages: list[str]) -> Post:
    return Post(
        row["subject"], row["name"], row["place"], tuple(row["equipment"].split("\n"))
        if row["equipment"] else (), tuple(villages), row["opened_at"], row["closed_at"],
        row["closed_for"],
    )  # fmt: skip
