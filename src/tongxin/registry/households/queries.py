"""How households are found. The remit comes first, so no query can forget it.

To see that there is a door, and what address it has, takes `registry.doors`. Who lives behind it is
for `residents.queries`, and takes more.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from tongxin.base.areas import Level
from tongxin.base.remit import Remit
from tongxin.ledger.remits import (
    Order,
    anywhere,
    at,
    begins,
    in_any,
    in_order,
    looked_through,
    unindexed,
    within,
)
from tongxin.registry.households.tables import household, household_total
from tongxin.registry.villages.queries import Counted, counted, how_many_counted

Row = Mapping[str, Any]
DOORS: Final = "registry.doors"
# By address; or those first where nobody was met for longest.
SORTS: Final[Mapping[str, Order]] = {
    "door": ("village", "area", "door", "subject"),
    "longest": ("met_at", "subject"),
}


class Wanted(Struct, frozen=True):
    """What a list of households is narrowed to. Empty means no narrowing.

    `words` begin the address or are the whole number. `stale_before`: nobody was met there since
    that instant (milliseconds). `outside_of`: in none of these grids. `checked`: somebody looked a
    second time. A figure's households come in the order in which it counted them.
    """

    area: str = ""
    words: str = ""
    unlinked: bool = False
    checked: bool = False
    stale_before: int | None = None
    outside_of: tuple[str, ...] | None = None
    result: str = ""
    figure: str = ""
    day: str = ""
    sort: str = "door"

    @property
    def counted(self) -> Counted:
        return Counted(self.figure, self.area, self.day)


def households(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """Households in the remit, narrowed and sorted; at most `most`, skipping `after`."""
    places = looked_through(remit, DOORS, township, wanted.area)
    if wanted.figure:
        names = counted(connection, household, township, places, wanted.counted, most, after)
        found = doors_of(remit, connection, township, names)
        return [found[name] for name in names if name in found]
    order = SORTS.get(wanted.sort, SORTS["door"])
    rows = in_order(household, township, places, _narrowed(wanted), order, most, after)
    return [dict(row._mapping) for row in connection.execute(rows)]


def how_many(remit: Remit, connection: Connection, township: str, wanted: Wanted) -> int:
    """How many households there are in the remit, so narrowed."""
    places = looked_through(remit, DOORS, township, wanted.area)
    if wanted.figure:
        return how_many_counted(connection, household, township, places, wanted.counted)
    plain = Wanted(area=wanted.area, sort=wanted.sort, unlinked=wanted.unlinked)
    if wanted == plain and all(len(place) <= Level.VILLAGE for place in places):
        total = household_total.c
        amount = total.unlinked if wanted.unlinked else total.households
        query = sa.select(sa.func.sum(amount)).where(
            total.township == township, anywhere(places, total.village)
        )
    else:
        query = sa.select(sa.func.count()).where(
            in_any(household, township, places),
            *_narrowed(wanted),
        )
    return int(connection.scalar(query) or 0)


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


def numbered(
    remit: Remit, connection: Connection, township: str, numbers: Collection[str]
) -> list[Row]:
    """Households in the remit with one of these numbers."""
    if not numbers:
        return []
    rows = connection.execute(
        sa.select(household).where(
            household.c.township == township,
            household.c.number.in_(sorted(numbers)),
            within(remit, DOORS, unindexed(household.c.area)),
        )
    )
    return [dict(row._mapping) for row in rows]


def by_area(remit: Remit, connection: Connection, township: str, area: str) -> dict[str, int]:
    """How many households stand in each grid of an area."""
    rows = connection.execute(
        sa.select(household.c.area, sa.func.count())
        .where(
            *at(household, township, area),
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
                *at(household, township, area),
                within(remit, DOORS, household.c.area),
            )
        )
    )


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    c = household.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.words:
        conditions.append(sa.or_(begins(wanted.words, c.address), c.number == wanted.words))
    if wanted.unlinked:
        conditions.append(c.links == 0)
    if wanted.checked:
        conditions.append(c.checked_at.is_not(None))
    if wanted.stale_before is not None:
        conditions.append(c.met_at < wanted.stale_before)
    if wanted.outside_of is not None:
        conditions.append(c.area.not_in(wanted.outside_of))
    if wanted.result:
        conditions.append(c.result == wanted.result)
    return conditions
