"""How decisions about who is one with whom are found. The remit comes first."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from tongxin.base.remit import Remit
from tongxin.ledger.clusters import lead_of
from tongxin.ledger.remits import within
from tongxin.ledger.tables import mark, mark_aside, member, subject, tie
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


def set_aside(
    remit: Remit, connection: Connection, township: str, most: int
) -> list[Mapping[str, Any]]:
    """Pairs of records with one valid ID number that nobody joined or parted, both in the remit.

    The number of `one` was told by somebody without a say where `other` is; `other` is the first
    that bears it of those that are one. `lead_one` and `lead_other` have their rows.
    """
    here, there, mine, theirs = subject.alias(), subject.alias(), member.alias(), member.alias()
    lead_one = sa.func.coalesce(mine.c.lead, mark_aside.c.subject)
    lead_other = sa.func.coalesce(theirs.c.lead, mark.c.subject)
    decided = sa.select(tie.c.subject).where(
        tie.c.township == township,
        sa.or_(
            sa.and_(tie.c.one == mark_aside.c.subject, tie.c.other == mark.c.subject),
            sa.and_(tie.c.one == mark.c.subject, tie.c.other == mark_aside.c.subject),
        ),
    )
    rows = connection.execute(
        sa.select(
            mark_aside.c.subject.label("one"), sa.func.min(mark.c.subject).label("other"),
            mark_aside.c.mark, lead_one.label("lead_one"), lead_other.label("lead_other"),
            sa.func.min(here.c.area).label("area_one"),
            sa.func.min(there.c.area).label("area_other"),
        )
        .join(mark, _both(mark, mark_aside, mark.c.mark == mark_aside.c.mark))
        .join(here, _both(here, mark_aside, here.c.subject == mark_aside.c.subject))
        .join(there, _both(there, mark, there.c.subject == mark.c.subject))
        .outerjoin(mine, _both(mine, mark_aside, mine.c.subject == mark_aside.c.subject))
        .outerjoin(theirs, _both(theirs, mark, theirs.c.subject == mark.c.subject))
        .where(
            mark_aside.c.township == township, lead_one != lead_other,
            within(remit, MAY, here.c.area), within(remit, MAY, there.c.area),
        )
        .group_by(mark_aside.c.subject, mark_aside.c.mark, lead_one, lead_other)
        # One word about any of those that are one is enough.
        .having(sa.func.count(sa.case((decided.exists(), 1))) == 0)
        .order_by(mark_aside.c.subject, lead_other)
        .limit(most)
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]


def waits(connection: Connection, township: str, person: str) -> bool:
    """Whether a number of somebody was set aside and nobody has decided yet; of any of the records
    that are one. It says nothing of anybody else, so it takes no remit.
    """
    lead = lead_of(connection, township, person)
    mates = sa.select(member.c.subject).where(member.c.township == township, member.c.lead == lead)
    decided = sa.select(tie.c.subject).where(
        tie.c.township == township,
        sa.or_(tie.c.one == mark_aside.c.subject, tie.c.other == mark_aside.c.subject),
    )
    found = connection.execute(
        sa.select(mark_aside.c.subject).where(
            mark_aside.c.township == township,
            sa.or_(mark_aside.c.subject == lead, mark_aside.c.subject.in_(mates)),
            ~decided.exists(),
        )
    )
    return found.first() is not None


def _both(one: Any, other: Any, more: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.and_(one.c.township == other.c.township, more)
