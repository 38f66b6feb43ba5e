"""Signing in and out. A session is a random token; the table knows its hash only.

What is believed of a session, and of its account, only this program can have written
(`access.sessions`, `ledger.shaping`).

Failures slow down, for an account and for the address that they come from, and guesses take turns,
so that many at once do not take the machine's memory.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from litestar import Request
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from tongxin.access import passwords, queries
from tongxin.access import sessions as rows
from tongxin.access.tables import failure, session
from tongxin.base.clock import to_ms
from tongxin.base.problems import ProblemKind
from tongxin.desk import Who
from tongxin.ledger.store import Store
from tongxin.registry.queries import township_name

SIGN_IN_FAILED = ProblemKind(
    "web.sign_in_failed",
    403,
    zh="用户名或密码不对。",
    en="The user name or the password is not right.",
)
SLOW_DOWN = ProblemKind(
    "web.slow_down",
    429,
    zh="尝试次数太多。请等 {seconds} 秒再试。",
    en="Too many attempts. Wait {seconds} seconds and try again.",
)

LASTS: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
_IDLE_MS: Final = IDLE // timedelta(milliseconds=1)
_SEEN_EVERY_MS: Final = 60_000
_log = logging.getLogger("tongxin.web")
_REMEMBERED_MS: Final = timedelta(days=1) // timedelta(milliseconds=1)
# One verification takes 64 MiB; more than this many at once wait.
_TURN_S: Final = 0.5
_VERIFYING: Final = threading.BoundedSemaphore(4)


@contextmanager
def _turn() -> Iterator[None]:
    """A turn to verify a password; who finds a crowd is asked to come again, and blocks nobody."""
    if not _VERIFYING.acquire(timeout=_TURN_S):
        raise SLOW_DOWN(seconds=1)
    try:
        yield
    finally:
        _VERIFYING.release()


class Patience(Struct, frozen=True):
    """After `free` failures each further one doubles the wait, up to `longest_s` seconds."""

    free: int
    longest_s: int


_ACCOUNT: Final = Patience(free=5, longest_s=900)
# An office shares one address, so one clumsy colleague must not lock all others out for long.
_ADDRESS: Final = Patience(free=30, longest_s=60)


class Opened(Struct, frozen=True):
    """A session that has just begun: the token goes to the browser and nowhere else."""

    token: str
    csrf: str
    account: str


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where a request comes from: the other end of the socket, never what a header says."""
    return request.client.host if request.client else ""


def sign_in(
    store: Store,
    township: str,
    username: str,
    password: str,
    now: datetime,
    address: str = "",
) -> Opened:
    """Begin a session, or `web.sign_in_failed`, or `web.slow_down` after many failures.

    `address` is the peer's own, as the socket tells it; what a header claims is not believed.
    """
    now_ms, database = to_ms(now), store.database
    name_hash = hash_of(f"{township}\x1f{username}")
    counted = {(township, name_hash): _ACCOUNT}
    if address:
        counted["", hash_of(f"address\x1f{address}")] = _ADDRESS
    with database.reading() as connection:
        _refuse_haste(connection, counted, now_ms)
    with _turn():
        # Asked again when its turn comes: the guesses before it may have failed meanwhile.
        with database.reading() as connection:
            _refuse_haste(connection, counted, now_ms)
            accounts = queries.accounts(store, connection, township)
            found = queries.account_named(accounts, username)
        open_ = found is not None and not found[1].closed
        if not passwords.fits(found[1].password_hash if found and open_ else None, password):
            with database.writing() as connection:
                _count_failure(connection, counted, now_ms)
            raise SIGN_IN_FAILED(field="password")
    if found is None:
        raise AssertionError("a password fitted nobody")
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(24), found[0])
    with database.writing() as connection:
        connection.execute(
            sa.delete(failure).where(
                failure.c.township == township, failure.c.name_hash == name_hash
            )
        )
        connection.execute(sa.delete(session).where(session.c.ends_at < now_ms))
        begun = rows.Session(
            township, hash_of(opened.token), opened.account, opened.csrf, began_at=now_ms,
            seen_at=now_ms, ends_at=to_ms(now + LASTS),
        )  # fmt: skip
        rows.begin(connection, store.keys, begun, found[1])
    return opened


def who(store: Store, token_hash: str, now: datetime) -> Who | None:
    """Whose session this is, or None where it has ended, or its account has been closed."""
    now_ms = to_ms(now)
    with store.database.reading() as connection:
        found = rows.find(connection, token_hash)
        if found is None:
            return None
        told, code = found
        if told.ends_at <= now_ms or told.seen_at + _IDLE_MS <= now_ms:
            return None
        account = queries.accounts(store, connection, told.township).get(told.account)
        if account is None or account.closed:
            return None
        name = township_name(connection, told.township)
    if not rows.is_ours(store.keys, told, code, account):
        _log.error("a session is not as this program wrote it; nobody is let in by it")
        return None
    if now_ms - told.seen_at > _SEEN_EVERY_MS:
        # The writer notes it when it has time: a look-up must not wait for a lock.
        store.later(
            lambda connection: rows.see(connection, store.keys, told, code, account, now_ms)
        )
    return Who(
        township=told.township, township_name=name, account=told.account, name=account.name,
        roles=account.roles, remit=account.remit, csrf=told.csrf, token_hash=token_hash,
    )  # fmt: skip


def sign_out(store: Store, leaving: Who) -> None:
    """End one session, in every process at once."""
    with store.database.writing() as connection:
        rows.end(connection, leaving.township, leaving.token_hash)
    store.bell.ring()


def _refuse_haste(
    connection: Connection, counted: Mapping[tuple[str, str], Patience], now_ms: int
) -> None:
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
        if left_ms > 0:
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
