"""How accounts and devices are found: to be believed, and to be listed."""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.access import tables
from tongxin.access.rules import Account
from tongxin.base.remit import Remit
from tongxin.ledger.store import Store
from tongxin.ledger.tables import chain
from tongxin.ledger.wire import KnownDevice


class _Knows(Protocol):
    @property
    def accounts(self) -> Mapping[str, Account]: ...


def accounts(store: Store, connection: Connection, township: str) -> Mapping[str, Account]:
    """Every account of a township by its subject, as its sealed facts say: what is believed.

    The table `account` is for lists; nobody signs in or does anything by what stands there.
    """
    context: _Knows = store.context(connection, township)
    return context.accounts


def account_named(accounts: Mapping[str, Account], username: str) -> tuple[str, Account] | None:
    """The account's subject and state by its user name; the first opened, if two share it."""
    return next((each for each in accounts.items() if each[1].username == username), None)


class DeviceBook:
    """Registered devices of one connection's moment, by what is believed of their accounts."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store, self._connection = store, connection
        self._known: dict[tuple[str, str, str], KnownDevice | None] = {}

    def device(self, township: str, author: str, device: str) -> KnownDevice | None:
        """The device, or None where it is not that author's."""
        asked = (township, author, device)
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, township: str, author: str, device: str) -> KnownDevice | None:
        owner = accounts(self._store, self._connection, township).get(author)
        found = owner.device(device) if owner else None
        if found is None:
            return None
        return KnownDevice(base64.b64decode(found.public_key), found.withdrawn_at)


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
