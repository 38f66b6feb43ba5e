"""How links between members and households are found. The remit comes first."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import inside, within
from tongxin.registry.links.tables import link
from tongxin.registry.staff.tables import staff

Row = Mapping[str, Any]
READ: Final = "registry.read"


def load(
    remit: Remit, connection: Connection, township: str, area: str, most: int, after: int = 0
) -> list[Row]:
    """Members linked to households of an area, with how many, the heaviest load first."""
    households = sa.func.count().label("households")
    rows = connection.execute(
        sa.select(link.c.staff, staff.c.name, staff.c.area, staff.c.has_left, households)
        .join(
            staff,
            sa.and_(staff.c.township == link.c.township, staff.c.subject == link.c.staff),
            isouter=True,
        )
        .where(
            link.c.township == township,
            inside(area, link.c.area),
            within(remit, READ, link.c.area, township),
        )
        .group_by(link.c.staff, staff.c.name, staff.c.area, staff.c.has_left)
        .order_by(households.desc(), link.c.staff)
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def members_linked(
    remit: Remit, connection: Connection, township: str, area: str, capability: str = READ
) -> int:
    """How many distinct members look after at least one household of an area.

    For figures it is asked with `figures.read`: what leaves is a count.
    """
    return (
        connection.scalar(
            sa.select(sa.func.count(link.c.staff.distinct())).where(
                link.c.township == township,
                inside(area, link.c.area),
                within(remit, capability, link.c.area, township),
            )
        )
        or 0
    )


def linked_to(
    remit: Remit, connection: Connection, township: str, households: Collection[str]
) -> dict[str, list[Row]]:
    """Who looks after each of these households, with the name to call them by."""
    found: dict[str, list[Row]] = {name: [] for name in households}
    if not households:
        return found
    rows = connection.execute(
        sa.select(link, staff.c.name)
        .join(
            staff,
            sa.and_(staff.c.township == link.c.township, staff.c.subject == link.c.staff),
            isouter=True,
        )
        .where(
            link.c.township == township,
            link.c.subject.in_(sorted(households)),
            within(remit, READ, link.c.area),
        )
        .order_by(link.c.since, link.c.staff)
    )
    for row in rows:
        found[row.subject].append(dict(row._mapping))
    return found


def households_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[str]:
    """The households that one member looks after, in the remit."""
    return list(
        connection.scalars(
            sa.select(link.c.subject)
            .where(
                link.c.township == township,
                link.c.staff == subject,
                within(remit, READ, link.c.area),
            )
            .order_by(link.c.area, link.c.subject)
        )
    )
