"""The files of a backup: plain SQLite, private, on disk when we say so."""

import hashlib
import os
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, event

from tongxin.ledger.tables import chain, fact, held

COPIED: Final = (chain, fact, held)
_AT_ONCE: Final = 1_000
_SIDES: Final = ("", "-wal", "-shm", "-journal", "-bell")


def copy_rows(source: Connection, target: Connection, table: sa.Table) -> None:
    """Copy all rows of a table, some at a time."""
    found = source.execute(sa.select(table), execution_options={"yield_per": _AT_ONCE})
    for rows in found.mappings().partitions():
        target.execute(sa.insert(table), [dict(row) for row in rows])


def plain_sqlite(path: Path, *, read_only: bool = False) -> Engine:
    """An SQLite file without a log beside it; one that is only read may lie on a read-only disk."""
    mode = "?mode=ro&immutable=1" if read_only else "?mode=rwc"

    def connect() -> Any:
        return sqlcipher3.dbapi2.connect(
            path.absolute().as_uri() + mode, uri=True, isolation_level=None
        )

    engine = sa.create_engine(
        "sqlite://", module=sqlcipher3.dbapi2, creator=connect, poolclass=sa.NullPool
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner only can read; on disk when this returns."""
    descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beside(path: Path) -> Path:
    """The name of a file while it is being restored: nobody trusts it."""
    return path.with_name(path.name + ".restoring")


def unlink(path: Path) -> None:
    """Remove an SQLite file and what stands beside itself, whatever is there."""
    for side in _SIDES:
        path.with_name(path.name + side).unlink(missing_ok=True)
