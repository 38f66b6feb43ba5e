"""Derived tables of access, and its one table that is neither ledger nor derived: sessions."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from tongxin.ledger.tables import BIG, METADATA, Code, derived

# For lists. Passwords, devices and what somebody may do are read from sealed facts.
account = derived(
    "account",
    Column("username", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("post", sa.Text, nullable=False),
    Column("roles", sa.Text, nullable=False),
    Column("closed", sa.Boolean, nullable=False),
    Index("account_by_username", "township", "username"),
)

# Who looked at whom and who took lists away: rows for the page that shows it.
look = derived(
    "look",
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("kind", Code, nullable=False),
    Column("about", Code, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("at", BIG, nullable=False),
    Index("look_by_about", "township", "about"),
)

TABLES: Final = (account, look)

# A session is known by the hash of its token, so that a stolen database signs nobody in; and
# believed by its code (`sessions`), so that a database written to signs nobody in either.
session = Table(
    "session",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("token_hash", Code, primary_key=True),
    Column("account", Code, nullable=False),
    Column("csrf", Code, nullable=False),
    Column("began_at", BIG, nullable=False),
    Column("seen_at", BIG, nullable=False),
    Column("ends_at", BIG, nullable=False),
    Column("code", Code, nullable=False, server_default=""),
    Index("session_by_token", "token_hash"),
    Index("session_by_account", "township", "account"),
)

# Failed sign-ins, so that guessing slows down, also across processes.
failure = Table(
    "failure",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("name_hash", Code, primary_key=True),
    Column("failures", sa.Integer, nullable=False),
    Column("last_at", BIG, nullable=False),
)
