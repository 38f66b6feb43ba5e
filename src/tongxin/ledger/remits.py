"""A remit as a condition on a column of areas: the one gate of every query that returns records."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from tongxin.base.areas import AreaCode, Level, span
from tongxin.base.remit import Remit

Order = tuple[str, ...]  # names of columns; with "-" before it, from the greatest down
# SQLite merges no more than 500; who has so many areas has nearly all.
_MOST_MERGED: Final = 100
_LAST_CHARACTER: Final = "\U0010ffff"


def within(remit: Remit, capability: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` lies in an area where `capability` is granted: ranges of one index."""
    ranges = [span(area) for area in remit.areas(capability)]
    if not ranges:
        return sa.false()
    return sa.or_(*(sa.and_(column >= low, column < high) for low, high in ranges))


def looked_through(
    remit: Remit, capability: str, township: str, area: str = ""
) -> tuple[AreaCode, ...]:
    """The areas that a list looks through: where the township, the remit and `area` meet."""
    wanted = township if township.startswith(area) else area
    return remit.inside(capability, wanted) if wanted.startswith(township) else ()


def inside(area: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` is `area` or lies inside it."""
    low, high = span(area)
    return sa.and_(column >= low, column < high)


def anywhere(places: Collection[str], column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` lies in one of these areas."""
    return sa.or_(sa.false(), *(inside(place, column) for place in places))


def begins(words: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the text in `column` begins with `words`: a range of one index, in any script."""
    return sa.and_(column >= words, column < words + _LAST_CHARACTER)


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The text in `column`, kept from choosing an index: another condition finds fewer rows."""
    return sa.func.coalesce(column, "", type_=column.type)


def in_order(
    table: Table,
    township: str,
    places: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    most: int,
    after: int,
) -> Select[Any]:
    """Rows of some areas of a township in one order, at most `most`, skipping `after`.

    `table` has `area` and its `village`, and indexes by (township, order) and by (township,
    village, order). Each area is then read in its index's order, however many rows lie in it;
    what several yield is merged. None of `places` lies inside another.
    """

    def of(place: str) -> Select[Any]:
        here = at(table, township, place)
        return sa.select(table).where(*here, *conditions).order_by(*ordered(table.c, order))

    if not places:
        return sa.select(table).where(sa.false())
    if len(places) > _MOST_MERGED:
        wanted = anywhere(places, table.c.area)
        return of(township).where(wanted).limit(most).offset(after)
    if len(places) == 1:
        return of(places[0]).limit(most).offset(after)
    parts = [sa.select(of(place).limit(most + after).subquery()) for place in places]
    merged = sa.union_all(*parts).subquery()
    return sa.select(merged).order_by(*ordered(merged.c, order)).limit(most).offset(after)


def at(table: Table, township: str, place: str) -> list[ColumnElement[bool]]:
    """The rows of one area: all of a township, those of a village, or a part of those."""
    here = [table.c.township == township]
    if len(place) >= Level.VILLAGE:
        here.append(table.c.village == place[: Level.VILLAGE])
    if place != township and len(place) != Level.VILLAGE:
        here.append(inside(place, table.c.area))
    return here


def in_any(table: Table, township: str, places: Collection[str]) -> ColumnElement[bool]:
    """Whether a row lies in one of these areas of a township, each by its own index."""
    return sa.or_(sa.false(), *(sa.and_(*at(table, township, place)) for place in places))


def ordered(columns: ReadOnlyColumnCollection[str, Any], order: Order) -> list[ColumnElement[Any]]:
    """The columns that make an order, each up or down."""
    return [columns[name[1:]].desc() if name.startswith("-") else columns[name] for name in order]
