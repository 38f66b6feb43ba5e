"""The facts that shape the context, opened from under their seals: accounts, packs, areas at risk.

What somebody may do, and by which rules people are judged, is read from here and never from the
derived tables: whoever has the database's password can change those, and change them back. Facts
he can neither make nor alter, only take away; so the file of keys notes how many there were.
"""

import threading
from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from tongxin.base.ids import kind_of
from tongxin.base.problems import ProblemKind
from tongxin.ledger import opening
from tongxin.ledger.bell import Bell
from tongxin.ledger.chains import Head
from tongxin.ledger.facts import Entry, Kind
from tongxin.ledger.keys import Keys
from tongxin.ledger.kinds import Forgotten
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.tables import HEADER_COLUMNS, fact

CONTEXT_UNSOUND = ProblemKind(
    "ledger.context_unsound",
    503,
    zh="数据库里少了账号、权限或规则的记录（应有 {wanted} 条，只有 {found} 条），已停止服务。"
    "请运行 tongxin verify 查找，并从备份恢复。",
    en="Facts about accounts, roles or rules are missing ({found} of {wanted} are there), so "
    "nothing is served. Run tongxin verify and restore a backup.",
)

CONTEXT_KINDS: Final = frozenset({"account", "place", "proposal", "township"})


class Shaping:
    """One township's facts that shape the context, in the order recorded; read on, never again."""

    def __init__(self, township: str) -> None:
        self.township = township
        self.entries: list[Entry] = []
        self.count = 0
        self._seq = 0
        self._forgotten: set[tuple[str, str]] = set()

    def read_on(self, connection: Connection, keys: Keys, kinds: Mapping[str, Kind]) -> None:
        """Open what was recorded since; `ledger.unreadable` where somebody altered it."""
        rows = connection.execute(
            sa.select(*HEADER_COLUMNS, fact.c.sealed)
            .where(fact.c.township == self.township, _shapes(kinds), fact.c.seq > self._seq)
            .order_by(fact.c.seq)
        ).all()
        headers = [opening.header_of(tuple(row)) for row in rows]
        have = keys.keys_for({header.key() for header in headers})
        for header, row in zip(headers, rows, strict=True):
            entry = opening.entry_of(have, kinds, header, row.sealed)
            if entry is None and keys.destroyed(*header.key()) is None:
                raise opening.KEY_MISSING(seq=header.seq)
            self._take(entry, kinds)
        if rows:
            self.count += len(rows)
            self._seq = headers[-1].seq
            self.entries = [e for e in self.entries if self._is_kept(e)]

    def _take(self, entry: Entry | None, kinds: Mapping[str, Kind]) -> None:
        if entry is None:
            return  # forgotten, and its key is gone
        if isinstance(entry.body, Forgotten):
            self._forgotten |= {(entry.header.subject, each) for each in entry.body.purposes}
        kept = kinds[entry.header.kind].kept
        self.entries.append(entry if kept is None else Entry(entry.header, kept(entry.body)))

    def _is_kept(self, entry: Entry) -> bool:
        return (entry.header.subject, entry.header.purpose) not in self._forgotten


class Contexts:
    """The contexts already read, by township, until the counter of the township moves or the bell
    is rung.
    """

    def __init__(self, keys: Keys, bell: Bell) -> None:
        self._keys, self._bell = keys, bell
        self._lock = threading.Lock()
        self._shaping: dict[str, Shaping] = {}
        self._read: dict[str, tuple[int, bytes, Context]] = {}

    def clear(self) -> None:
        """Forget all: what was read in a transaction that failed never was."""
        with self._lock:
            self._shaping.clear()
            self._read.clear()

    def of(self, connection: Connection, rulebook: Rulebook, township: str, head: Head) -> Context:
        """The township's context as it is at this point of the chain."""
        return self.at(connection, rulebook, township, head.context)

    def at(
        self, connection: Connection, rulebook: Rulebook, township: str, counted: int
    ) -> Context:
        """The context that goes with this value of the township's context counter.

        Whoever writes the database can hold the counter back, but not the bell.
        """
        word = self._bell.word
        known = self._read.get(township)
        if known is not None and known[:2] == (counted, word):
            return known[2]
        with self._lock:
            shaping = self._shaping.get(township) or Shaping(township)
            before = shaping.count
            shaping.read_on(connection, self._keys, rulebook.kinds)
            if township not in self._shaping:
                self._refuse_loss(shaping)
                self._shaping[township] = shaping
            known = self._read.get(township)
            same = known is not None and shaping.count == before
            context = known[2] if known and same else rulebook.context(township, shaping.entries)
            self._read[township] = (counted, word, context)
        return context

    def note(self) -> None:
        """Note in the file of keys how many facts there are, once they are committed."""
        with self._lock:
            counts = {township: shaping.count for township, shaping in self._shaping.items()}
        for township, count in counts.items():
            self._keys.note_count(township, count)

    def _refuse_loss(self, shaping: Shaping) -> None:
        wanted = self._keys.noted_count(shaping.township)
        if shaping.count < wanted:
            raise CONTEXT_UNSOUND(wanted=wanted, found=shaping.count)


def context_of(connection: Connection, keys: Keys, rulebook: Rulebook, township: str) -> Context:
    """The context as it is now, read from the start: for whoever asks once."""
    shaping = Shaping(township)
    shaping.read_on(connection, keys, rulebook.kinds)
    return rulebook.context(township, shaping.entries)


def shapes(kind: Kind, subject: str) -> bool:
    """Whether a fact of this kind about this subject is among those read here."""
    return kind.proposes or (kind.shapes_context and kind_of(subject) in CONTEXT_KINDS)


def _shapes(kinds: Mapping[str, Kind]) -> ColumnElement[bool]:
    """As `shapes`, for a query. Forgettings of people are many, and shape nothing."""
    names = sorted(name for name, kind in kinds.items() if kind.shapes_context)
    proposed = sorted(name for name, kind in kinds.items() if kind.proposes)
    return sa.and_(
        fact.c.kind.in_(names),
        sa.or_(fact.c.kind.in_(proposed), *_about(CONTEXT_KINDS)),
    )


def _about(subjects: Collection[str]) -> list[ColumnElement[bool]]:
    return [
        sa.and_(fact.c.subject >= f"{kind}-", fact.c.subject < f"{kind}.")
        for kind in sorted(subjects)
    ]
