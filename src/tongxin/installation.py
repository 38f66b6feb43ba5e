"""One installation: a database, its keys and its writer, opened together.

`begin` is what `tongxin init` does: keys, tables, and a township's first facts.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.access import facts as access
from tongxin.access import queries
from tongxin.access.passwords import hashed
from tongxin.base.areas import Level, area_code
from tongxin.base.clock import Clock
from tongxin.base.ids import new_id, new_subject
from tongxin.base.problems import ProblemKind
from tongxin.catalogue import Catalogue, Context, catalogue
from tongxin.ledger import rebuilding
from tongxin.ledger.chains import open_chain
from tongxin.ledger.database import Database
from tongxin.ledger.facts import INIT, OFFICE, REGISTRATION, Door, Draft, Fact, Kind, Outcome
from tongxin.ledger.forgetting import Forgetting
from tongxin.ledger.keys import KeyFile, Keys, Passphrase, Unlock
from tongxin.ledger.migrations import migrate
from tongxin.ledger.sealing import Signer
from tongxin.ledger.store import Store
from tongxin.ledger.tables import chain
from tongxin.ledger.wire import authored
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts as registry

NO_UNLOCK = ProblemKind(
    "installation.no_unlock",
    400,
    zh="没有口令也没有密钥文件。请设置 TONGXIN_KEY_FILE，或在提示时输入口令。",
    en="There is neither a passphrase nor a key file. Set TONGXIN_KEY_FILE, or type the "
    "passphrase when asked.",
)
ALREADY = ProblemKind(
    "installation.already",
    409,
    zh="乡镇 {township} 已经建立过。",
    en="Township {township} has been set up already.",
)
NOT_A_TOWNSHIP = ProblemKind(
    "installation.not_a_township",
    400,
    zh="“{value}”不是 9 位乡镇代码。",
    en="“{value}” is not the 9-digit code of a township.",
)
TWO_ACCOUNTS = ProblemKind(
    "installation.two_accounts",
    400,
    zh="至少要开设两个账号：重要决定须由第二人批准。",
    en="Two accounts at least are needed: grave decisions want a second person's approval.",
)

DEFAULT_PACK: Final = "watch"
# How every SQLite file begins, unless it is encrypted.
_PLAIN: Final = b"SQLite format 3\x00"
_BY_DEFAULT: Final = "新安装的默认规则 · the default of a new installation"


class FirstAccount(Struct, frozen=True):
    """One of the accounts that a township begins with; both may command and approve."""

    username: str
    name: str
    password: str
    post: str = ""
    role: str = "command"


class Settings(Struct, frozen=True):
    """Where an installation lives. `keys_path` defaults to `<database>.keys`.

    `encrypted`: whether a new SQLite file is encrypted as a whole, so that a stolen disk tells
    nothing; an existing file says by itself which it is. PostgreSQL's disk is its operator's.
    """

    database_url: str
    unlock: Unlock
    keys_path: Path | None = None
    encrypted: bool = False

    def database(self, keys: Keys) -> Database:
        """The database, with the key of its file where it is or is to be encrypted."""
        plain = Database(self.database_url)
        if not plain.is_sqlite:
            return plain
        exists = plain.path.exists() and plain.path.stat().st_size > 0
        encrypted = not _is_plain(plain.path) if exists else self.encrypted
        if not encrypted:
            return plain
        plain.close()
        return Database(self.database_url, key=keys.derived("database file"))

    def keys_at(self, database: Database) -> Path:
        """The file of keys: beside an SQLite ledger, at a configured path beside PostgreSQL."""
        if self.keys_path is not None:
            return self.keys_path
        if database.is_sqlite:
            return database.path.with_name(database.path.name + ".keys")
        return Path("tongxin.keys")


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_PLAIN)) == _PLAIN


def unlock_from(environment: dict[str, str] | None = None) -> Unlock:
    """What opens the keys: TONGXIN_KEY_FILE, else TONGXIN_PASSPHRASE, else a problem."""
    found = os.environ if environment is None else environment
    if path := found.get("TONGXIN_KEY_FILE"):
        return KeyFile(Path(path))
    if passphrase := found.get("TONGXIN_PASSPHRASE"):
        return Passphrase(passphrase)
    raise NO_UNLOCK()


class Installation:
    """An opened installation. Close it, or use `opened`."""

    def __init__(self, database: Database, keys: Keys, rulebook: Catalogue, clock: Clock) -> None:
        self.database, self.keys, self.rulebook, self.clock = database, keys, rulebook, clock
        self.store = Store(database, keys, rulebook)
        self.forgetting = Forgetting(self.store)

    def close(self) -> None:
        """Finish writing and let go of the files."""
        self.store.close()
        self.keys.close()
        self.database.close()

    def context(self, connection: Connection, township: str) -> Context:
        """What a township's facts are judged by, read again only when it has changed."""
        context: Context = self.store.context(connection, township)
        return context

    def signer(self, township: str) -> Signer:
        """The server's own signature for a township."""
        return self.keys.signer(township, self.clock())

    def begin(
        self, township: str, name: str, accounts: Sequence[FirstAccount], now: datetime
    ) -> None:
        """Set a township up: its chain, keys, name, first accounts and the default pack."""
        if len(area_code(township, "township")) != Level.TOWNSHIP:
            raise NOT_A_TOWNSHIP(field="township", value=township)
        if len(accounts) < 2:
            raise TWO_ACCOUNTS(field="accounts")
        with self.database.writing() as connection:
            if not open_chain(connection, township, new_id()) and _has_facts(connection, township):
                raise ALREADY(field="township", township=township)
        drafts = list(self._first_facts(township, name, accounts, now))
        for verdict in self.store.record(drafts, now):
            if verdict.outcome is not Outcome.RECORDED:
                raise AssertionError(f"a first fact was {verdict.outcome}: {verdict.code}")

    def _first_facts(
        self, township: str, name: str, accounts: Sequence[FirstAccount], now: datetime
    ) -> Iterator[Draft]:
        pack = registry.PackProposed(
            text=shipped_bytes(DEFAULT_PACK).decode(), in_force_from=now, reason=_BY_DEFAULT
        )
        named = registry.PlaceNamed(code=township, name=name)
        office: list[tuple[Kind, str, Fact]] = [
            (registry.PACK_PROPOSED, new_subject("proposal"), pack),
            (registry.PLACE_NAMED, f"place-{township}", named),
        ]
        for kind, subject, body in office:
            yield self.first_fact(township, kind, subject, OFFICE, body, now)
        for first in accounts:
            subject = new_subject("account")
            opened = access.AccountOpened(
                username=first.username, name=first.name, post=first.post,
                password_hash=hashed(first.password),
            )  # fmt: skip
            given = access.RoleGiven(role=first.role, area=township)
            for kind, body in ((access.ACCOUNT_OPENED, opened), (access.ROLE_GIVEN, given)):
                yield self.first_fact(township, kind, subject, REGISTRATION, body, now)

    def first_fact(
        self, township: str, kind: Kind, subject: str, purpose: str, body: Fact, now: datetime
    ) -> Draft:
        """A fact that the machine's own operator records, before or beside all accounts."""
        return authored(
            self.keys.signer(township, now), kind, body, township=township, id=new_id(),
            subject=subject, purpose=purpose, area=township, author=INIT, happened_at=now,
            door=Door.INIT,
        )  # fmt: skip

    def rebuild(self, township: str) -> int:
        """Make the township's derived rows again; how many subjects there were."""
        return self.store.within(
            lambda connection, _: rebuilding.rebuild(connection, self.keys, self.rulebook, township)
        )


