"""Records of people who are one: decisions about them, and the clusters that follow."""

from typing import Any

import sqlalchemy as sa

from tests.town import Town
from tests.village import (
    LI,
    TAOLIN,
    TOWNSHIP,
    Worker,
)
from tongxin.base.ids import pair_of
from tongxin.catalogue import KINDS, catalogue
from tongxin.ledger import opening, ties
from tongxin.ledger.clusters import ties_of
from tongxin.ledger.facts import OFFICE, Draft
from tongxin.ledger.tables import fact, member, subject
from tongxin.ledger.ties import Web
from tongxin.registry.identity.facts import (
    PEOPLE_JOINED,
    PEOPLE_PARTED,
    PeopleJoined,
    PeopleParted,
)

WHY = "证件照片核对过"


def web(marks: dict[str, set[str]], *said: ties.Tie) -> dict[str, set[str]]:
    """Who is next to whom among records that bear these marks, and of whom this was said."""
    bearers: dict[str, set[str]] = {}
    for name, borne in marks.items():
        for each in borne:
            bearers.setdefault(each, set()).add(name)
    known = Web({name: frozenset(borne) for name, borne in marks.items()}, bearers, {})
    known.say(said)
    return {name: known.next_to(name) for name in marks}


def says(
    town: Town, one: Draft, other: Draft, *, joined: bool, by: Worker = LI, **more: Any
) -> Draft:
    """The draft of a decision about two people."""
    made = PeopleJoined if joined else PeopleParted
    body = made(one=one.subject, other=other.subject, reason=WHY)
    return town.draft(
        PEOPLE_JOINED if joined else PEOPLE_PARTED, body, by=by,
        subject=pair_of(one.subject, other.subject), purpose=OFFICE, area=TAOLIN, **more,
    )  # fmt: skip


def recorded(town: Town, *drafts: Draft) -> None:
    assert {str(verdict.outcome) for verdict in town.record(*drafts)} == {"recorded"}


def clusters(town: Town) -> set[frozenset[str]]:
    """The clusters of more than one, as the table `member` holds them."""
    with town.installation.database.reading() as connection:
        rows = connection.execute(sa.select(member.c.lead, member.c.subject)).all()
    found: dict[str, set[str]] = {}
    for lead, name in rows:
        found.setdefault(lead, set()).add(name)
    assert all(lead == min(names) for lead, names in found.items())
    return {frozenset(names) for names in found.values()}


def reference(town: Town) -> set[frozenset[str]]:
    """The same by looking at every stream of the township: slow and obvious."""
    here = town.installation
    with here.database.reading() as connection:
        names = set(
            connection.scalars(sa.select(fact.c.subject).where(fact.c.township == TOWNSHIP))
        )
        streams = opening.streams(connection, here.keys, KINDS, TOWNSHIP, names)
    told = {n: t for n, s in streams.items() if (t := ties_of(catalogue(), s)) is not None}
    said = [each for t in told.values() for each in t.said]
    people = {name for name in told if name.startswith("person-")}
    left = {frozenset({name}) for name in people}
    apart = {frozenset({t.one, t.other}) for t in said if not t.together}
    joined = {frozenset({t.one, t.other}) for t in said if t.together}
    joined |= {
        frozenset({a, b}) for a in people for b in people if a < b and told[a].marks & told[b].marks
    }
    for edge in joined - apart:
        touched = {group for group in left if group & edge}
        left = (left - touched) | {frozenset().union(*touched)}
    return {group for group in left if len(group) > 1}


def subjects(*drafts: Draft) -> frozenset[str]:
    return frozenset(draft.subject for draft in drafts)


def journeys(town: Town) -> list[tuple[str, str]]:
    with town.installation.database.reading() as connection:
        rows = connection.execute(sa.text("SELECT subject, name FROM journey ORDER BY subject"))
        return [(row[0], row[1]) for row in rows]


def areas(town: Town, *drafts: Draft) -> set[str]:
    with town.installation.database.reading() as connection:
        return set(
            connection.scalars(
                sa.select(subject.c.area).where(subject.c.subject.in_(subjects(*drafts)))
            )
        )
