"""How households are found. The remit comes first, so no query can forget it.

To see that there is a door, and what address it has, takes `registry.doors`. Who lives behind it is
for `residents.queries`, and takes more.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import begins, covers, inside, unindexed, within
from tongxin.ledger.tables import figure_part
from tongxin.registry.households.tables import household

Row = Mapping[str, Any]
DOORS: Final = "registry.doors"


class Wanted(Struct, frozen=True):
    """What a list of households is narrowed to. Empty means no narrowing.

    `words` begin the address or are the whole number. `stale_before`: nobody was met there since
    that instant (milliseconds). `outside_of`: in none of these grids.
    """

    area: str = ""
    words: str = ""
    unlinked: bool = False
    stale_before: int | None = None
    outside_of: tuple[str, ...] | None = None
    result: str = ""
    figure: str = ""
    day: str = ""
    sort: str = "door"


def households(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """Households in the remit, narrowed and sorted; at most `most`, skipping `after`."""
    rows = connection.execute(
        sa.select(household)
        .where(*_narrowed(remit, township, wanted))
        .order_by(*_order(remit, township, wanted))
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def _order(remit: Remit, township: str, wanted: Wanted) -> tuple[ColumnElement[Any], ...]:
    """By address; or those first where nobody was met for longest."""
    door = (household.c.area, household.c.address, household.c.subject)
    if wanted.sort != "longest":
        return door
    everywhere = covers(remit, DOORS, township) and not wanted.area
    met_at = household.c.met_at if everywhere else unindexed(household.c.met_at)
    return met_at, household.c.subject


def how_many(remit: Remit, connection: Connection, township: str, wanted: Wanted) -> int:
    """How many households there are in the remit, so narrowed."""
    query = sa.select(sa.func.count()).select_from(household)
    return connection.scalar(query.where(*_narrowed(remit, township, wanted))) or 0


def household_of(remit: Remit, connection: Connection, township: str, subject: str) -> Row | None:
    """One household, or None where it is outside the remit, dissolved or unknown."""
    row = connection.execute(
        sa.select(household).where(
            household.c.township == township,
            household.c.subject == subject,
            within(remit, DOORS, household.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)


def doors_of(
    remit: Remit, connection: Connection, township: str, subjects: Collection[str]
) -> dict[str, Row]:
    """Households by subject, for lists that speak of them by id."""
    if not subjects:
        return {}
    rows = connection.execute(
        sa.select(household).where(
            household.c.township == township,
            household.c.subject.in_(sorted(subjects)),
            within(remit, DOORS, household.c.area),
        )
    )
    return {row.subject: dict(row._mapping) for row in rows}


def by_area(remit: Remit, connection: Connection, township: str, area: str) -> dict[str, int]:
    """How many households stand in each grid of an area."""
    rows = connection.execute(
        sa.select(household.c.area, sa.func.count())
        .where(
            household.c.township == township,
            inside(area, household.c.area),
            within(remit, DOORS, household.c.area),
        )
        .group_by(household.c.area)
    )
    return {grid: int(count) for grid, count in rows}


def names_in(remit: Remit, connection: Connection, township: str, area: str) -> list[str]:
    """The households of an area by subject: what a lot is drawn from."""
    return list(
        connection.scalars(
            sa.select(household.c.subject).where(
                household.c.township == township,
                inside(area, household.c.area),
                within(remit, DOORS, household.c.area),
            )
        )
    )


def _narrowed(remit: Remit, township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    c = household.c
    conditions = [c.township == township, within(remit, DOORS, c.area, township)]
    if wanted.area and not wanted.figure:
        conditions.append(inside(wanted.area, c.area))
    if wanted.words:
        conditions.append(sa.or_(begins(wanted.words, c.address), c.number == wanted.words))
    if wanted.unlinked:
        conditions.append(c.links == 0)
    if wanted.stale_before is not None:
        conditions.append(c.met_at < wanted.stale_before)
    if wanted.outside_of is not None:
        conditions.append(c.area.not_in(wanted.outside_of))
    if wanted.result:
        conditions.append(c.result == wanted.result)
    if wanted.figure:
        conditions.append(_counted(township, wanted))
    return conditions


def _counted(township: str, wanted: Wanted) -> ColumnElement[bool]:
    """Whether a household is one that the figure counted, there and on that day."""
    part = figure_part.c
    counted = sa.select(part.subject).where(part.township == township, part.figure == wanted.figure)
    if wanted.day:
        counted = counted.where(part.day == wanted.day)
    if wanted.area:
        counted = counted.where(inside(wanted.area, part.village))
    return household.c.subject.in_(counted)
