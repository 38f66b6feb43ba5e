"""How journeys are found. The remit comes first, so no query can forget it."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select

from tongxin.arrivals.tables import journey, stay
from tongxin.base.areas import ancestors, area_code
from tongxin.base.remit import Remit
from tongxin.ledger.facts import EPISODE
from tongxin.ledger.remits import covers, inside, unindexed, within
from tongxin.ledger.tables import figure_part

Row = Mapping[str, Any]
SORTS: Final[Mapping[str, tuple[ColumnElement[Any], ...]]] = {
    "newest": (journey.c.arrived_at.desc(), journey.c.subject),
    "oldest": (journey.c.arrived_at, journey.c.subject),
    "village": (journey.c.area, journey.c.arrived_at.desc(), journey.c.subject),
}


class Wanted(Struct, frozen=True):
    """What a list of journeys is narrowed to. Empty means no narrowing."""

    area: str = ""
    category: str = ""
    name: str = ""
    figure: str = ""
    day: str = ""
    sort: str = "newest"


def journeys(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """Journeys in the remit, narrowed and sorted; at most `most`, skipping `after`."""
    rows = connection.execute(
        sa.select(journey)
        .where(*_narrowed(remit, township, wanted))
        .order_by(*_order(remit, township, wanted))
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def _order(remit: Remit, township: str, wanted: Wanted) -> tuple[ColumnElement[Any], ...]:
    order = SORTS.get(wanted.sort, SORTS["newest"])
    if wanted.sort == "village" or (covers(remit, "arrivals.read", township) and not wanted.area):
        return order
    arrived_at = unindexed(journey.c.arrived_at)
    return (arrived_at if wanted.sort == "oldest" else arrived_at.desc(), *order[1:])


def how_many(remit: Remit, connection: Connection, township: str, wanted: Wanted) -> int:
    """How many journeys there are in the remit, so narrowed."""
    return (
        connection.scalar(
            sa.select(sa.func.count())
            .select_from(journey)
            .where(*_narrowed(remit, township, wanted))
        )
        or 0
    )


def journeys_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[Row]:
    """The journeys of one person, newest first; none where the person is outside the remit."""
    rows = connection.execute(
        sa.select(journey)
        .where(
            journey.c.township == township,
            journey.c.subject == subject,
            within(remit, "arrivals.read", journey.c.area),
        )
        .order_by(journey.c.arrived_at.desc())
    )
    return [dict(row._mapping) for row in rows]


def names_of(
    remit: Remit, connection: Connection, township: str, subjects: Collection[str]
) -> dict[str, Row]:
    """Name and address of people by subject, for lists that speak of them by id."""
    if not subjects:
        return {}
    rows = connection.execute(
        sa.select(journey.c.subject, journey.c.name, journey.c.address, journey.c.area).where(
            journey.c.township == township,
            journey.c.subject.in_(sorted(subjects)),
            within(remit, "work.read", journey.c.area),
        )
    )
    return {row.subject: dict(row._mapping) for row in rows}


def touched_by(township: str, codes: Collection[str]) -> Select[Any]:
    """The people with a stay in one of these areas, or in an area that contains one."""
    wider = {a for code in codes for a in _ancestors(code)}
    conditions = [inside(code, stay.c.code) for code in sorted(codes)]
    return sa.select(stay.c.subject).where(
        stay.c.township == township,
        sa.or_(*conditions, stay.c.code.in_(sorted(wider))),
    )


def _ancestors(code: str) -> tuple[str, ...]:
    return ancestors(area_code(code))


def _narrowed(remit: Remit, township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [
        journey.c.township == township,
        within(remit, "arrivals.read", journey.c.area, township),
    ]
    if wanted.area and not wanted.figure:
        conditions.append(inside(wanted.area, journey.c.area))
    if wanted.category:
        conditions.append(journey.c.category == wanted.category)
    if wanted.name:
        conditions.append(journey.c.name.startswith(wanted.name, autoescape=True))
    if wanted.figure:
        conditions.append(_counted(township, wanted))
    return conditions


def _counted(township: str, wanted: Wanted) -> ColumnElement[bool]:
    """Whether a journey is one that the figure counted, there and on that day."""
    part = figure_part.c
    counted = sa.select(part.subject, part.purpose).where(
        part.township == township, part.figure == wanted.figure
    )
    if wanted.day:
        counted = counted.where(part.day == wanted.day)
    if wanted.area:
        counted = counted.where(inside(wanted.area, part.village))
    purpose = sa.literal(f"{EPISODE}:") + journey.c.episode
    return sa.tuple_(journey.c.subject, purpose).in_(counted)
