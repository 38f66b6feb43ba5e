"""Alembic's migrations of the ledger's own tables. Derived tables need none: they are rebuilt."""

import hashlib
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from tongxin.ledger import rebuilding
from tongxin.ledger.database import Database
from tongxin.ledger.tables import DERIVED, METADATA, state

_SHAPE = "derived_shape"


def migrate(database: Database) -> set[str]:
    """Bring the tables up to date; the townships whose derived rows are still to be made again.

    They stay among those until `rebuild` has done so, also where this program ends before.
    """
    with database.writing() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _make_derived(connection)
        return rebuilding.owed(connection)


def is_current(connection: Connection) -> bool:
    """Whether the derived tables have the shape that this program would make, and their rows."""
    stored = connection.scalar(sa.select(state.c.value).where(state.c.name == _SHAPE))
    return bool(stored == shape_of(DERIVED, connection)) and not rebuilding.owed(connection)


def _make_derived(connection: Connection) -> None:
    """Make the derived tables anew where their shape is another than the stored one."""
    wanted = shape_of(DERIVED, connection)
    stored = connection.scalar(sa.select(state.c.value).where(state.c.name == _SHAPE))
    if stored == wanted:
        return
    _drop_derived(connection)
    DERIVED.create_all(connection)
    connection.execute(sa.delete(state).where(state.c.name == _SHAPE))
    connection.execute(sa.insert(state).values(name=_SHAPE, value=wanted))
    rebuilding.owe(connection)


def _drop_derived(connection: Connection) -> None:
    """Drop what an older shape left too: every table that is not the ledger's."""
    kept = {*METADATA.tables, "alembic_version"}
    for name in sa.inspect(connection).get_table_names():
        if name not in kept and not name.startswith("sqlite_"):
            sa.Table(name, MetaData()).drop(connection)


def shape_of(metadata: MetaData, connection: Connection) -> str:
    """A fingerprint of tables and indexes as this database would make them."""
    dialect = connection.dialect
    statements = []
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            statements.append(str(CreateIndex(index).compile(dialect=dialect)))
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()
