"""Many rows at once, handed to the driver as they are.

SQLAlchemy looks at each parameter of each row; for the dozen rows of an arrival that costs more
than the database's own work. Values are text, whole numbers, bytes, booleans and None.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Table

# Rows of one statement. SQLite's driver lets other threads run at each statement and waits for
# its turn after it; PostgreSQL parses and answers each.
AT_ONCE: Final = 8
_MARKS: Final[Mapping[str, str]] = {"qmark": "?", "pyformat": "%s"}
Row = tuple[Any, ...]


Statement = Callable[[str, int], str]  # by how a parameter is marked, and for how many rows


class Gathered:
    """Rows on their way in, gathered over the townships of a group and put in together.

    Nothing that may be among them is to be read before `flush`; a township's rows are never read
    with another's.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[Statement, list[Row]] = {}

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Rows whose values stand in the order of the table's columns."""
        self.put(_inserting(table), rows)

    def put(self, statement: Statement, rows: Sequence[Row]) -> None:
        """Rows for a statement; the same one is the same object each time."""
        if rows:
            self._rows.setdefault(statement, []).extend(rows)

    def flush(self) -> None:
        """Put in what has been gathered."""
        gathered, self._rows = self._rows, {}
        for statement, rows in gathered.items():
            put(self.connection, statement, rows)


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    put(connection, _inserting(table), rows)


def put(connection: Connection, statement: Statement, rows: Sequence[Row]) -> None:
    """Run the statement that `statement(mark, many)` gives for so many rows, over all of them."""
    mark = mark_of(connection)
    whole = len(rows) - len(rows) % AT_ONCE
    if whole:
        parts = [
            tuple(chain.from_iterable(rows[n : n + AT_ONCE])) for n in range(0, whole, AT_ONCE)
        ]
        connection.exec_driver_sql(statement(mark, AT_ONCE), parts)
    if whole < len(rows):
        connection.exec_driver_sql(statement(mark, 1), list(rows[whole:]))


def mark_of(connection: Connection) -> str:
    """How a parameter is marked in a statement that the driver takes as it is."""
    return _MARKS[connection.dialect.paramstyle]


def values(mark: str, width: int, many: int) -> str:
    """The marks of so many rows of so many columns, as they stand after VALUES."""
    row = f"({', '.join([mark] * width)})"
    return ", ".join([row] * many)


@lru_cache(maxsize=256)
def names_of(table: Table) -> tuple[str, ...]:
    """The names of the table's columns, in their order."""
    return tuple(column.name for column in table.c)


@lru_cache(maxsize=256)
def _inserting(table: Table) -> Statement:
    return partial(_statement, table)


@lru_cache(maxsize=512)
def _statement(table: Table, mark: str, many: int) -> str:
    names = names_of(table)
    # The names are those of our own tables.
    columns, marks = ", ".join(names), values(mark, len(names), many)
    return f"INSERT INTO {table.name} ({columns}) VALUES {marks}"  # noqa: S608
