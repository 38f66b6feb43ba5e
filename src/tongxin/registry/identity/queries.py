"""How decisions about who is one with whom are found. The remit comes first."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.ledger.clusters import lead_of
from tongxin.ledger.remits import within
from tongxin.ledger.tables import member, subject, tie
from tongxin.registry.identity.tables import joined_episode

# Who may say of two records that they are one human being, or two.
MAY: Final = "people.join"


def whole(connection: Connection, township: str, person: str, episode: str) -> tuple[str, str]:
    """The lead and the journey that a record and an episode are part of.

    They may have been one when somebody followed a link that is older. By ids alone, so it takes
    no remit.
    """
    lead = lead_of(connection, township, person)
    journey: str | None = connection.scalar(
        sa.select(joined_episode.c.journey).where(
            joined_episode.c.township == township,
            joined_episode.c.subject == lead,
            joined_episode.c.episode == episode,
        )
    )
    return lead, journey or episode


def said_among(
    connection: Connection, township: str, names: Collection[str]
) -> list[Mapping[str, Any]]:
    """What was said of any two of these records, and by which subject: by ids alone, so it takes
    no remit.
    """
    rows = connection.execute(
        sa.select(tie).where(
            tie.c.township == township, tie.c.one.in_(sorted(names)),
            tie.c.other.in_(sorted(names)),
        )
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]


def contradictions(
    remit: Remit, connection: Connection, township: str, most: int
) -> list[Mapping[str, Any]]:
    """Pairs that somebody parted and that are one all the same, through a third record."""
    one, other, here = member.alias(), member.alias(), subject
    rows = connection.execute(
        sa.select(tie.c.one, tie.c.other, one.c.lead, here.c.area)
        .join(one, sa.and_(one.c.township == tie.c.township, one.c.subject == tie.c.one))
        .join(other, sa.and_(other.c.township == tie.c.township, other.c.subject == tie.c.other))
        .join(here, sa.and_(here.c.township == tie.c.township, here.c.subject == tie.c.one))
        .where(
            tie.c.township == township, ~tie.c.together, one.c.lead == other.c.lead,
            within(remit, MAY, here.c.area),
        )
        .order_by(tie.c.one, tie.c.other)
        .limit(most)
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]
