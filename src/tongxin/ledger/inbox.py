"""What the chain tells of the inbox, so that a row taken out at a database console is missed.

Each time a fact is held, and again when it is held for another reason, a note of it is recorded in
the same transaction: which fact, why, and a digest of its row. `verify` compares.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.clock import from_ms
from tongxin.base.ids import id_at
from tongxin.base.texts import Text
from tongxin.ledger.facts import CLOCK, OFFICE, Door, Draft, Header
from tongxin.ledger.kinds import HELD, FactHeld, HeldResolved
from tongxin.ledger.sealing import Signer
from tongxin.ledger.tables import held
from tongxin.ledger.wire import authored

RETRIED: Final = "retried"  # resolved_by, when nobody had to decide
# What the seal of a held fact binds, and its note too.
BOUND: Final = (
    "township", "digest", "id", "kind", "subject", "purpose", "area", "author", "device", "door",
    "happened_at", "offset_ms", "held_at", "code",
)  # fmt: skip

_MISSING: Final = Text("收件箱里少了 {digest}", "{digest} is missing from the inbox")
_ALTERED: Final = Text("收件箱里的 {digest} 被改动过", "{digest} in the inbox was altered")
_EXTRA: Final = Text(
    "收件箱里多出 {digest}，账本没有收存它的记录",
    "{digest} is in the inbox, but the chain does not say that it was held",
)


def digest_of(signature: bytes) -> str:
    """What a held fact goes by. Only its author's key could have made the signature."""
    return hashlib.sha256(signature).hexdigest()


def subject_of(digest: str) -> str:
    """The subject of all that is recorded about one held fact."""
    return f"held-{digest[:32]}"


def binding(row: Mapping[str, Any]) -> bytes:
    """What the seal of a held fact holds together, in one spelling."""
    return msgspec.json.encode([row[name] for name in BOUND])


def note_of(signer: Signer, row: Mapping[str, Any], now_ms: int) -> Draft:
    """The note that goes into the chain with this row of the inbox."""
    now = from_ms(now_ms)
    body = FactHeld(
        held=row["digest"], fact=row["id"], kind=row["kind"], about=row["subject"],
        purpose=row["purpose"], code=row["code"], waits_for=row["waits_for"], row=_mark(row),
    )  # fmt: skip
    return authored(
        signer, HELD, body, township=row["township"],
        id=id_at(now, row["digest"], row["code"], row["waits_for"] or ""),
        subject=subject_of(row["digest"]), purpose=OFFICE, area=row["area"], author=CLOCK,
        happened_at=now, door=Door.CLOCK,
    )  # fmt: skip


class Notes:
    """All that was met of the inbox on a walk along the chain."""

    def __init__(self) -> None:
        self._held: dict[str, FactHeld] = {}
        self._by_fact: dict[str, set[str]] = {}
        self._decided: dict[str, set[str]] = {}
        self._recorded: set[str] = set()

    def take(self, header: Header, body: object, signature: bytes) -> None:
        """Note what an entry says of the inbox, or that a held fact was recorded after all."""
        if isinstance(body, FactHeld):
            self._held[body.held] = body
            self._by_fact.setdefault(body.fact, set()).add(body.held)
        elif isinstance(body, HeldResolved):
            self._decided.setdefault(body.held, set()).add(header.id)
        if header.id in self._by_fact:
            self._recorded |= self._by_fact[header.id] & {digest_of(signature)}

    def compared(
        self, connection: Connection, township: str, forgotten: Collection[tuple[str, str]]
    ) -> Iterator[Text]:
        """What is wrong with a township's inbox; `forgotten` are (subject, purpose)."""
        rows = connection.execute(
            sa.select(held).where(held.c.township == township).order_by(held.c.digest)
        )
        found = {row.digest: dict(row._mapping) for row in rows}
        for digest in sorted({*found, *self._held}):
            row, note = found.get(digest), self._held.get(digest)
            wrong = self._wrong(digest, row, note, forgotten)
            if wrong is not None:
                yield wrong.filled(digest=digest)

    def _wrong(
        self,
        digest: str,
        row: Mapping[str, Any] | None,
        note: FactHeld | None,
        forgotten: Collection[tuple[str, str]],
    ) -> Text | None:
        is_forgotten = note is not None and (note.about, note.purpose) in forgotten
        if row is None:
            return None if is_forgotten else _MISSING
        if note is None or is_forgotten:
            return _EXTRA
        fits = _mark(row) == note.row and self._state_fits(digest, row, note)
        return None if fits else _ALTERED

    def _state_fits(self, digest: str, row: Mapping[str, Any], note: FactHeld) -> bool:
        """Whether it is open, or by whom it was decided, as the chain says."""
        by, decisions = row["resolved_by"], self._decided.get(digest, set())
        if by is None:
            open_ = not decisions and digest not in self._recorded
            return open_ and row["waits_for"] == note.waits_for
        if row["waits_for"] is not None:
            return False
        return digest in self._recorded if by == RETRIED else by in decisions


def _mark(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(binding(row) + bytes(row["sealed"])).hexdigest()
