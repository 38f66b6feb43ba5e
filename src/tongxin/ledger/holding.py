"""The inbox: facts that were well-formed and authentic but could not be applied yet.

A held fact is sealed with the key that it would have been recorded under, so that forgetting its
subject forgets it too. It is tried again when what it waits for appears, and a person can decide.
"""

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from tongxin.base.problems import Problem, ProblemKind
from tongxin.base.remit import Remit
from tongxin.ledger.facts import OFFICE, Door, Draft, Kind, Row, key_of
from tongxin.ledger.inbox import binding, digest_of, note_of
from tongxin.ledger.keys import Keys
from tongxin.ledger.remits import within
from tongxin.ledger.sealing import NONCE_BYTES, SIGNATURE_BYTES, Signer, seal, unseal
from tongxin.ledger.tables import fact, held
from tongxin.ledger.wire import decode_body

INBOX_FULL = ProblemKind(
    "ledger.inbox_full",
    429,
    zh="此账号已有 {most} 条记录在待处理收件箱里，这条没有收。请保留在设备上，处理之后再发。",
    en="{most} facts of this account wait in the inbox already, so this one was not taken. Keep "
    "it on the device and send it again when they have been decided.",
)
# A telephone that comes back from days without a network brings fewer; whoever brings more and more
# that nobody may record must not bury what others wait for.
MOST_OPEN: Final = 200
_log = logging.getLogger("tongxin.ledger")


# Built once, for every group asks: building a statement costs more than running it.
_ANY_OPEN: Final = (
    sa.select(held.c.digest)
    .where(held.c.township == sa.bindparam("township"), held.c.resolved_by.is_(None))
    .limit(1)
)


_HEADERS: Final = tuple(column for column in held.c if column.name != "sealed")


def any_open(connection: Connection, township: str) -> bool:
    """Whether anything at all waits in a township's inbox."""
    return connection.execute(_ANY_OPEN, {"township": township}).first() is not None


def hold(
    connection: Connection,
    key: bytes,
    signer: Signer,
    draft: Draft,
    problem: Problem,
    waits_for: str | None,
    now_ms: int,
) -> Draft | None:
    """Keep `draft` in the inbox; the note of it, to be recorded in the same transaction.

    None where it is there for this reason, or was decided: holding it again changes nothing.
    The problem `ledger.inbox_full` where too much of its author's is open.
    """
    digest = digest_of(draft.signature)
    this = sa.and_(held.c.township == draft.township, held.c.digest == digest)
    known = connection.execute(
        sa.select(held.c.code, held.c.waits_for, held.c.resolved_by).where(this)
    ).first()
    if known is not None and (known.resolved_by or known[:2] == (problem.code, waits_for)):
        return None
    if known is None and _open_of(connection, draft.township, draft.author) >= MOST_OPEN:
        raise INBOX_FULL(field="author", most=MOST_OPEN)
    row: Row = {
        "township": draft.township, "digest": digest, "id": draft.id, "kind": draft.kind.name,
        "subject": draft.subject, "purpose": draft.purpose, "area": draft.area,
        "author": draft.author, "device": draft.device, "door": draft.door,
        "happened_at": draft.happened_at, "offset_ms": draft.offset_ms, "held_at": now_ms,
        "code": problem.code, "waits_for": waits_for, "resolved_by": None,
    }  # fmt: skip
    row["sealed"] = seal(key, os.urandom(NONCE_BYTES), draft.envelope, binding(row))
    statement = sa.insert(held) if known is None else sa.update(held).where(this)
    connection.execute(statement.values(row))
    return note_of(signer, row, now_ms)


def waiting(
    connection: Connection,
    keys: Keys,
    kinds: Mapping[str, Kind],
    township: str,
    appeared: Collection[str],
) -> list[Draft]:
    """The held facts that wait for one of these subjects, as drafts to try again."""
    if not appeared:
        return []
    rows = connection.execute(
        sa.select(held)
        .where(
            held.c.township == township,
            held.c.waits_for.in_(sorted(appeared)),
            held.c.resolved_by.is_(None),
        )
        .order_by(held.c.held_at, held.c.id)
    ).all()
    return opened(keys, kinds, rows)


def find(
    connection: Connection, keys: Keys, kinds: Mapping[str, Kind], township: str, digest: str
) -> Draft | None:
    """One open held fact as a draft, or None."""
    rows = connection.execute(
        sa.select(held).where(
            held.c.township == township, held.c.digest == digest, held.c.resolved_by.is_(None)
        )
    ).all()
    drafts = opened(keys, kinds, rows)
    return drafts[0] if drafts else None


