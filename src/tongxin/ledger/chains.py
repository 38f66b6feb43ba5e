"""The heads of chains, locked while a group is recorded, and what goes with them."""

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.ledger import opening
from tongxin.ledger.sealing import GENESIS
from tongxin.ledger.tables import chain, subject

# Built once, for every group needs them: building a statement costs more than running it.
_AREAS: Final = sa.select(subject.c.subject, subject.c.area).where(
    subject.c.township == sa.bindparam("township"),
    subject.c.subject.in_(sa.bindparam("subjects", expanding=True)),
)
_LOCK: Final = (
    sa.select(chain)
    .where(chain.c.township.in_(sa.bindparam("townships", expanding=True)))
    .order_by(chain.c.township)
    .with_for_update()
)
_STORE: Final = (
    sa.update(chain)
    .where(chain.c.township == sa.bindparam("of"))
    .values({name: sa.bindparam(name) for name in ("seq", "hash", "change", "context")})
)


class Head(Struct):
    """The head of one township's chain while a group is being recorded."""

    seq: int
    hash: bytes
    change: int
    context: int


def areas_of(connection: Connection, township: str, subjects: Collection[str]) -> dict[str, str]:
    """Where each of these subjects is; those not known are absent."""
    found: dict[str, str] = {}
    for chunk in opening.in_chunks(subjects):
        rows = connection.execute(_AREAS, {"township": township, "subjects": chunk})
        found.update((name, area) for name, area in rows)
    return found


def lock_heads(connection: Connection, townships: Collection[str]) -> dict[str, Head]:
    """The heads of these chains, locked against other writers until the transaction ends."""
    rows = connection.execute(_LOCK, {"townships": sorted(townships)})
    return {row.township: Head(row.seq, row.hash, row.change, row.context) for row in rows}


def store_heads(connection: Connection, heads: Mapping[str, Head]) -> None:
    """Write the heads back, in the transaction that locked them."""
    rows = [
        {
            "of": township, "seq": head.seq, "hash": head.hash, "change": head.change,
            "context": head.context,
        }
        for township, head in heads.items()
    ]  # fmt: skip
    if rows:
        connection.execute(_STORE, rows)


def open_chain(connection: Connection, township: str, epoch: str) -> bool:
    """Begin a township's chain; False where it has one. `epoch` marks this run of the feed."""
    if lock_heads(connection, {township}):
        return False
    connection.execute(
        sa.insert(chain).values(
            township=township, seq=0, hash=GENESIS, change=0, context=0, epoch=epoch
        )
    )
    return True