def _has_facts(connection: Connection, township: str) -> bool:
    """Whether a chain has begun; one that was opened and interrupted there has not."""
    seq = connection.scalar(sa.select(chain.c.seq).where(chain.c.township == township))
    return bool(seq)


def create(settings: Settings, clock: Clock) -> Installation:
    """A new installation: new keys, new tables. The township comes by `begin`."""
    database = Database(settings.database_url)
    Keys.create(settings.keys_at(database), settings.unlock, clock()).close()
    return open_(settings, clock)


def open_(settings: Settings, clock: Clock) -> Installation:
    """The installation, its tables brought up to date and what was interrupted finished."""
    database = Database(settings.database_url)
    keys = Keys.open(settings.keys_at(database), settings.unlock, clock())
    database.close()
    database = settings.database(keys)
    owed = migrate(database)
    installation = Installation(database, keys, catalogue(), clock)
    for township in townships(database):
        if township in owed:
            installation.rebuild(township)
        installation.forgetting.finish(township)
    return installation


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Installation]:
    """The installation for as long as the block lasts."""
    installation = open_(settings, clock)
    try:
        yield installation
    finally:
        installation.close()


def townships(database: Database) -> list[str]:
    """The townships whose ledgers are in this database."""
    with database.reading() as connection:
        return queries.townships(connection)
