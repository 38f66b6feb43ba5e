"""How the registry's figures are read off the kept totals. The remit comes first.

A figure of a million people is a sum over villages and days, never a walk over households.
"""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Table

from tongxin.base.areas import AreaCode, Level, village_of
from tongxin.base.remit import Remit
from tongxin.ledger.remits import anywhere, in_order, inside, ordered, within
from tongxin.ledger.tables import figure_part, figure_total

READ: Final = "figures.read"
# A household is visited on many days, and shown once.
ON_SEVERAL_DAYS: Final = frozenset({"registry.visits"})


class Counted(Struct, frozen=True):
    """The records that a figure counts: in an area, on a day; empty means no narrowing."""

    figure: str
    area: str = ""
    day: str = ""


def by_day(
    remit: Remit, connection: Connection, township: str, figures: Collection[str], area: str
) -> dict[str, dict[str, int]]:
    """Each figure's amount in an area by day (ISO), as far as the remit may count."""
    found: dict[str, dict[str, int]] = {figure: {} for figure in figures}
    total = figure_total.c
    rows = connection.execute(
        sa.select(total.figure, total.day, sa.func.sum(total.amount))
        .where(
            total.township == township,
            total.figure.in_(sorted(figures)),
            within(remit, READ, total.village),
            inside(area, total.village),
        )
        .group_by(total.figure, total.day)
    )
    for figure, day, amount in rows:
        found[figure][day] = int(amount)
    return found


def by_village(
    remit: Remit, connection: Connection, township: str, figures: Collection[str], area: str
) -> dict[str, dict[str, int]]:
    """Each village's amount of these figures, by village and figure."""
    found: dict[str, dict[str, int]] = {}
    total = figure_total.c
    rows = connection.execute(
        sa.select(total.village, total.figure, sa.func.sum(total.amount))
        .where(
            total.township == township,
            total.figure.in_(sorted(figures)),
            within(remit, READ, total.village),
            inside(area, total.village),
        )
        .group_by(total.village, total.figure)
    )
    for village, figure, amount in rows:
        found.setdefault(village, {})[figure] = int(amount)
    return found


def counted(
    connection: Connection,
    table: Table,
    township: str,
    places: Collection[str],
    wanted: Counted,
    most: int,
    after: int,
) -> list[str]:
    """The subjects of `table` that a figure counts, the last counted first.

    `places` are where in the remit they are looked for. The rows themselves are for the caller to
    find, who asks by remit again.
    """
    order = ("-day", "-subject")
    villages = _villages(connection, township, places, wanted)
    conditions = _counting(table, township, places, wanted)
    part = in_order(figure_part, township, villages, conditions, order, most, after).subquery()
    return list(connection.scalars(sa.select(part.c.subject).order_by(*ordered(part.c, order))))


def how_many_counted(
    connection: Connection, table: Table, township: str, places: Collection[str], wanted: Counted
) -> int:
    """How many those are."""
    villages = _villages(connection, township, places, wanted)
    query = sa.select(sa.func.count()).where(
        figure_part.c.township == township,
        figure_part.c.village.in_(villages),
        *_counting(table, township, places, wanted),
    )
    return connection.scalar(query) or 0


def _villages(
    connection: Connection, township: str, places: Collection[str], wanted: Counted
) -> list[str]:
    """The villages that hold any of these places, where anybody is counted."""
    within_ = {village_of(AreaCode(place)) for place in places}
    rows = connection.scalars(
        sa.select(figure_total.c.village)
        .where(
            figure_total.c.township == township,
            figure_total.c.figure == wanted.figure,
            anywhere(within_, figure_total.c.village),
        )
        .distinct()
    )
    return sorted(village for village in rows if len(village) == Level.VILLAGE)


def _counting(
    table: Table, township: str, places: Collection[str], wanted: Counted
) -> list[ColumnElement[bool]]:
    """Whether a part stands for a record to be shown, and for the last time."""
    part = figure_part.c
    conditions = [part.figure == wanted.figure, part.carried.is_(sa.false())]
    if wanted.day:
        conditions.append(part.day == wanted.day)
    elif wanted.figure in ON_SEVERAL_DAYS:
        later = figure_part.alias()
        again = sa.and_(
            later.c.township == township, later.c.subject == part.subject,
            later.c.figure == wanted.figure, later.c.village == part.village,
            later.c.day > part.day,
        )  # fmt: skip
        conditions.append(~sa.select(later.c.day).where(again).exists())
    if any(len(place) > Level.VILLAGE for place in places):
        here = sa.and_(
            table.c.township == township, table.c.subject == part.subject,
            anywhere(places, table.c.area),
        )  # fmt: skip
        conditions.append(sa.select(table.c.subject).where(here).exists())
    return conditions
