"""How residents and visitors are found. The remit comes first, so no query can forget it."""

from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select

from tongxin.base.areas import Level
from tongxin.base.remit import Remit
from tongxin.ledger.clusters import lead_of
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
from tongxin.registry.residents.rules import TAIL, By, Sought, tail
from tongxin.registry.residents.tables import resident, resident_total
from tongxin.registry.villages.queries import Counted, counted, how_many_counted

Row = Mapping[str, Any]
READ: Final = "registry.read"
BY_DOOR: Final[Order] = ("village", "area", "name", "subject")
# What is kept by village counts these kinds of people.
_SUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("residents", "visitors"), "resident": ("residents",), "visitor": ("visitors",),
    "away": ("away",), "needs": ("needs",),
}  # fmt: skip


class Wanted(Struct, frozen=True):
    """What a list of people is narrowed to. Empty means no narrowing.

    `kind`: `resident`, `visitor`, `away`, or `needs` for anybody with special needs, or one need.
    A figure's people come in the order in which it counted them; those sought, by what is sought.
    """

    area: str = ""
    kind: str = ""
    sought: Sought | None = None
    figure: str = ""
    day: str = ""

    @property
    def counted(self) -> Counted:
        return Counted(self.figure, self.area, self.day)


def residents(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """People in the remit, narrowed; by door and name. At most `most`, skipping `after`."""
    places = looked_through(remit, READ, township, wanted.area)
    if wanted.figure:
        names = counted(connection, resident, township, places, wanted.counted, most, after)
        found = people_of(remit, connection, township, names)
        return [found[name] for name in names if name in found]
    if wanted.sought is not None:
        rows = _found(township, places, wanted, wanted.sought).limit(most).offset(after)
    else:
        rows = in_order(resident, township, places, _narrowed(wanted), BY_DOOR, most, after)
    return [dict(row._mapping) for row in connection.execute(rows)]


def how_many(remit: Remit, connection: Connection, township: str, wanted: Wanted) -> int:
    """How many people there are in the remit, so narrowed; not for those sought."""
    places = looked_through(remit, READ, township, wanted.area)
    if wanted.figure:
        return how_many_counted(connection, resident, township, places, wanted.counted)
    if wanted.kind in _SUMS and all(len(place) <= Level.VILLAGE for place in places):
        total = resident_total.c
        amounts: list[ColumnElement[Any]] = [total[name] for name in _SUMS[wanted.kind]]
        query = sa.select(sa.func.sum(sum(amounts, sa.literal(0)))).where(
            total.township == township, anywhere(places, total.village)
        )
    else:
        query = sa.select(sa.func.count()).where(
            in_any(resident, township, places),
            *_narrowed(wanted),
        )
    return int(connection.scalar(query) or 0)


def _found(township: str, places: Collection[str], wanted: Wanted, sought: Sought) -> Select[Any]:
    """Those who are sought, by what they are sought by: in villages by the villages' own index."""
    here: ColumnElement[bool] = anywhere(places, resident.c.area)
    column: ColumnElement[Any] = resident.c.name
    if sought.by is By.LETTERS:
        column = resident.c.letters
    if sought.by is By.DIGITS:
        column = unindexed(column)
        met: ColumnElement[bool] = resident.c.subject.in_(_by_last_digits(township, sought.words))
    else:
        if all(len(place) >= Level.VILLAGE for place in places):
            here, column = in_any(resident, township, places), unindexed(column)
        met = begins(sought.words, column)
    return (
        sa.select(resident)
        .where(resident.c.township == township, here, met, *_narrowed(wanted))
        .order_by(column, resident.c.subject)
    )


def _by_last_digits(township: str, digits: str) -> Select[Any]:
    """Whose ID number or telephone is so, or ends so: each by its own index."""
    c, last = resident.c, digits[-TAIL:]
    ends = (
        sa.and_(c.id_tail == last, c.id_number == digits if len(digits) > TAIL else sa.true()),
        sa.and_(c.phone_tail == last, c.phone.endswith(digits, autoescape=True)),
    )
    each = (sa.select(c.subject).where(c.township == township, end) for end in ends)
    return sa.select(sa.union_all(*each).subquery())


def people_of(
    remit: Remit, connection: Connection, township: str, subjects: Collection[str]
) -> dict[str, Row]:
    """People in the remit by subject."""
    if not subjects:
        return {}
    rows = connection.execute(
        sa.select(resident).where(
            resident.c.township == township,
            resident.c.subject.in_(sorted(subjects)),
            within(remit, READ, resident.c.area),
        )
    )
    return {row.subject: dict(row._mapping) for row in rows}


def resident_of(remit: Remit, connection: Connection, township: str, subject: str) -> Row | None:
    """One person, or None where the person is outside the remit or belongs to no household.

    Any record that is one with others will do.
    """
    subject = lead_of(connection, township, subject)
    row = connection.execute(
        sa.select(resident).where(
            resident.c.township == township,
            resident.c.subject == subject,
            within(remit, READ, resident.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)


def numbered(
    remit: Remit, connection: Connection, township: str, numbers: Collection[str]
) -> list[Row]:
    """People in the remit with one of these ID numbers."""
    if not numbers:
        return []
    tails = sorted({tail(number) for number in numbers})
    found = resident.c.id_tail.in_(tails), resident.c.id_number.in_(sorted(numbers))
    return _alike(remit, connection, township, *found)


def named(remit: Remit, connection: Connection, township: str, names: Collection[str]) -> list[Row]:
    """People in the remit with one of these names in full."""
    if not names:
        return []
    return _alike(remit, connection, township, resident.c.name.in_(sorted(names)))


def _alike(
    remit: Remit, connection: Connection, township: str, *which: ColumnElement[bool]
) -> list[Row]:
    rows = connection.execute(
        sa.select(resident).where(
            resident.c.township == township,
            *which,
            within(remit, READ, unindexed(resident.c.area)),
        )
    )
    return sorted((dict(row._mapping) for row in rows), key=itemgetter("subject"))


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
            resident.c.hosted_at.is_not(None), resident.c.relation != "head",
            resident.c.born_on.is_(None), resident.c.born_on, resident.c.subject,
        )
    )  # fmt: skip
    for row in rows:
        found[row.household].append(dict(row._mapping))
    return found


def by_area(remit: Remit, connection: Connection, township: str, area: str) -> dict[str, int]:
    """How many residents there are in each grid of an area."""
    rows = connection.execute(
        sa.select(resident.c.area, sa.func.count())
        .where(
            *at(resident, township, area),
            within(remit, READ, resident.c.area),
            resident.c.hosted_at.is_(None),
        )
        .group_by(resident.c.area)
    )
    return {grid: int(count) for grid, count in rows}


def away_codes(connection: Connection, township: str) -> list[str]:
    """Where residents are away (GB/T 2260 codes): for the rules, so without a remit."""
    c = resident.c
    rows = connection.scalars(
        sa.select(c.away_area)
        .where(c.township == township, c.away_at.is_not(None), c.away_area != "")
        .distinct()
    )
    return sorted(rows)


def away_in(
    remit: Remit, township: str, codes: Collection[str], village: str = ""
) -> Select[tuple[Any, ...]]:
    """Residents in the remit who are away in just one of these places (GB/T 2260 codes).

    Exactly there: of a city that is to be asked about, not every county is.
    """
    c = resident.c
    return sa.select(resident).where(
        c.township == township,
        c.away_at.is_not(None),
        c.away_area.in_(sorted(codes)),
        anywhere(looked_through(remit, READ, township, village), unindexed(c.area)),
    )


def living_in(township: str, households: Collection[str]) -> Select[Any]:
    """Who belongs to these households: for the rules, so without a remit."""
    return sa.select(resident.c.subject).where(
        resident.c.township == township, resident.c.household.in_(sorted(households))
    )


def same_number(
    remit: Remit, connection: Connection, township: str, id_numbers: Collection[str]
) -> dict[str, list[str]]:
    """The people registered with each of these ID numbers, by subject, in the remit."""
    asked = sorted({number for number in id_numbers if number})
    tails = sorted({tail(number) for number in asked})
    if not asked:
        return {}
    rows = connection.execute(
        sa.select(resident.c.id_number, resident.c.subject).where(
            resident.c.township == township,
            resident.c.id_tail.in_(tails),
            resident.c.id_number.in_(asked),
            within(remit, READ, resident.c.area),
        )
    )
    found: dict[str, list[str]] = {}
    for number, subject in rows:
        found.setdefault(number, []).append(subject)
    return found


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    c = resident.c
    match wanted.kind:
        case "":
            return []
        case "resident":
            return [c.hosted_at.is_(None)]
        case "visitor":
            return [c.hosted_at.is_not(None)]
        case "away":
            return [c.away_at.is_not(None)]
        case "needs":
            return [c.needs.is_not(None)]
        case need:
            return [c.needs.is_not(None), c.needs.contains(need, autoescape=True)]
