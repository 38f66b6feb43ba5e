"""Many rows at once, handed to the driver as they are.

SQLAlchemy looks at each parameter of each row; for the dozen rows of an arrival that costs more
than the database's own work. Values are text, whole numbers, bytes, booleans and None.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Table

_MARKS: Final[Mapping[str, str]] = {"qmark": "?", "pyformat": "%s"}


def insert(connection: Connection, table: Table, rows: Collection[tuple[Any, ...]]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    if rows:
        statement = _statement(table, mark_of(connection))
        connection.exec_driver_sql(statement, list(rows))


def mark_of(connection: Connection) -> str:
    """How a parameter is marked in a statement that the driver takes as it is."""
    return _MARKS[connection.dialect.paramstyle]


@lru_cache(maxsize=256)
def names_of(table: Table) -> tuple[str, ...]:
    """The names of the table's columns, in their order."""
    return tuple(column.name for column in table.c)


@lru_cache(maxsize=256)
def _statement(table: Table, mark: str) -> str:
    names = names_of(table)
    marks = ", ".join([mark] * len(names))
    # The names are those of our own tables.
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
