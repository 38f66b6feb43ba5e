"""Derived rows: replaced subject by subject, in the transaction that recorded the facts.

Every derived row belongs to one subject and follows from that subject's facts and the context, so
one function serves recording, judging again, `rebuild` and `verify`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import Connection, Delete, Insert, Table

from tongxin.ledger import totals
from tongxin.ledger.facts import Derived, Row, Stream
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
def inserting(table: Table) -> Insert:
    """The statement that inserts rows into `table`."""
    return sa.insert(table)


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
    gathered: dict[str, list[Row]] = defaultdict(list)
    for stream, derived in judged:
        for name, rows in derived.rows.items():
            gathered[name].extend(
                {"township": stream.township, "subject": stream.subject, **row} for row in rows
            )
    come = totals.of_rows(gathered["figure_part"])
    for table in rulebook.tables:
        if rows := gathered.pop(table.name, []):
            connection.execute(inserting(table), rows)
    if gathered:
        raise AssertionError(f"rows for tables that nobody declared: {sorted(gathered)}")
    return come


def _place(
    connection: Connection,
    township: str,
    judged: list[tuple[Stream, Derived]],
    areas_before: Mapping[str, str],
    change: int,
) -> int:
    """Note where each subject is now and that it changed; where it left, leave word."""
    placed: list[Row] = []
    left: list[Row] = []
    for stream, derived in judged:
        change += 1
        before = areas_before.get(stream.subject)
        if before is not None and before != derived.area:
            left.append({"subject": stream.subject, "area": before, "change": change})
        placed.append(
            {
                "township": township,
                "subject": stream.subject,
                "area": derived.area,
                "first_seq": stream.first_seq,
                "last_seq": stream.last_seq,
                "change": change,
            }
        )
    old = [row["subject"] for row in placed if row["subject"] in areas_before]
    for chunk in in_chunks(old):
        connection.execute(deleting(subject), {"of": township, "subjects": chunk})
    connection.execute(inserting(subject), placed)
    for row in left:
        connection.execute(
            sa.delete(departure).where(
                departure.c.township == township,
                departure.c.subject == row["subject"],
                departure.c.area == row["area"],
            )
        )
    if left:
        connection.execute(inserting(departure), [{"township": township, **row} for row in left])
    return change
