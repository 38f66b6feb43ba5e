"""How staff, posts and service are found. The remit comes first, so no query can forget it.

Whoever serves the whole township may be seen by anybody who may see staff anywhere in it: a village
must know whom to ask for.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import begins, inside, within
from tongxin.ledger.tables import figure_part
from tongxin.registry.staff.tables import post, service, staff

Row = Mapping[str, Any]
READ: Final = "staff.read"


class Wanted(Struct, frozen=True):
    """What a list of staff is narrowed to. Empty means no narrowing.

    `kind`: `member`, one of the three forces, `forces` for any of them, `office` for none, or
    `left`. `words` begin a name or its letters. `everywhere`: only those of the whole township.
    """

    area: str = ""
    everywhere: bool = False
    kind: str = ""
    words: str = ""
    figure: str = ""
    day: str = ""


def staff_in(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """Staff in the remit, narrowed, by area and name; at most `most`, skipping `after`."""
    rows = connection.execute(
        sa.select(staff)
        .where(*_narrowed(remit, township, wanted))
        .order_by(staff.c.area, staff.c.name, staff.c.subject)
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def how_many(remit: Remit, connection: Connection, township: str, wanted: Wanted) -> int:
    """How many staff there are in the remit, so narrowed."""
    query = sa.select(sa.func.count()).select_from(staff)
    return connection.scalar(query.where(*_narrowed(remit, township, wanted))) or 0


def of_village(
    remit: Remit, connection: Connection, township: str, village: str, kind: str, most: int
) -> list[Row]:
    """Who may be asked in a village: those who work there, then those of the whole township."""
    here = Wanted(area=village, kind=kind)
    above = Wanted(everywhere=True, kind=kind)
    found = staff_in(remit, connection, township, here, most, 0)
    return found + staff_in(remit, connection, township, above, most - len(found), 0)


def staff_of(remit: Remit, connection: Connection, township: str, subject: str) -> Row | None:
    """One person of the staff, or None where outside the remit or unknown."""
    row = connection.execute(
        sa.select(staff).where(
            staff.c.township == township, staff.c.subject == subject, _seen(remit, township)
        )
    ).first()
    return None if row is None else dict(row._mapping)


def alike(
    remit: Remit,
    connection: Connection,
    township: str,
    names: Collection[str],
    numbers: Collection[str],
) -> list[Row]:
    """Staff in the remit with one of these names or ID numbers; nobody who has left."""
    rows = connection.execute(
        sa.select(staff)
        .where(
            staff.c.township == township,
            staff.c.has_left.is_(False),
            sa.or_(staff.c.name.in_(sorted(names)), staff.c.id_number.in_(sorted(numbers))),
            _seen(remit, township),
        )
        .order_by(staff.c.subject)
    )
    return [dict(row._mapping) for row in rows]


def names_of(connection: Connection, township: str, subjects: Collection[str]) -> dict[str, str]:
    """What staff go by, for lists that speak of them by id: a name as on a notice board."""
    if not subjects:
        return {}
    rows = connection.execute(
        sa.select(staff.c.subject, staff.c.name).where(
            staff.c.township == township, staff.c.subject.in_(sorted(subjects))
        )
    )
    return {row.subject: row.name for row in rows}


def of_account(connection: Connection, township: str, account: str) -> str | None:
    """The person of the staff who signs in as this account: for that account's own use."""
    found = connection.scalars(
        sa.select(staff.c.subject).where(
            staff.c.township == township,
            staff.c.account == account,
            staff.c.has_left.is_(False),
        )
    )
    return min(found, default=None)


def posts_in(remit: Remit, connection: Connection, township: str, area: str) -> list[Row]:
    """The posts filled in the grids of an area, with who holds them."""
    rows = connection.execute(
        sa.select(post.c.grid, post.c.role, post.c.subject, post.c.since, staff.c.name)
        .join(
            staff,
            sa.and_(staff.c.township == post.c.township, staff.c.subject == post.c.subject),
        )
        .where(
            post.c.township == township,
            inside(area, post.c.grid),
            within(remit, READ, post.c.grid),
        )
        .order_by(post.c.grid, post.c.role, post.c.subject)
    )
    return [dict(row._mapping) for row in rows]