def opened(keys: Keys, kinds: Mapping[str, Kind], rows: Sequence[Any]) -> list[Draft]:
    """Rows of the inbox as drafts.

    Left out are those whose key is destroyed, and those that were changed since they were held:
    the seal binds every column that a draft is made of.
    """
    wanted = {row.digest: key_of(row.township, row.subject, row.purpose) for row in rows}
    have = keys.keys_for(set(wanted.values()))
    drafts = []
    for row in rows:
        key = have.get(wanted[row.digest])
        if key is None:
            continue
        try:
            envelope = unseal(key, row.sealed, binding(row._mapping))
        except Problem as problem:
            # Somebody changed the row at a console: it is nobody's word any more.
            _log.error("a held fact does not open: %s %s", problem.code, row.digest)
            continue
        raw = envelope[SIGNATURE_BYTES:]
        kind = kinds[row.kind]
        drafts.append(
            Draft(
                township=row.township, id=row.id, kind=kind, subject=row.subject,
                purpose=row.purpose, area=row.area, author=row.author, device=row.device,
                happened_at=row.happened_at, offset_ms=row.offset_ms, raw=raw,
                signature=envelope[:SIGNATURE_BYTES], body=decode_body(kind, raw),
                door=Door(row.door),
            )
        )  # fmt: skip
    return drafts


def settle(
    connection: Connection, township: str, digests: Collection[str], resolved_by: str
) -> None:
    """Mark held facts as decided: by the fact that decided, or `inbox.RETRIED`."""
    if digests:
        connection.execute(
            sa.update(held)
            .where(
                held.c.township == township,
                held.c.digest.in_(sorted(digests)),
                held.c.resolved_by.is_(None),
            )
            .values(resolved_by=resolved_by, waits_for=None)
        )


def never_recorded(connection: Connection, township: str, subject: str) -> dict[str, str]:
    """The purposes of which something about a subject was held, all of it is decided, and nothing
    was ever recorded; and the area that it spoke of. A key of these serves nothing any more.
    """
    recorded = sa.select(fact.c.seq).where(
        fact.c.township == township,
        fact.c.subject == subject,
        fact.c.purpose == held.c.purpose,
    )
    rows = connection.execute(
        sa.select(held.c.purpose, sa.func.max(held.c.area).label("area"))
        .where(
            held.c.township == township,
            held.c.subject == subject,
            held.c.purpose != OFFICE,
            ~recorded.exists(),
        )
        .group_by(held.c.purpose)
        .having(sa.func.count(held.c.resolved_by) == sa.func.count())
    )
    return {row.purpose: row.area for row in rows}


def erase(connection: Connection, township: str, subject: str, purposes: Collection[str]) -> None:
    """Take a forgotten subject's held facts out of the inbox."""
    connection.execute(
        sa.delete(held).where(
            held.c.township == township,
            held.c.subject == subject,
            held.c.purpose.in_(sorted(purposes)),
        )
    )


def inbox(
    remit: Remit, connection: Connection, township: str, most: int, after: int
) -> list[Mapping[str, Any]]:
    """The open held facts in a remit, oldest first, at most `most` of them after `after`.

    Headers only.
    """
    rows = connection.execute(
        sa.select(*_HEADERS)
        .where(*_open_in(remit, township))
        .order_by(held.c.held_at, held.c.id)
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def header(
    remit: Remit, connection: Connection, township: str, digest: str
) -> Mapping[str, Any] | None:
    """One open held fact in a remit, its header only."""
    row = connection.execute(
        sa.select(*_HEADERS).where(*_open_in(remit, township), held.c.digest == digest)
    ).first()
    return None if row is None else dict(row._mapping)


def how_many(remit: Remit, connection: Connection, township: str) -> int:
    """How many held facts are open in a remit."""
    counted = connection.scalar(
        sa.select(sa.func.count()).select_from(held).where(*_open_in(remit, township))
    )
    return counted or 0


def _open_in(remit: Remit, township: str) -> tuple[ColumnElement[bool], ...]:
    return (
        held.c.township == township,
        held.c.resolved_by.is_(None),
        within(remit, "held.read", held.c.area),
    )


def _open_of(connection: Connection, township: str, author: str) -> int:
    counted = connection.scalar(
        sa.select(sa.func.count())
        .select_from(held)
        .where(held.c.township == township, held.c.author == author, held.c.resolved_by.is_(None))
    )
    return counted or 0
