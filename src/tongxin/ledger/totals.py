"""Sums of figures, kept as parts come and go, so that a figure of a million people is read at once.

A total belongs to no subject: it is the sum of `figure_part` by figure, village and day, brought
up to date in the transaction that changed the parts, and compared with their sum by `verify`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.ledger.tables import figure_part, figure_total

Place = tuple[str, str, str]  # figure, village, day
Sums = dict[Place, tuple[int, int]]  # the amount, and how much of it is carried for the forgotten

_NONE: Final = (0, 0)
# Both databases take this; SQLAlchemy has it once for each dialect only.
_ADD: Final = sa.text(
    """
    INSERT INTO figure_total (township, figure, village, day, amount, carried)
    VALUES (:township, :figure, :village, :day, :amount, :carried)
    ON CONFLICT (township, figure, village, day) DO UPDATE SET
        amount = figure_total.amount + excluded.amount,
        carried = figure_total.carried + excluded.carried
    """
)


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Sums:
    """The sums of rows of `figure_part` that are about to be inserted."""
    found: Sums = defaultdict(lambda: (0, 0))
    for row in rows:
        place = (row["figure"], row["village"], row["day"])
        amount, carried = found[place]
        more = row["amount"] if row["carried"] else 0
        found[place] = (amount + row["amount"], carried + more)
    return found


def of_subjects(connection: Connection, township: str, subjects: Collection[str]) -> Sums:
    """The sums of what these subjects count for now."""
    if not subjects:
        return {}
    return _summed(connection, township, figure_part.c.subject.in_(list(subjects)))


def of_all(connection: Connection, township: str) -> Sums:
    """The sums of all parts of a township: what its totals must be."""
    return _summed(connection, township, sa.true())


def stored(connection: Connection, township: str) -> Sums:
    """The totals as they stand, without those that have come to nothing."""
    rows = connection.execute(sa.select(figure_total).where(figure_total.c.township == township))
    return {
        (row.figure, row.village, row.day): (row.amount, row.carried)
        for row in rows
        if row.amount or row.carried
    }


def add(connection: Connection, township: str, gone: Sums, come: Sums) -> None:
    """Bring the totals up to date: less what is gone, and more by what has come."""
    changes = []
    for place in {*gone, *come}:
        (less, less_carried), (more, more_carried) = gone.get(place, _NONE), come.get(place, _NONE)
        if (less, less_carried) != (more, more_carried):
            figure, village, day = place
            changes.append(
                {
                    "township": township, "figure": figure, "village": village, "day": day,
                    "amount": more - less, "carried": more_carried - less_carried,
                }
            )  # fmt: skip
    if changes:
        connection.execute(_ADD, changes)


def _summed(connection: Connection, township: str, which: sa.ColumnElement[bool]) -> Sums:
    part = figure_part.c
    carried = sa.func.sum(sa.case((part.carried, part.amount), else_=0))
    rows = connection.execute(
        sa.select(part.figure, part.village, part.day, sa.func.sum(part.amount), carried)
        .where(part.township == township, which)
        .group_by(part.figure, part.village, part.day)
    )
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in rows}