def posts_by_grid(
    remit: Remit, connection: Connection, township: str, area: str
) -> dict[str, dict[str, list[str]]]:
    """Who fills which role of each grid: takes `figures.read`, and leaves as counts."""
    rows = connection.execute(
        sa.select(post.c.grid, post.c.role, post.c.subject).where(
            post.c.township == township,
            inside(area, post.c.grid),
            within(remit, "figures.read", post.c.grid),
        )
    )
    found: dict[str, dict[str, list[str]]] = {}
    for grid, role, person in rows:
        found.setdefault(grid, {}).setdefault(role, []).append(person)
    return found


def posts_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[Row]:
    """The posts that one person holds, in the remit."""
    rows = connection.execute(
        sa.select(post)
        .where(
            post.c.township == township,
            post.c.subject == subject,
            within(remit, READ, post.c.grid),
        )
        .order_by(post.c.grid, post.c.role)
    )
    return [dict(row._mapping) for row in rows]


def services(
    remit: Remit,
    connection: Connection,
    township: str,
    span: tuple[int, int],
    most: int,
    area: str = "",
) -> list[Row]:
    """Who signed in to serve from one instant to another (milliseconds), the latest first."""
    conditions = [
        service.c.township == township,
        within(remit, READ, service.c.area),
        service.c.at >= span[0],
        service.c.at < span[1],
    ]
    if area:
        conditions.append(inside(area, service.c.area))
    rows = connection.execute(
        sa.select(service, staff.c.name, staff.c.unit)
        .join(
            staff,
            sa.and_(staff.c.township == service.c.township, staff.c.subject == service.c.subject),
        )
        .where(*conditions)
        .order_by(service.c.at.desc(), service.c.subject)
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]


def service_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[Row]:
    """When one person served, the latest first; the person was found in the remit."""
    rows = connection.execute(
        sa.select(service)
        .where(service.c.township == township, service.c.subject == subject)
        .order_by(service.c.at.desc())
    )
    return [dict(row._mapping) for row in rows] if remit.holds(READ) else []


def same_numbers(connection: Connection, township: str, id_numbers: Collection[str]) -> list[str]:
    """Staff enrolled with one of these ID numbers, so that nobody is enrolled, and counted, twice.

    It takes no remit: that somebody is enrolled elsewhere in the township is what is asked.
    """
    asked = sorted({number for number in id_numbers if number})
    if not asked:
        return []
    rows = sa.select(staff.c.subject).where(
        staff.c.township == township, staff.c.id_number.in_(asked)
    )
    return list(connection.scalars(rows))


def _seen(remit: Remit, township: str) -> ColumnElement[bool]:
    if not remit.holds(READ):
        return sa.false()
    return sa.or_(within(remit, READ, staff.c.area), staff.c.area == township)


def _narrowed(remit: Remit, township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    c = staff.c
    conditions = [c.township == township, _seen(remit, township)]
    conditions.append(c.has_left.is_(wanted.kind == "left") if not wanted.figure else sa.true())
    if wanted.area and not wanted.figure:
        conditions.append(inside(wanted.area, c.area))
    if wanted.everywhere:
        conditions.append(c.area == township)
    match wanted.kind:
        case "" | "left":
            pass
        case "member":
            conditions.append(c.member.is_(True))
        case "forces":
            conditions.append(c.force > "")
        case "office":
            conditions.append(c.force == "")
        case force:
            conditions.append(c.force == force)
    if wanted.words:
        is_letters = wanted.words.isascii()
        column, words = (c.letters, wanted.words.lower()) if is_letters else (c.name, wanted.words)
        conditions.append(begins(words, column))
    if wanted.figure:
        conditions.append(_counted(township, wanted))
    return conditions


def _counted(township: str, wanted: Wanted) -> ColumnElement[bool]:
    """Whether somebody is one whom the figure counted, there and on that day."""
    part = figure_part.c
    conditions: Sequence[ColumnElement[bool]] = [
        part.township == township,
        part.figure == wanted.figure,
        *([part.day == wanted.day] if wanted.day else []),
        *([inside(wanted.area, part.village)] if wanted.area else []),
    ]
    return staff.c.subject.in_(sa.select(part.subject).where(*conditions))
