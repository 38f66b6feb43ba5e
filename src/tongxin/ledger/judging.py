"""Derived rows: replaced subject by subject, in the transaction that recorded the facts.

Every derived row belongs to one subject and follows from that subject's facts and the context, so
one function serves recording, judging again, `rebuild` and `verify`.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Delete, Table

from tongxin.ledger import totals
from tongxin.ledger.facts import Derived, Row, Stream
from tongxin.ledger.inserting import insert, names_of
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.tables import departure, subject


def judge_and_replace(
    connection: Connection,
    rulebook: Rulebook,
    context: Context,
    streams: Collection[Stream],
    areas_before: Mapping[str, str],
    change: int,
) -> int:
    """Judge `streams` (of one township) and replace their derived rows.

    `areas_before` holds the area of each of them that had rows before. Returns the township's
    change counter, counted on by one for each subject.
    """
    judged = [(stream, rulebook.derive(stream, context)) for stream in streams]
    if not judged:
        return change
    township = judged[0][0].township
    old = [stream.subject for stream, _ in judged if stream.subject in areas_before]
    gone = totals.of_subjects(connection, township, old)
    _delete(connection, rulebook.tables, township, old)
    come = _insert(connection, rulebook, judged)
    totals.add(connection, township, gone, come)
    return _place(connection, township, judged, areas_before, change)


def _delete(
    connection: Connection, tables: Collection[Table], township: str, subjects: list[str]
) -> None:
    for chunk in in_chunks(subjects):
        for table in tables:
            connection.execute(deleting(table), {"of": township, "subjects": chunk})


# Built once for each table: building a statement costs more than running it.
@lru_cache
def deleting(table: Table) -> Delete:
    """The statement that deletes the rows of `subjects` in the township `of`."""
    return sa.delete(table).where(
        table.c.township == sa.bindparam("of"),
        table.c.subject.in_(sa.bindparam("subjects", expanding=True)),
    )


def _insert(
    connection: Connection, rulebook: Rulebook, judged: list[tuple[Stream, Derived]]
) -> totals.Sums:
    """Insert the rows; what they come to in the figures."""
    gathered: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in rulebook.tables}
    columns = {table.name: names_of(table)[2:] for table in rulebook.tables}
    parts: list[Row] = []
    for stream, derived in judged:
        for name, rows in derived.rows.items():
            if name not in columns:
                raise AssertionError(f"rows for a table that nobody declared: {name}")
            gathered[name] += [
                (stream.township, stream.subject, *[row[column] for column in columns[name]])
                for row in rows
            ]
        parts += derived.rows.get("figure_part", ())
    for table in rulebook.tables:
        insert(connection, table, gathered[table.name])
    return totals.of_rows(parts)


def _place(
    connection: Connection,
    township: str,
    judged: list[tuple[Stream, Derived]],
    areas_before: Mapping[str, str],
    change: int,
) -> int:
    """Note where each subject is now and that it changed; where it left, leave word."""
    placed: list[tuple[Any, ...]] = []
    left: list[tuple[str, str, str, int]] = []
    for stream, derived in judged:
        change += 1
        before = areas_before.get(stream.subject)
        if before is not None and before != derived.area:
            left.append((township, stream.subject, before, change))
        placed.append(
            (township, stream.subject, derived.area, stream.first_seq, stream.last_seq, change)
        )
    old = [stream.subject for stream, _ in judged if stream.subject in areas_before]
    for chunk in in_chunks(old):
        connection.execute(deleting(subject), {"of": township, "subjects": chunk})
    insert(connection, subject, placed)
    for _, name, area, _ in left:
        connection.execute(
            sa.delete(departure).where(
                departure.c.township == township,
                departure.c.subject == name,
                departure.c.area == area,
            )
        )
    insert(connection, departure, left)
    return change
