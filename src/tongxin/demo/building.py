"""Where a demo lives, and how it is built so that half of one is never trusted.

A mark in the database says which demo it holds; it says so only once all of it has been played.
What is marked as a demo may be thrown away and built again; nothing else ever is.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from tongxin.backup.files import unlink
from tongxin.backup.restoring import clear_tables
from tongxin.base.clock import Clock
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.clockwork import tick
from tongxin.demo.playing import Player, Progress, fingerprint
from tongxin.demo.scenario import Scenario
from tongxin.installation import FirstAccount, Settings, create, opened
from tongxin.ledger.database import Database
from tongxin.ledger.keys import KeyFile, new_key_file
from tongxin.ledger.migrations import migrate
from tongxin.ledger.noting import notes_beside
from tongxin.ledger.tables import METADATA, chain, state

NOT_A_DEMO = ProblemKind(
    "demo.not_a_demo",
    409,
    zh="数据库 {database} 里有别的内容，演示不会动它。请另选数据库。",
    en="The database {database} holds something else, which the demo leaves alone. Choose another.",
)

FOLDER: Final = Path(".demo")
_MARK: Final = "demo"
_BUILDING: Final = "building"
_PLAIN: Final = b"SQLite format 3\0"

# Serves these settings; the port, for as long as the block lasts.
Serving = Callable[[], AbstractContextManager[int]]


class House:
    """One demo: its database, and the folder that holds its keys."""

    def __init__(self, database_url: str | None) -> None:
        self.folder = FOLDER
        if database_url is None:
            database_url = f"sqlite:///{self.folder / 'tongxin.db'}"
        else:
            # Apart for each database, so that none is opened with another's keys.
            self.folder /= hashlib.sha256(database_url.encode()).hexdigest()[:12]
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.key_file = self.folder / "demo.key"
        if not self.key_file.exists():
            new_key_file(self.key_file)
        self.settings = Settings(database_url, KeyFile(self.key_file), self.folder / "tongxin.keys")

    @property
    def keys_path(self) -> Path:
        return self.folder / "tongxin.keys"

    def holds(self, scenario: Scenario, seed: int) -> bool:
        """Whether this very demo has been built here to its end."""
        return self.keys_path.exists() and self._mark() == fingerprint(scenario, seed)

    def clear(self) -> None:
        """Throw away an older or unfinished demo; `demo.not_a_demo` if there is something else."""
        mark = self._mark()
        database = Database(self.settings.database_url)
        try:
            if mark is None and _has_chain(database):
                raise NOT_A_DEMO(database=database.shown)
            if database.is_sqlite:
                unlink(database.path)
            else:
                clear_tables(database)
        finally:
            database.close()
        unlink(self.keys_path)
        notes_beside(self.keys_path).unlink(missing_ok=True)

    def build(
        self, scenario: Scenario, seed: int, clock: Clock, serving: Serving, progress: Progress
    ) -> None:
        """Begin the townships, play the scenario on a server, and mark the demo as whole."""
        now = clock()
        database = Database(self.settings.database_url)
        migrate(database)
        self._set_mark(database, _BUILDING)
        database.close()
        progress(Text("密钥和账本", "Keys and ledger"))
        self._begin(scenario, clock, now)
        with serving() as port:
            Player(scenario, port, seed, now, progress).play()
            with opened(self.settings, clock) as installation:
                progress(Text("时钟：逾期告警", "The clock: alarms"))
                tick(installation, clock())
                self._set_mark(installation.database, fingerprint(scenario, seed))

    def _begin(self, scenario: Scenario, clock: Clock, now: datetime) -> None:
        installation = create(self.settings, clock)
        try:
            for place in scenario.townships:
                first = [
                    FirstAccount(each.username, each.name, scenario.password, each.post, each.role)
                    for each in place.accounts[:2]
                ]
                installation.begin(place.code, place.name, first, now)
        finally:
            installation.close()

    def _mark(self) -> str | None:
        database = Database(self.settings.database_url)
        if database.is_sqlite:
            if not database.path.exists():
                return None
            if not _is_readable(database.path):
                raise NOT_A_DEMO(database=database.shown)
        try:
            with database.reading() as connection:
                if not sa.inspect(connection).has_table(state.name):
                    return None
                found: str | None = connection.scalar(
                    sa.select(state.c.value).where(state.c.name == _MARK)
                )
                return found
        finally:
            database.close()

    def _set_mark(self, database: Database, value: str) -> None:
        with database.writing() as connection:
            connection.execute(sa.delete(state).where(state.c.name == _MARK))
            connection.execute(sa.insert(state).values(name=_MARK, value=value))


def _is_readable(path: Path) -> bool:
    """Whether a file is an SQLite database without encryption, as a demo's is, or empty."""
    with path.open("rb") as file:
        return file.read(len(_PLAIN)) in (_PLAIN, b"")


def _has_chain(database: Database) -> bool:
    """Whether a database holds any township, or tables that are none of ours."""
    if database.is_sqlite and not database.path.exists():
        return False
    with database.reading() as connection:
        names = set(sa.inspect(connection).get_table_names())
        if chain.name in names:
            return connection.execute(sa.select(chain.c.township).limit(1)).first() is not None
    return bool(names - {*METADATA.tables, "alembic_version"})
