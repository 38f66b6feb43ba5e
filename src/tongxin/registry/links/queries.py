"""How links between members and households are found. The remit comes first."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, Select

from tongxin.base.areas import Level
from tongxin.base.remit import Remit
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.remits import anywhere, unindexed, within
from tongxin.registry.links.tables import link, link_total
from tongxin.registry.staff.tables import staff

Row = Mapping[str, Any]
READ: Final = "registry.read"


def load(
    remit: Remit, connection: Connection, township: str, area: str, most: int, after: int = 0
) -> list[Row]:
    """Members linked to households of an area, with how many, the heaviest load first."""
    each = _counts(remit, township, READ, area).subquery()
    rows = connection.execute(
        sa.select(each.c.staff, each.c.households, staff.c.name, staff.c.area, staff.c.has_left)
        .join(
            staff,
            sa.and_(staff.c.township == township, staff.c.subject == each.c.staff),
            isouter=True,
        )
        .order_by(each.c.households.desc(), each.c.staff)
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
    each = _counts(remit, township, capability, area).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(each)) or 0


def _counts(remit: Remit, township: str, capability: str, area: str) -> Select[Any]:
    """Each member's households in an area: from the kept sums, but for parts of villages."""
    places = remit.inside(capability, area)
    if all(len(place) <= Level.VILLAGE for place in places):
        total = link_total.c
        return (
            sa.select(total.staff, sa.func.sum(total.households).label("households"))
            .where(total.township == township, anywhere(places, total.village))
            .group_by(total.staff)
        )
    return (
        sa.select(link.c.staff, sa.func.count().label("households"))
        .where(link.c.township == township, anywhere(places, link.c.area))
        .group_by(link.c.staff)
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
            within(remit, READ, unindexed(link.c.area)),
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
                within(remit, READ, unindexed(link.c.area)),
            )
            .order_by(link.c.area, link.c.subject)
        )
    )


def looking_after(township: str, households: Collection[str]) -> Select[Any]:
    """Which members look after these households: for the rules, so without a remit."""
    return sa.select(link.c.staff).where(
        link.c.township == township, link.c.subject.in_(sorted(households))
    )


def first_links(connection: Connection, township: str, members: Collection[str]) -> dict[str, int]:
    """Since when each of these members has looked after somebody: for the rules, no remit."""
    found: dict[str, int] = {}
    for chunk in in_chunks(members):
        rows = connection.execute(
            sa.select(link.c.staff, sa.func.min(link.c.since))
            .where(link.c.township == township, link.c.staff.in_(chunk))
            .group_by(link.c.staff)
        )
        found.update((staff, int(since)) for staff, since in rows)
    return found
