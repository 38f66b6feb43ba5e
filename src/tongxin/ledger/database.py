"""Connections. SQLite (through sqlcipher3: WAL, synchronous=FULL) or PostgreSQL; one suite.

The interpreter's own SQLite may lie in the range of the WAL-reset corruption bug, so it is never
used; sqlcipher3 brings its own, and encryption at rest when a key is given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import sqlcipher3.dbapi2
from sqlalchemy import URL, Connection, Engine, event

from tongxin.base.problems import ProblemKind

BAD_URL = ProblemKind(
    "ledger.bad_database_url",
    400,
    zh="数据库地址“{value}”不对：应为 sqlite:///路径 或 postgresql://…。",
    en="“{value}” is not a database: use sqlite:///path or postgresql://….",
)
NOT_DURABLE = ProblemKind(
    "ledger.not_durable",
    500,
    zh="数据库的落盘设置为 {value}，应为 {wanted}，否则断电会丢记录。",
    en="The database syncs with {value}; {wanted} is needed, or a power cut loses records.",
)

_BUSY_MS: Final = 30_000
_LOG_BUSY_MS: Final = 500
# How long a PostgreSQL that does not answer is waited for, unless its address says otherwise: a
# process that waits for ever answers nobody, and nothing tells why.
_PATIENCE: Final = {"connect_timeout": 10, "tcp_user_timeout": 30_000}
_RECYCLED_S: Final = 300
# So many connections stay open. Who asks for one more gets it: how many there are at once is for
# the threads that ask to bound, and to wait for one on an event loop would stop all who have one.
_KEPT: Final = 16
# Entries of each index that SQLite looks at for its statistics, and its word for all tables.
_LOOKED_AT: Final = 1_000
_ALL_TABLES: Final = "0x10002"
_FULL: Final = 2
_CACHE_KIB: Final = 64_000


class Database:
    """A database to read from and, by the ledger's one writer, to write to."""

    def __init__(self, url: str, *, key: bytes | None = None) -> None:
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._key = key
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql()
        # Readers and the writer differ in how they begin: a writer takes its lock at once.
        self.writer = self.engine.execution_options(tongxin_writes=True)

    @property
    def path(self) -> Path:
        """The SQLite file. For PostgreSQL there is none."""
        if not self.is_sqlite or not self.url.database:
            raise AssertionError("no file: this is not an SQLite database")
        return Path(self.url.database)

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits when it returns and rolls back when it raises."""
        with self.writer.connect() as connection, connection.begin():
            yield connection

    def durability(self) -> str:
        """How commits reach the disk; raises `ledger.not_durable` where they might not."""
        with self.reading() as connection:
            if self.is_sqlite:
                level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
                if level < _FULL:
                    raise NOT_DURABLE(value=level, wanted="FULL")
                return "synchronous=FULL"
            commit = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
            fsync = connection.exec_driver_sql("SHOW fsync").scalar_one()
            if commit == "off" or fsync == "off":
                raise NOT_DURABLE(value=f"synchronous_commit={commit}, fsync={fsync}", wanted="on")
            return f"synchronous_commit={commit}"

    def refresh_statistics(self) -> None:
        """Let the planner know the tables; without it, SQLite prefers a key's prefix and scans."""
        with self.writer.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def keep_statistics(self) -> None:
        """Look again at tables that have grown; PostgreSQL does so by itself.

        Other connections learn of it when they are opened anew, as they are every few minutes.
        """
        if self.is_sqlite:
            with self.writer.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA analysis_limit = {_LOOKED_AT}")
                connection.exec_driver_sql(f"PRAGMA optimize = {_ALL_TABLES}")
                connection.commit()

    def truncate_log(self) -> bool:
        """Take deleted rows out of SQLite's WAL; PostgreSQL's goes by its own retention.

        False where somebody has been reading since before they were deleted: then they stay in the
        log for as long as he does, and this is to be tried again. It waits for readers a moment
        only: it keeps writers out meanwhile, and a handler that reads may be waiting for one.
        """
        if not self.is_sqlite:
            return True
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_LOG_BUSY_MS}")
            try:
                busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {_BUSY_MS}")
        return bool(busy == 0)

    def close(self) -> None:
        self.engine.dispose()

    def _sqlite(self) -> Engine:
        engine = sa.create_engine(
            self.url,
            module=sqlcipher3.dbapi2,
            connect_args={"check_same_thread": False, "isolation_level": None},
            poolclass=sa.QueuePool,
            pool_size=_KEPT,
            max_overflow=-1,
            pool_recycle=_RECYCLED_S,
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            if self._key is not None:
                cursor.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA secure_delete = ON")
            cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("tongxin_writes")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def _postgresql(self) -> Engine:
        patience = {name: s for name, s in _PATIENCE.items() if name not in self.url.query}
        engine = sa.create_engine(
            self.url, connect_args=patience, pool_size=_KEPT, max_overflow=-1, pool_pre_ping=True
        )

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # A page must see one moment, as it does on SQLite.
            if not connection.get_execution_options().get("tongxin_writes"):
                connection.exec_driver_sql(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )

        return engine


def _parsed(url: str) -> URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise BAD_URL(value=url[:60]) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database:
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise BAD_URL(value=parsed.render_as_string(hide_password=True)[:60])
