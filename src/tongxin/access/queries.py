"""How accounts, devices and sessions are found."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, Row

from tongxin.access import tables
from tongxin.access.rules import Account, Device
from tongxin.base.remit import Remit
from tongxin.ledger.tables import chain, subject


def accounts(connection: Connection, township: str) -> dict[str, Account]:
    """Every account of a township by its subject: the context of admission."""
    devices: dict[str, list[Device]] = {}
    for row in connection.execute(
        sa.select(tables.device)
        .where(tables.device.c.township == township)
        .order_by(tables.device.c.device)
    ):
        devices.setdefault(row.subject, []).append(Device(row.device, row.public_key, row.label))
    rows = connection.execute(
        sa.select(tables.account).where(tables.account.c.township == township)
    )
    return {row.subject: _account(row, tuple(devices.get(row.subject, ()))) for row in rows}


def _account(row: Row[Any], devices: tuple[Device, ...]) -> Account:
    roles = msgspec.json.decode(row.roles, type=tuple[tuple[str, str], ...])
    return Account(
        username=row.username, name=row.name, post=row.post, password_hash=row.password_hash,
        roles=roles, devices=devices, closed=row.closed, opened_by=row.opened_by,
        empowered_by=tuple(row.empowered_by.split()),
    )  # fmt: skip


def account_named(
    connection: Connection, township: str, username: str
) -> tuple[str, Account] | None:
    """The account's subject and state by its user name; the first opened, if two share it."""
    row = connection.execute(
        sa.select(tables.account)
        .join(
            subject,
            sa.and_(
                subject.c.township == tables.account.c.township,
                subject.c.subject == tables.account.c.subject,
            ),
        )
        .where(tables.account.c.township == township, tables.account.c.username == username)
        .order_by(subject.c.first_seq)
        .limit(1)
    ).first()
    return None if row is None else (row.subject, _account(row, ()))


def account_of(connection: Connection, township: str, account: str) -> Account | None:
    """One account by its subject."""
    row = connection.execute(
        sa.select(tables.account).where(
            tables.account.c.township == township, tables.account.c.subject == account
        )
    ).first()
    return None if row is None else _account(row, ())


class DeviceBook:
    """Devices of one connection's moment, each looked up at most once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str, str], bytes | None] = {}

    def public_key(self, township: str, author: str, device: str) -> bytes | None:
        """The device's Ed25519 key, or None where it is not that author's."""
        asked = (township, author, device)
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, township: str, author: str, device: str) -> bytes | None:
        found = self._connection.scalar(
            sa.select(tables.device.c.public_key).where(
                tables.device.c.township == township,
                tables.device.c.subject == author,
                tables.device.c.device == device,
            )
        )
        return None if found is None else base64.b64decode(found)


def end_other_sessions(
    connection: Connection, township: str, account: str, token_hash: str
) -> None:
    """End every session of an account but this one."""
    connection.execute(
        sa.delete(tables.session).where(
            tables.session.c.township == township,
            tables.session.c.account == account,
            tables.session.c.token_hash != token_hash,
        )
    )


def accounts_in(remit: Remit, connection: Connection, township: str) -> list[Mapping[str, Any]]:
    """The accounts of a township for its account page; empty without `access.read` there."""
    if not remit.allows("access.read", township):
        return []
    rows = connection.execute(
        sa.select(
            tables.account.c.subject, tables.account.c.username, tables.account.c.name,
            tables.account.c.post, tables.account.c.roles, tables.account.c.closed,
        )
        .where(tables.account.c.township == township)
        .order_by(tables.account.c.username)
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]


def looks_at(
    remit: Remit, connection: Connection, township: str, most: int
) -> list[Mapping[str, Any]]:
    """The newest reveals and exports, with who; empty without `access.read` in the township."""
    if not remit.allows("access.read", township):
        return []
    rows = connection.execute(
        sa.select(tables.look, tables.account.c.name)
        .join(
            tables.account,
            sa.and_(
                tables.account.c.township == tables.look.c.township,
                tables.account.c.subject == tables.look.c.subject,
            ),
        )
        .where(tables.look.c.township == township)
        .order_by(tables.look.c.seq.desc())
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]


def townships(connection: Connection) -> list[str]:
    """The townships whose ledgers are here."""
    return list(connection.scalars(sa.select(chain.c.township).order_by(chain.c.township)))


def names(connection: Connection, township: str) -> dict[str, str]:
    """What each account is called, for pages that say who recorded or proposed something.

    Who works for a township is no secret in it, so it takes no remit.
    """
    rows = connection.execute(
        sa.select(tables.account.c.subject, tables.account.c.name).where(
            tables.account.c.township == township
        )
    )
    return {row.subject: row.name for row in rows}
