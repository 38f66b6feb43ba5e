"""How imports are found: those that are done, what headers were taken for, known facts."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.intake.tables import imported
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.remits import within
from tongxin.ledger.tables import fact

_MOST_REMEMBERED = 50


def imports(remit: Remit, connection: Connection, township: str, most: int) -> list[dict[str, Any]]:
    """The imports of offices in the remit, the latest first."""
    rows = connection.execute(
        sa.select(imported)
        .where(imported.c.township == township, within(remit, "intake.import", imported.c.area))
        .order_by(imported.c.seq.desc())
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]


def remembered(connection: Connection, township: str, list_kind: str) -> Mapping[str, str]:
    """What headers of this kind of list were taken for before; the latest word counts.

    How a township's lists are headed is no secret in it, so it takes no remit.
    """
    rows = connection.scalars(
        sa.select(imported.c.mapping)
        .where(imported.c.township == township, imported.c.list_kind == list_kind)
        .order_by(imported.c.seq.desc())
        .limit(_MOST_REMEMBERED)
    )
    found: dict[str, str] = {}
    for mapping in rows:
        found = msgspec.json.decode(mapping, type=dict[str, str]) | found
    return found


def recorded(connection: Connection, township: str, ids: Collection[str]) -> dict[str, str]:
    """Of whom these facts speak, by id, where they are in the ledger.

    This is context for importing, so it takes no remit.
    """
    found: dict[str, str] = {}
    for chunk in in_chunks(ids):
        rows = connection.execute(
            sa.select(fact.c.id, fact.c.subject).where(
                fact.c.township == township, fact.c.id.in_(chunk)
            )
        )
        found |= {row.id: row.subject for row in rows}
    return found


def import_of(
    remit: Remit, connection: Connection, township: str, subject: str
) -> dict[str, Any] | None:
    """One import of an office in the remit."""
    row = connection.execute(
        sa.select(imported).where(
            imported.c.township == township,
            imported.c.subject == subject,
            within(remit, "intake.import", imported.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)
