"""Rows of sessions that only this program can have written: each carries a code over all of itself.

The code is made with a key that follows from the master key, and over the hash of the account's
password too: a row put in or changed at a database console is nobody's session, and with a new
password all earlier sessions end by themselves.
"""

import hashlib
import hmac

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection

from tongxin.access.rules import Account
from tongxin.access.tables import session
from tongxin.ledger.keys import Keys

_PURPOSE = "sessions"


class Session(Struct, frozen=True):
    """A session as its row says; instants in milliseconds. The token itself is nowhere here."""

    township: str
    token_hash: str
    account: str
    csrf: str
    began_at: int
    seen_at: int
    ends_at: int


def code_of(keys: Keys, told: Session, password_hash: str) -> str:
    """What a row must carry to be believed; 64 hexadecimal digits."""
    message = msgspec.json.encode([*asdict(told).values(), password_hash])
    return hmac.new(keys.derived(_PURPOSE), message, hashlib.sha256).hexdigest()


def begin(connection: Connection, keys: Keys, told: Session, account: Account) -> None:
    """Write a session down."""
    code = code_of(keys, told, account.password_hash)
    connection.execute(sa.insert(session).values(**asdict(told), code=code))


def find(connection: Connection, token_hash: str) -> tuple[Session, str] | None:
    """The session with this token, and the code that its row carries; not yet to be believed."""
    row = connection.execute(sa.select(session).where(session.c.token_hash == token_hash)).first()
    if row is None:
        return None
    fields = (getattr(row, name) for name in Session.__struct_fields__)
    return Session(*fields), row.code


def is_ours(keys: Keys, told: Session, code: str, account: Account) -> bool:
    """Whether this program wrote the row, and the account's password is still the same."""
    return hmac.compare_digest(code_of(keys, told, account.password_hash), code)


def see(
    connection: Connection, keys: Keys, told: Session, code: str, account: Account, now_ms: int
) -> None:
    """Note that it was used just now; not where it has been written anew meanwhile."""
    seen = replace(told, seen_at=now_ms)
    connection.execute(
        sa.update(session)
        .where(_is(told.township, told.token_hash), session.c.code == code)
        .values(seen_at=now_ms, code=code_of(keys, seen, account.password_hash))
    )


def end(connection: Connection, township: str, token_hash: str) -> None:
    """End one session."""
    connection.execute(sa.delete(session).where(_is(township, token_hash)))


def end_all(connection: Connection, township: str, account: str, *, but: str) -> None:
    """End every session of an account, but for the one with this hash of its token."""
    connection.execute(
        sa.delete(session).where(
            session.c.township == township,
            session.c.account == account,
            session.c.token_hash != but,
        )
    )


def end_oldest(connection: Connection, township: str, account: str, most: int) -> None:
    """End the oldest sessions of an account until `most` of them are left."""
    mine = sa.and_(session.c.township == township, session.c.account == account)
    newest_first = session.c.began_at.desc(), session.c.token_hash
    surplus = sa.select(session.c.token_hash).where(mine).order_by(*newest_first).offset(most)
    gone = connection.scalars(surplus).all()
    if gone:
        connection.execute(sa.delete(session).where(mine, session.c.token_hash.in_(gone)))


def end_others(
    connection: Connection, keys: Keys, township: str, token_hash: str, password_hash: str
) -> None:
    """After a new password: end every session of its account but this one, which goes on."""
    found = find(connection, token_hash)
    if found is None:
        return
    mine = found[0]
    end_all(connection, township, mine.account, but=token_hash)
    connection.execute(
        sa.update(session)
        .where(_is(township, token_hash))
        .values(code=code_of(keys, mine, password_hash))
    )


def _is(township: str, token_hash: str) -> sa.ColumnElement[bool]:
    return sa.and_(session.c.township == township, session.c.token_hash == token_hash)
