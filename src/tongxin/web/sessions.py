"""Signing in and out. A session is a random token; the table knows its hash only.

Failures slow down: after five, each further one doubles the wait, up to fifteen minutes.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.access import passwords, queries
from tongxin.access.tables import failure, session
from tongxin.base.clock import to_ms
from tongxin.base.problems import ProblemKind
from tongxin.desk import Who
from tongxin.ledger.database import Database
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
_FREE_FAILURES: Final = 5
_LONGEST_WAIT_S: Final = 900


class Opened(Struct, frozen=True):
    """A session that has just begun: the token goes to the browser and nowhere else."""

    token: str
    csrf: str
    account: str


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    database: Database, township: str, username: str, password: str, now: datetime
) -> Opened:
    """Begin a session, or `web.sign_in_failed`, or `web.slow_down` after many failures."""
    now_ms = to_ms(now)
    name_hash = hash_of(f"{township}\x1f{username}")
    with database.reading() as connection:
        _refuse_haste(connection, township, name_hash, now_ms)
        found = queries.account_named(connection, township, username)
    open_ = found is not None and not found[1].closed
    if not passwords.fits(found[1].password_hash if found and open_ else None, password):
        with database.writing() as connection:
            _count_failure(connection, township, name_hash, now_ms)
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
        connection.execute(
            sa.insert(session).values(
                township=township, token_hash=hash_of(opened.token), account=opened.account,
                csrf=opened.csrf, began_at=now_ms, seen_at=now_ms, ends_at=to_ms(now + LASTS),
            )
        )  # fmt: skip
    return opened


def who(store: Store, token_hash: str, now: datetime) -> Who | None:
    """Whose session this is, or None where it has ended, or its account has been closed."""
    now_ms = to_ms(now)
    with store.database.reading() as connection:
        row = connection.execute(
            sa.select(session).where(session.c.token_hash == token_hash)
        ).first()
        if row is None or row.ends_at <= now_ms or row.seen_at + _IDLE_MS <= now_ms:
            return None
        account = queries.account_of(connection, row.township, row.account)
        if account is None or account.closed:
            return None
        name = township_name(connection, row.township)
    if now_ms - row.seen_at > _SEEN_EVERY_MS:
        # The writer notes it when it has time: a look-up must not wait for a lock.
        store.later(lambda connection: _seen(connection, row.township, token_hash, now_ms))
    return Who(
        township=row.township, township_name=name, account=row.account, name=account.name,
        roles=account.roles, remit=account.remit, csrf=row.csrf, token_hash=token_hash,
    )  # fmt: skip


def _seen(connection: Connection, township: str, token_hash: str, now_ms: int) -> None:
    connection.execute(
        sa.update(session)
        .where(session.c.township == township, session.c.token_hash == token_hash)
        .values(seen_at=now_ms)
    )


def sign_out(database: Database, leaving: Who) -> None:
    """End one session."""
    with database.writing() as connection:
        connection.execute(
            sa.delete(session).where(
                session.c.township == leaving.township,
                session.c.token_hash == leaving.token_hash,
            )
        )


def _refuse_haste(connection: Connection, township: str, name_hash: str, now_ms: int) -> None:
    row = connection.execute(
        sa.select(failure).where(failure.c.township == township, failure.c.name_hash == name_hash)
    ).first()
    if row is None or row.failures < _FREE_FAILURES:
        return
    wait_s = min(2 ** (row.failures - _FREE_FAILURES), _LONGEST_WAIT_S)
    left_ms = row.last_at + wait_s * 1000 - now_ms
    if left_ms > 0:
        raise SLOW_DOWN(seconds=-(-left_ms // 1000))


def _count_failure(connection: Connection, township: str, name_hash: str, now_ms: int) -> None:
    mine = sa.and_(failure.c.township == township, failure.c.name_hash == name_hash)
    changed = connection.execute(
        sa.update(failure).where(mine).values(failures=failure.c.failures + 1, last_at=now_ms)
    )
    if changed.rowcount == 0:
        connection.execute(
            sa.insert(failure).values(
                township=township, name_hash=name_hash, failures=1, last_at=now_ms
            )
        )
