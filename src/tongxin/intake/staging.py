"""Lists on their way in, part by part, each sealed with the key of its import.

They are working state, as sessions are: not the ledger's, in no backup, gone with their key.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy import Connection

from tongxin.base.clock import to_ms
from tongxin.base.problems import NOT_FOUND, Problem
from tongxin.intake.kinds import Alike
from tongxin.intake.tables import staged
from tongxin.ledger.keys import Keys
from tongxin.ledger.keys.file import KEYS_IN_USE
from tongxin.ledger.sealing import NONCE_BYTES, seal, unseal
from tongxin.ledger.store import Store
from tongxin.sheets.book import Book
from tongxin.sheets.faults import Fault
from tongxin.sheets.returning import Returned
from tongxin.sheets.rows import Mapped

KEPT_DAYS: Final = 7
"""For so long a list waits for its confirmation, and what came back of it for its download.

A choice of the program's design: a week has one day on which the office works on it.
"""
HEAD: Final = "head"
LINES: Final = "lines"
_PURPOSE: Final = "staged"
T = TypeVar("T")


class Head(Struct):
    """What is known of an import besides its lines. `account` is whoever brought it, and nobody
    else sees it.

    `revision` counts how often it was mapped: what was planned by an earlier mapping counts no
    more. `same` are decisions about doubtful rows, `year` that of dates without one, `area` the
    village of rows that name none.
    """

    account: str
    kind: str
    book: Book
    mapped: Mapped | None = None
    revision: int = 0
    area: str = ""
    year: int = 0
    same: dict[int, bool] = field(default_factory=dict)
    confirmed: bool = False
    finished: bool = False

    @property
    def planned(self) -> str:
        """The section of what this mapping's rows are to become."""
        return f"plan-{self.revision}"


class Counts(Struct):
    """How many rows became what. `passed` are titles, totals, remarks and blanks; `remarked` are
    rows that go in with something to be said of them, `differs` those of them that say otherwise
    than is registered.
    """

    new: int = 0
    added: int = 0
    known: int = 0
    doubtful: int = 0
    returned: int = 0
    passed: int = 0
    remarked: int = 0
    differs: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        mine, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Counts(*(a + b for a, b in zip(mine, theirs, strict=True)))

    @property
    def rows(self) -> int:
        """The rows of the list itself."""
        return self.new + self.added + self.known + self.doubtful + self.returned


class Shown(Struct):
    """One row as a preview shows it: names masked. `why` is what is wrong or remarkable in it,
    `subject` whom it is recorded about.
    """

    number: int
    outcome: str
    name: str
    told: str
    area: str
    why: list[Fault]
    subject: str = ""
    alike: Alike | None = None
    differs: bool = False


class Part(Struct):
    """What became of one part of the lines: counts, some rows of each outcome, all doubtful ones,
    all that come back, as they were, and all that say otherwise than is registered.
    """

    counts: Counts
    shown: list[Shown]
    returned: list[Returned]
    differing: list[Returned] = []

    @property
    def back(self) -> list[Returned]:
        """What somebody has to see to, in the order of the list."""
        return sorted([*self.returned, *self.differing], key=lambda each: each.line.number)


