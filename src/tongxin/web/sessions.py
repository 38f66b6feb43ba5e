"""Signing in and out. A session is a random token; the table knows its hash only.

What is believed of a session, and of its account, only this program can have written
(`access.sessions`, `ledger.shaping`).
"""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from litestar import Request
from msgspec import Struct

from tongxin.access import patience, queries
from tongxin.access import sessions as rows
from tongxin.access.tables import session
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
LASTS: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
# A desk, a telephone, a tablet at the post and one forgotten in a drawer, twice over. Who signs in
# once more ends what he began first: a stolen password must not keep doors open by the hundred.
MOST: Final = 8
_IDLE_MS: Final = IDLE // timedelta(milliseconds=1)
_SEEN_EVERY_MS: Final = 60_000
_log = logging.getLogger("tongxin.web")


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
    name = patience.counted_as(township, username)
    counted = {(township, name): patience.ACCOUNT}
    if address:
        counted["", patience.counted_as("address", address)] = patience.ADDRESS
    with database.reading() as connection:
        accounts = queries.accounts(store, connection, township)
    found = queries.account_named(accounts, username)
    open_ = found is not None and not found[1].closed
    password_hash = found[1].password_hash if found and open_ else None
    if not patience.fits(database, counted, password_hash, password, now_ms):
        raise SIGN_IN_FAILED(field="password")
    if found is None:
        raise AssertionError("a password fitted nobody")
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(24), found[0])
    with database.writing() as connection:
        patience.forgive(connection, township, name)
        # Also what was begun while a clock was wrong (`who`): it must take nobody's place.
        dead = sa.or_(session.c.ends_at < now_ms, session.c.seen_at >= now_ms + _IDLE_MS)
        connection.execute(sa.delete(session).where(dead))
        rows.end_oldest(connection, township, opened.account, MOST - 1)
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
        # Seen far in the future: a clock was wrong meanwhile, and it might never end.
        if told.ends_at <= now_ms or abs(now_ms - told.seen_at) >= _IDLE_MS:
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
