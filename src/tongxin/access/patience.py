"""Guessing passwords takes long: failures slow down, for an account and for the address that they
come from, and guesses take turns, so that many at once do not take the machine's memory.
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from tongxin.access import passwords
from tongxin.access.tables import failure
from tongxin.base.problems import ProblemKind
from tongxin.ledger.database import Database

SLOW_DOWN = ProblemKind(
    "web.slow_down",
    429,
    zh="尝试次数太多。请等 {seconds} 秒再试。",
    en="Too many attempts. Wait {seconds} seconds and try again.",
)


class Patience(Struct, frozen=True):
    """After `free` failures each further one doubles the wait, up to `longest_s` seconds."""

    free: int
    longest_s: int


ACCOUNT: Final = Patience(free=5, longest_s=900)
# An office shares one address, so one clumsy colleague must not lock all others out for long.
ADDRESS: Final = Patience(free=30, longest_s=60)
# What is counted: (township, hash of a name), and how patient we are with it.
Counted = Mapping[tuple[str, str], Patience]

_REMEMBERED_MS: Final = timedelta(days=1) // timedelta(milliseconds=1)
# One verification takes 64 MiB; more than this many at once wait.
_TURN_S: Final = 0.5
_VERIFYING: Final = threading.BoundedSemaphore(4)


def counted_as(*words: str) -> str:
    """What a name is counted as: its hash, so that the table tells nobody's."""
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def fits(
    database: Database, counted: Counted, password_hash: str | None, password: str, now_ms: int
) -> bool:
    """Whether a password is the hashed one, as `passwords.fits`; a failure is counted.

    `web.slow_down` where there were too many already, or a crowd is guessing just now.
    """
    with database.reading() as connection:
        _refuse_haste(connection, counted, now_ms)
    with _turn():
        # Asked again when its turn comes: the guesses before it may have failed meanwhile.
        with database.reading() as connection:
            _refuse_haste(connection, counted, now_ms)
        if passwords.fits(password_hash, password):
            return True
        with database.writing() as connection:
            _count_failure(connection, counted, now_ms)
        return False


def forgive(connection: Connection, township: str, name_hash: str) -> None:
    """Forget the failures of a name: its password was known after all."""
    connection.execute(
        sa.delete(failure).where(failure.c.township == township, failure.c.name_hash == name_hash)
    )


@contextmanager
def _turn() -> Iterator[None]:
    """A turn to verify a password; who finds a crowd is asked to come again, and blocks nobody."""
    if not _VERIFYING.acquire(timeout=_TURN_S):
        raise SLOW_DOWN(seconds=1)
    try:
        yield
    finally:
        _VERIFYING.release()


def _refuse_haste(connection: Connection, counted: Counted, now_ms: int) -> None:
    for (township, name_hash), patience in counted.items():
        row = connection.execute(
            sa.select(failure).where(
                failure.c.township == township, failure.c.name_hash == name_hash
            )
        ).first()
        if row is None or row.failures < patience.free:
            continue
        wait_s = min(2 ** min(row.failures - patience.free, 30), patience.longest_s)
        left_ms = row.last_at + wait_s * 1000 - now_ms
        # More than the whole wait: the clock was ahead, and nobody must be locked out until then.
        if 0 < left_ms <= wait_s * 1000:
            raise SLOW_DOWN(seconds=-(-left_ms // 1000))


def _count_failure(connection: Connection, counted: Iterable[tuple[str, str]], now_ms: int) -> None:
    """One more failure of each; what is a day old is forgotten, or made-up names would pile up."""
    connection.execute(sa.delete(failure).where(failure.c.last_at < now_ms - _REMEMBERED_MS))
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(failure)
    for township, name_hash in sorted(counted):
        connection.execute(
            insert.values(
                township=township, name_hash=name_hash, failures=1, last_at=now_ms
            ).on_conflict_do_update(
                index_elements=["township", "name_hash"],
                set_={"failures": failure.c.failures + 1, "last_at": now_ms},
            )
        )  # fmt: skip
