"""The head of a chain: signed, printed, and compared with what was printed before."""

import re
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.clock import day_of, from_ms, start_of, to_ms
from tongxin.base.ids import id_at
from tongxin.base.problems import ProblemKind
from tongxin.ledger.facts import CLOCK, OFFICE, Door, Draft, township_subject
from tongxin.ledger.keys import Keys
from tongxin.ledger.kinds import HEAD_SIGNED, HeadSigned
from tongxin.ledger.sealing import Signer, verify
from tongxin.ledger.tables import daily_head, fact
from tongxin.ledger.wire import authored

BAD_HEAD = ProblemKind(
    "ledger.bad_head",
    400,
    zh="看不懂这个账本头。请照打印件输入：乡镇代码:序号:64 位十六进制:128 位签名。",
    en="This is no printed head. Type it as printed: township:seq:64 hex digits:128 hex digits.",
)

_PRINTED: Final = re.compile(r"([1-9]\d{8}):(\d+):([0-9a-f]{64}):([0-9a-f]{128})", re.ASCII)
_GAPS: Final = re.compile(r"\s+")


class Head(Struct, frozen=True):
    """A chain's head: after `seq` facts the chain's hash is `hash`; both hex strings, signed."""

    township: str
    seq: int
    hash: str
    signature: str

    @property
    def printed(self) -> str:
        """The head as one line that can be printed, and typed or scanned back in."""
        return f"{self.township}:{self.seq}:{self.hash}:{self.signature}"


def signed(signer: Signer, township: str, seq: int, hash: str) -> Head:
    """The head with the township's own signature."""
    return Head(township, seq, hash, signer.sign(_message(township, seq, hash)).hex())


def is_authentic(head: Head, public_key: bytes) -> bool:
    """Whether the township's key signed this head."""
    message = _message(head.township, head.seq, head.hash)
    return verify(public_key, bytes.fromhex(head.signature), message)


def read(text: str) -> Head:
    """A head as printed, white space ignored, or the problem `ledger.bad_head`."""
    match = _PRINTED.fullmatch(_GAPS.sub("", text).lower())
    if match is None:
        raise BAD_HEAD(field="head")
    return Head(match[1], int(match[2]), match[3], match[4])


def hash_at(connection: Connection, township: str, seq: int) -> str | None:
    """The chain's hash after the fact of this number, as stored; None where there is none."""
    stored = connection.scalar(
        sa.select(fact.c.hash).where(fact.c.township == township, fact.c.seq == seq)
    )
    return None if stored is None else bytes(stored).hex()


def current(connection: Connection, keys: Keys, township: str, now: datetime) -> Head | None:
    """The head now, signed; None where nothing has been recorded."""
    row = connection.execute(
        sa.select(fact.c.seq, fact.c.hash)
        .where(fact.c.township == township)
        .order_by(fact.c.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return signed(keys.signer(township, now), township, row.seq, bytes(row.hash).hex())


def due(connection: Connection, keys: Keys, township: str, now: datetime) -> list[Draft]:
    """A fact for each civil day that has ended and whose head is not signed yet."""
    first = connection.scalar(
        sa.select(sa.func.min(fact.c.recorded_at)).where(
            fact.c.township == township, fact.c.seq == 1
        )
    )
    if first is None:
        return []
    newest = connection.scalar(
        sa.select(sa.func.max(daily_head.c.day)).where(daily_head.c.township == township)
    )
    day = date.fromisoformat(newest) + timedelta(days=1) if newest else day_of(from_ms(first))
    drafts = []
    while day < day_of(now):
        drafts.append(_of_day(connection, keys, township, day, now))
        day += timedelta(days=1)
    return drafts


def _of_day(connection: Connection, keys: Keys, township: str, day: date, now: datetime) -> Draft:
    ended = start_of(day + timedelta(days=1))
    row = connection.execute(
        sa.select(fact.c.seq, fact.c.hash)
        .where(fact.c.township == township, fact.c.recorded_at < to_ms(ended))
        .order_by(fact.c.seq.desc())
        .limit(1)
    ).one()
    signer = keys.signer(township, now)
    head = signed(signer, township, row.seq, bytes(row.hash).hex())
    return authored(
        signer, HEAD_SIGNED,
        HeadSigned(day=day.isoformat(), seq=head.seq, hash=head.hash, signature=head.signature),
        township=township, id=id_at(ended, township, "head"), area=township, author=CLOCK,
        subject=township_subject(township), purpose=OFFICE, happened_at=ended, door=Door.CLOCK,
    )  # fmt: skip


def _message(township: str, seq: int, hash: str) -> bytes:
    return f"tongxin-head-1\n{township}\n{seq}\n{hash}".encode()
