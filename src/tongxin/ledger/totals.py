"""Sums kept as derived rows come and go, so that what a million people come to is read at once.

A sum belongs to no subject: it adds up what the rows of a derived table count for at one place
(figure, village and day, say). It is brought up to date in the transaction that changes the rows,
made again by `rebuild`, and `verify` compares it with what the facts come to.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import lru_cache, partial
from operator import add as add_up
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection, Select, Table

from tongxin.ledger.facts import Derived, Row
from tongxin.ledger.inserting import Gathered, Statement, mark_of, values
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.tables import figure_part, figure_total

Place = tuple[Any, ...]  # the primary key of a sum, but for its township
Amounts = tuple[int, ...]  # its other columns
Sums = dict[Place, Amounts]

Changes = dict[str, Sums]  # by the name of the table of sums


class Total(Struct, frozen=True):
    """A table of sums, the derived table whose rows it adds up, and what each row counts for.

    The primary key of `sums` is the township and a place; its other columns are amounts, in the
    order in which `counted` gives them.
    """

    sums: Table
    rows: Table
    counted: Callable[[Row], Iterable[tuple[Place, Amounts]]]

    def gather(self, sums: Sums, rows: Iterable[Row]) -> None:
        """Add to `sums` what these rows come to."""
        for row in rows:
            for place, amounts in self.counted(row):
                known = sums.get(place)
                sums[place] = _plus(known, amounts) if known else amounts


def _figures(row: Row) -> Iterable[tuple[Place, Amounts]]:
    amount = row["amount"]
    carried = amount if row["carried"] else 0
    return (((row["figure"], row["village"], row["day"]), (amount, carried)),)


# The amount of each figure, and how much of it is carried for the forgotten.
FIGURES: Final = Total(figure_total, figure_part, _figures)


def part(figure: str, village: str, day: date, purpose: str, amount: int = 1) -> Row:
    """A row of `figure_part`: what a subject counts for, by facts of one purpose."""
    return {
        "figure": figure, "village": village, "day": day.isoformat(), "purpose": purpose,
        "amount": amount, "carried": False,
    }  # fmt: skip


def gather(sums: Changes, kept: Iterable[Total], derived: Collection[Derived]) -> None:
    """Add to `sums` what the rows that follow for some subjects come to."""
    for total in kept:
        rows = (row for each in derived for row in each.rows.get(total.rows.name, ()))
        total.gather(sums.setdefault(total.sums.name, {}), rows)


def of_subjects(
    connection: Connection, kept: Iterable[Total], township: str, subjects: Collection[str]
) -> Changes:
    """What the rows of these subjects come to as they stand in the tables."""
    found: Changes = {}
    for total in kept:
        sums = found.setdefault(total.sums.name, {})
        for chunk in in_chunks(subjects):
            rows = connection.execute(_rows_of(total.rows), {"of": township, "subjects": chunk})
            total.gather(sums, (row._asdict() for row in rows))
    return found


def stored(connection: Connection, total: Total, township: str) -> Sums:
    """The sums as they stand, without those that have come to nothing."""
    table, width = total.sums, len(total.sums.primary_key) - 1
    rows = connection.execute(sa.select(*list(table.c)[1:]).where(table.c.township == township))
    return {tuple(row[:width]): tuple(row[width:]) for row in rows if any(row[width:])}


def add(
    gathered: Gathered, kept: Iterable[Total], township: str, gone: Changes, come: Changes
) -> None:
    """Bring the sums up to date: less what is gone, and more by what has come."""
    connection = gathered.connection
    for total in kept:
        less, more = gone[total.sums.name], come[total.sums.name]
        changes = [
            (township, *place, *by)
            for place in {**less, **more}
            if any(by := _difference(more.get(place), less.get(place)))
        ]
        gathered.put(_adding_to(total.sums), changes)
        if less:
            gathered.flush()
            # A sum that has come to nothing goes, or each minute that ever was would leave one.
            places = [(township, *place) for place in less]
            connection.exec_driver_sql(_emptying(total.sums, mark_of(connection)), places)


def _difference(more: Amounts | None, less: Amounts | None) -> Amounts:
    """What is to be added where one or both of them are known."""
    if less is None:
        return more or ()
    taken = tuple(-amount for amount in less)
    return _plus(more, taken) if more else taken


def _plus(one: Amounts, other: Amounts) -> Amounts:
    return tuple(map(add_up, one, other))


@lru_cache
def _adding_to(table: Table) -> Statement:
    return partial(_adding, table)


# Both databases take these; SQLAlchemy has the first once for each dialect only.
@lru_cache
def _adding(table: Table, mark: str, many: int) -> str:
    columns, key, amounts = _names(table)
    marks = values(mark, len(columns), many)
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in amounts)
    # The names are those of our own tables.
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {marks}"  # noqa: S608
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums}"
    )


@lru_cache
def _emptying(table: Table, mark: str) -> str:
    _, key, amounts = _names(table)
    conditions = [f"{name} = {mark}" for name in key] + [f"{name} = 0" for name in amounts]
    return f"DELETE FROM {table.name} WHERE {' AND '.join(conditions)}"  # noqa: S608 as above


def _names(table: Table) -> tuple[list[str], list[str], list[str]]:
    """All columns, those of the key, and the amounts."""
    columns, key = [c.name for c in table.c], [c.name for c in table.primary_key]
    return columns, key, columns[len(key) :]


@lru_cache  # built once: building a statement costs more than running it
def _rows_of(table: Table) -> Select[Any]:
    return sa.select(table).where(
        table.c.township == sa.bindparam("of"),
        table.c.subject.in_(sa.bindparam("subjects", expanding=True)),
    )