class Staging:
    """The lists of one township that are on their way in."""

    def __init__(self, store: Store, township: str) -> None:
        self.store, self.township = store, township

    @property
    def _keys(self) -> Keys:
        return self.store.keys

    def begin(self, import_id: str, head: Head, frames: list[bytes], now: datetime) -> None:
        """Seal a list that was read."""
        key = self._keys.keys_for({self._name(import_id)}, to_ms(now), make=True)
        parts = [(HEAD, 0, _encoded(head)), *((LINES, n, f) for n, f in enumerate(frames))]
        with self.store.database.writing() as connection:
            for section, n, content in parts:
                self._insert(
                    connection, key[self._name(import_id)], import_id, section, n, content, now
                )

    def head(self, connection: Connection, import_id: str, account: str = "") -> Head:
        """The head, or `base.not_found` where there is none, or it is another account's."""
        head = self._one(connection, import_id, HEAD, 0, Head)
        if head is None or (account and head.account != account):
            raise NOT_FOUND()
        return head

    def save(self, import_id: str, head: Head, now: datetime) -> None:
        """The head in the place of the one before."""
        self.put(import_id, HEAD, 0, head, now)

    def put(self, import_id: str, section: str, n: int, content: Any, now: datetime) -> None:
        """A part in the place of what had its number; nothing where the import is gone."""
        key = self._key(import_id)
        if key is None:
            return
        with self.store.database.writing() as connection:
            connection.execute(sa.delete(staged).where(*self._at(import_id, section, n)))
            self._insert(connection, key, import_id, section, n, _encoded(content), now)

    def frame(self, connection: Connection, import_id: str, n: int) -> bytes:
        """The lines of one part, as they were read."""
        found = self._bytes(connection, import_id, LINES, n)
        if found is None:
            raise NOT_FOUND()
        return found

    def part(self, connection: Connection, import_id: str, section: str, n: int) -> Part | None:
        """What became of one part of the lines; None where it was not its turn yet."""
        return self._one(connection, import_id, section, n, Part)

    def parts(self, connection: Connection, import_id: str, section: str) -> Iterator[Part]:
        """What became of all parts of the lines so far, in their order."""
        for n in self.numbers(connection, import_id, section):
            part = self.part(connection, import_id, section, n)
            if part is not None:
                yield part

    def numbers(self, connection: Connection, import_id: str, section: str) -> list[int]:
        """The numbers of the parts that a section has."""
        rows = connection.scalars(
            sa.select(staged.c.n).where(*self._at(import_id, section)).order_by(staged.c.n)
        )
        return list(rows)

    def last_at(self, connection: Connection, import_id: str) -> int:
        """When anything of it was written last, in milliseconds."""
        where = (staged.c.township == self.township, staged.c.import_id == import_id)
        return connection.scalar(sa.select(sa.func.max(staged.c.at)).where(*where)) or 0

    def drop(self, import_id: str, section: str) -> None:
        """Take a section away."""
        with self.store.database.writing() as connection:
            connection.execute(sa.delete(staged).where(*self._at(import_id, section)))

    def mine(self, connection: Connection, account: str) -> dict[str, Head]:
        """The imports of one account that are on their way, the latest first."""
        rows = connection.scalars(
            sa.select(staged.c.import_id)
            .where(staged.c.township == self.township, staged.c.section == HEAD)
            .order_by(staged.c.import_id.desc())
        )
        heads = {i: self._one(connection, i, HEAD, 0, Head) for i in rows}
        return {i: head for i, head in heads.items() if head and head.account == account}

    def forget(self, import_id: str, now: datetime) -> None:
        """Delete an import and destroy its key."""
        where = (staged.c.township == self.township, staged.c.import_id == import_id)
        with self.store.database.writing() as connection:
            connection.execute(sa.delete(staged).where(*where))
        try:
            self._keys.destroy(self.township, import_id, now, [_PURPOSE])
        except Problem as problem:
            if problem.code != KEYS_IN_USE.code:
                raise
            # The key is out of use; its bytes are wiped with the next one that is destroyed.

    def forget_old(self, now: datetime) -> int:
        """Forget what nobody has touched for `KEPT_DAYS` days; how many imports that was."""
        before = to_ms(now - timedelta(days=KEPT_DAYS))
        with self.store.database.reading() as connection:
            rows = connection.execute(
                sa.select(staged.c.import_id)
                .where(staged.c.township == self.township)
                .group_by(staged.c.import_id)
                .having(sa.func.max(staged.c.at) < before)
            )
            old = [row.import_id for row in rows]
        for import_id in old:
            self.forget(import_id, now)
        return len(old)

    # Within

    def _name(self, import_id: str) -> tuple[str, str, str]:
        return self.township, import_id, _PURPOSE

    def _key(self, import_id: str) -> bytes | None:
        return self._keys.keys_for({self._name(import_id)}).get(self._name(import_id))

    def _at(self, import_id: str, section: str, n: int | None = None) -> list[Any]:
        here = [
            staged.c.township == self.township, staged.c.import_id == import_id,
            staged.c.section == section,
        ]  # fmt: skip
        return here if n is None else [*here, staged.c.n == n]

    def _insert(
        self, connection: Connection, key: bytes, import_id: str, section: str, n: int,
        content: bytes, now: datetime,
    ) -> None:  # fmt: skip
        sealed = seal(key, os.urandom(NONCE_BYTES), content, self._bound(import_id, section, n))
        connection.execute(
            sa.insert(staged).values(
                township=self.township, import_id=import_id, section=section, n=n,
                at=to_ms(now), sealed=sealed,
            )
        )  # fmt: skip

    def _bound(self, import_id: str, section: str, n: int) -> bytes:
        """So that no part can stand in the place of another."""
        return "\n".join((self.township, import_id, section, str(n))).encode()

    def _bytes(self, connection: Connection, import_id: str, section: str, n: int) -> bytes | None:
        sealed = connection.scalar(
            sa.select(staged.c.sealed).where(*self._at(import_id, section, n))
        )
        key = self._key(import_id)
        if sealed is None or key is None:
            return None
        return unseal(key, bytes(sealed), self._bound(import_id, section, n))

    def _one(
        self, connection: Connection, import_id: str, section: str, n: int, type_: type[T]
    ) -> T | None:
        found = self._bytes(connection, import_id, section, n)
        return None if found is None else msgspec.msgpack.decode(found, type=type_)


def _encoded(content: Any) -> bytes:
    return msgspec.msgpack.encode(content)
