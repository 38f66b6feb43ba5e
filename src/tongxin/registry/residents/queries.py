"""How residents and visitors are found. The remit comes first, so no query can forget it."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import begins, inside, within
from tongxin.ledger.tables import figure_part
from tongxin.registry.households.tables import household
from tongxin.registry.residents.rules import TAIL, By, Sought
from tongxin.registry.residents.tables import resident

Row = Mapping[str, Any]
READ: Final = "registry.read"


class Wanted(Struct, frozen=True):
    """What a list of people is narrowed to. Empty means no narrowing.

    `kind`: `resident`, `visitor`, `away`, or `needs` for anybody with special needs, or one need.
    """

    area: str = ""
    kind: str = ""
    sought: Sought | None = None
    figure: str = ""
    day: str = ""
    sort: str = "door"


def residents(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """People in the remit, narrowed and sorted; at most `most`, skipping `after`."""
    by_name = (resident.c.name, resident.c.subject)
    order = by_name if wanted.sort == "name" else (resident.c.area, *by_name)
    rows = connection.execute(
        sa.select(resident)
        .where(*_narrowed(remit, township, wanted))
        .order_by(*order)
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def how_many(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, at_most: int = 0
) -> int:
    """How many people there are in the remit, so narrowed; counted no further than `at_most`."""
    query = sa.select(sa.literal(1)).select_from(resident)
    query = query.where(*_narrowed(remit, township, wanted))
    if at_most:
        query = query.limit(at_most)
    return connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def resident_of(remit: Remit, connection: Connection, township: str, subject: str) -> Row | None:
    """One person, or None where the person is outside the remit or belongs to no household."""
    row = connection.execute(
        sa.select(resident).where(
            resident.c.township == township,
            resident.c.subject == subject,
            within(remit, READ, resident.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)


def members(
    remit: Remit, connection: Connection, township: str, households: Collection[str]
) -> dict[str, list[Row]]:
    """Who belongs to each of these households: the head first, visitors last."""
    found: dict[str, list[Row]] = {name: [] for name in households}
    if not households:
        return found
    rows = connection.execute(
        sa.select(resident)
        .where(
            resident.c.township == township,
            resident.c.household.in_(sorted(households)),
            within(remit, READ, resident.c.area),
        )
        .order_by(
            resident.c.visitor, resident.c.relation != "head", resident.c.born_on.is_(None),
            resident.c.born_on, resident.c.subject,
        )
    )  # fmt: skip
    for row in rows:
        found[row.household].append(dict(row._mapping))
    return found


def by_area(remit: Remit, connection: Connection, township: str, area: str) -> dict[str, int]:
    """How many people live in each grid of an area, by where their household stands."""
    rows = connection.execute(
        sa.select(household.c.area, sa.func.count())
        .select_from(resident)
        .join(
            household,
            sa.and_(
                household.c.township == resident.c.township,
                household.c.subject == resident.c.household,
            ),
        )
        .where(
            resident.c.township == township,
            inside(area, resident.c.area),
            within(remit, READ, resident.c.area),
            resident.c.visitor.is_(False),
        )
        .group_by(household.c.area)
    )
    return {grid: int(count) for grid, count in rows}


def away_in(
    remit: Remit, connection: Connection, township: str, codes: Collection[str]
) -> list[Row]:
    """Residents who are away in one of these areas (GB/T 2260 codes), or inside it."""
    if not codes:
        return []
    rows = connection.execute(
        sa.select(resident)
        .where(
            resident.c.township == township,
            sa.or_(*(inside(code, resident.c.away_area) for code in sorted(codes))),
            within(remit, READ, resident.c.area),
        )
        .order_by(resident.c.area, resident.c.subject)
    )
    return [dict(row._mapping) for row in rows]


def same_number(
    remit: Remit, connection: Connection, township: str, id_numbers: Collection[str]
) -> dict[str, list[str]]:
    """The people registered with each of these ID numbers, by subject, in the remit."""
    asked = sorted({number for number in id_numbers if number})
    if not asked:
        return {}
    rows = connection.execute(
        sa.select(resident.c.id_number, resident.c.subject).where(
            resident.c.township == township,
            resident.c.id_number.in_(asked),
            within(remit, READ, resident.c.area),
        )
    )
    found: dict[str, list[str]] = {}
    for number, subject in rows:
        found.setdefault(number, []).append(subject)
    return found


def _narrowed(remit: Remit, township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    c = resident.c
    conditions = [c.township == township, within(remit, READ, c.area, township)]
    if wanted.area and not wanted.figure:
        conditions.append(inside(wanted.area, c.area))
    match wanted.kind:
        case "resident":
            conditions.append(c.visitor.is_(False))
        case "visitor":
            conditions.append(c.visitor.is_(True))
        case "away":
            conditions.append(c.away_area.is_not(None))
        case "needs":
            conditions.append(c.needs > "")
        case str(need) if need:
            conditions += [c.needs > "", c.needs.contains(need, autoescape=True)]
    if wanted.sought is not None:
        conditions.append(_matches(wanted.sought))
    if wanted.figure:
        conditions.append(_counted(township, wanted))
    return conditions


def _matches(sought: Sought) -> ColumnElement[bool]:
    c, words = resident.c, sought.words
    if sought.by is By.LETTERS:
        return begins(words, c.letters)
    if sought.by is By.NAME:
        return begins(words, c.name)
    tail = words[-TAIL:]
    return sa.or_(
        sa.and_(c.id_tail == tail, c.id_number.endswith(words, autoescape=True)),
        sa.and_(c.phone_tail == tail, c.phone.endswith(words, autoescape=True)),
    )


def _counted(township: str, wanted: Wanted) -> ColumnElement[bool]:
    """Whether a person is one that the figure counted, there and on that day."""
    part = figure_part.c
    counted = sa.select(part.subject).where(part.township == township, part.figure == wanted.figure)
    if wanted.day:
        counted = counted.where(part.day == wanted.day)
    if wanted.area:
        counted = counted.where(inside(wanted.area, part.village))
    return resident.c.subject.in_(counted)
