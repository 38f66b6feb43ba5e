"""How journeys are found. The remit comes first, so no query can forget it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, Table
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from tongxin.arrivals.calls.tables import call
from tongxin.arrivals.comings.rules import Word
from tongxin.arrivals.comings.tables import coming
from tongxin.arrivals.tables import journey, journey_total, kept_until, ledger_line, stay
from tongxin.base.areas import Level, ancestors, area_code, village_of
from tongxin.base.remit import Remit
from tongxin.ledger.clusters import lead_of
from tongxin.ledger.facts import EPISODE
from tongxin.ledger.opening import in_chunks
from tongxin.ledger.remits import (
    Order,
    anywhere,
    begins,
    in_order,
    inside,
    looked_through,
    ordered,
    unindexed,
    within,
)
from tongxin.ledger.tables import figure_part, figure_total
from tongxin.registry.residents.rules import TAIL, By, Sought

Row = Mapping[str, Any]
_AT_ONCE: Final = 500
SORTS: Final[Mapping[str, Order]] = {
    "newest": ("-arrived_at", "-subject"),
    "oldest": ("arrived_at", "subject"),
    "village": ("village", "-arrived_at", "-subject"),
}
_COUNTED_SORTS: Final[Mapping[str, Order]] = {
    "newest": ("-day", "-subject"),
    "oldest": ("day", "subject"),
    "village": ("village", "-day", "-subject"),
}
# Each of these figures counts a journey once; `work.done` on each day that something was done.
_ONCE: Final = "arrivals."
_READ: Final = "arrivals.read"
_AREAS_AT_ONCE: Final = 200


class Wanted(Struct, frozen=True):
    """What a list of journeys is narrowed to. Empty means no narrowing.

    Those who are `sought` come in the order of what is sought by.
    """

    area: str = ""
    category: str = ""
    figure: str = ""
    day: str = ""
    sort: str = "newest"
    sought: Sought | None = None


def journeys(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> list[Row]:
    """Journeys in the remit, narrowed and sorted; at most `most`, skipping `after`.

    Those that a figure counts are sorted by the day on which they count.
    """
    found = _found(remit, connection, township, wanted, most, after)
    return [dict(row._mapping) for row in connection.execute(found)]


def ledger(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int
) -> Iterator[list[Row]]:
    """The lines of the returnee ledger in the remit: journeys, and what is shown besides.

    They come some hundreds at a time, as they are asked for: a hundred thousand need no room.
    """
    found = _found(remit, connection, township, wanted, most, 0)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(found)
    for part in rows.partitions():
        people = [row.subject for row in part]
        beside = {
            line.episode: dict(line._mapping)
            for line in connection.execute(
                sa.select(ledger_line).where(
                    ledger_line.c.township == township, ledger_line.c.subject.in_(people)
                )
            )
        }
        yield [dict(row._mapping) | beside[row.episode] for row in part]


def _found(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> Select[Any]:
    if wanted.sought is not None:
        found = _sought(
            township, looked_through(remit, _READ, township, wanted.area), wanted, wanted.sought
        )
        return found.limit(most).offset(after)
    if wanted.figure:
        return _counted_in_order(remit, connection, township, wanted, most, after)
    places, order = (
        looked_through(remit, _READ, township, wanted.area),
        SORTS.get(wanted.sort, SORTS["newest"]),
    )
    return in_order(journey, township, places, _narrowed(wanted), order, most, after)


def how_many(remit: Remit, connection: Connection, township: str, wanted: Wanted) -> int:
    """How many journeys there are in the remit, so narrowed; not for those sought."""
    places = looked_through(remit, _READ, township, wanted.area)
    parts_of_villages = any(len(place) > Level.VILLAGE for place in places)
    counted: Select[Any]
    if wanted.figure:
        counted = _how_many_counted(remit, township, wanted)
    elif parts_of_villages:
        counted = sa.select(sa.func.count()).where(
            journey.c.township == township,
            anywhere(places, journey.c.area),
            *_narrowed(wanted),
        )
    else:
        counted = sa.select(sa.func.sum(journey_total.c.journeys)).where(
            journey_total.c.township == township, anywhere(places, journey_total.c.village)
        )
        if wanted.category:
            counted = counted.where(journey_total.c.category == wanted.category)
    return int(connection.scalar(counted) or 0)


def journeys_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[Row]:
    """The journeys of one person, newest first; none where the person is outside the remit.

    Any record that is one with others will do: they have the same journeys.
    """
    subject = lead_of(connection, township, subject)
    rows = connection.execute(
        sa.select(journey)
        .where(
            journey.c.township == township,
            journey.c.subject == subject,
            within(remit, _READ, journey.c.area),
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
    found: dict[str, Row] = {}
    for table in (journey, coming, call):  # who came, who is expected, who is away
        missing = sorted(set(subjects) - set(found))
        if not missing:
            break
        rows = connection.execute(
            sa.select(table.c.subject, table.c.name, table.c.address, table.c.area).where(
                table.c.township == township,
                table.c.subject.in_(missing),
                within(remit, "work.read", table.c.area),
            )
        )
        found |= {row.subject: dict(row._mapping) for row in rows}
    return found


def codes_stayed(remit: Remit, connection: Connection, township: str) -> set[str]:
    """The codes of the places where people of the township came from or stayed: of nobody in
    particular, so for whoever reads the township's rules and areas."""
    if not remit.allows("policy.read", township):
        return set()
    codes = sa.select(stay.c.code).where(stay.c.township == township).distinct()
    return set(connection.scalars(codes))


def touched_by(township: str, since: Mapping[str, int]) -> list[Select[Any]]:
    """The people with a stay in one of these areas, or in an area that contains one, that lasted
    until the area's instant (milliseconds) or later: context for the rules, so it takes no remit.

    A range of the index for each area, for of many ranges in one condition planners make a scan; in
    parts, for a statement has no room for thousands.
    """
    wider: dict[str, int] = {}
    for code, at in since.items():
        for above in ancestors(area_code(code))[:-1]:
            wider[above] = min(wider.get(above, at), at)
    inner = [(inside(code, stay.c.code), at) for code, at in _widest(since).items()]
    outer = [(stay.c.code == code, at) for code, at in wider.items() if code not in since]
    found = [
        sa.select(stay.c.subject).where(stay.c.township == township, met, _lasted(at))
        for met, at in (*inner, *outer)
    ]
    return [sa.select(sa.union_all(*part).subquery().c.subject)
            for part in in_chunks(found, _AREAS_AT_ONCE)]  # fmt: skip


def judged_by(township: str, packs: Collection[str]) -> Select[Any]:
    """The people with a journey under one of these packs (proposals), and those who have not come
    or are only called, whichever pack is theirs: context for the rules, so it takes no remit.
    """
    came = (Word.CAME.value, Word.UNANNOUNCED.value)
    waiting = [word.value for word in Word if word.value not in came]
    found = sa.union(
        sa.select(journey.c.subject).where(
            journey.c.township == township, journey.c.pack_proposal.in_(sorted(packs))
        ),
        sa.select(coming.c.subject).where(
            coming.c.township == township, coming.c.word.in_(waiting)
        ),
        sa.select(call.c.subject).where(call.c.township == township),
    )
    return sa.select(found.subquery().c.subject)


def _lasted(until: int) -> ColumnElement[bool]:
    return sa.or_(stay.c.until_at.is_(None), stay.c.until_at >= until)


def _widest(since: Mapping[str, int]) -> dict[str, int]:
    """Without the areas inside another that is asked for as far back."""
    kept: dict[str, int] = {}
    for code, at in sorted(since.items()):
        above = [kept[a] for a in ancestors(area_code(code))[:-1] if a in kept]
        if not above or min(above) > at:
            kept[code] = at
    return kept


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.category:
        conditions.append(journey.c.category == wanted.category)
    return conditions


def _sought(township: str, places: Collection[str], wanted: Wanted, sought: Sought) -> Select[Any]:
    """Those who are sought, by the index of what they are sought by, whatever else narrows them."""
    here = [journey.c.township == township, anywhere(places, unindexed(journey.c.area))]
    if wanted.category:
        here.append(unindexed(journey.c.category) == wanted.category)
    column: ColumnElement[Any] = journey.c.name
    if sought.by is By.DIGITS:
        column = unindexed(column)
        met: ColumnElement[bool] = journey.c.subject.in_(_by_last_digits(township, sought.words))
    else:
        column = journey.c.letters if sought.by is By.LETTERS else column
        met = begins(sought.words, column)
    return sa.select(journey).where(*here, met).order_by(column, journey.c.subject)


def _by_last_digits(township: str, digits: str) -> Select[Any]:
    """Whose ID number or telephone is so, or ends so: each by its own index."""
    c, last = journey.c, digits[-TAIL:]
    ends = (
        sa.and_(c.id_tail == last, c.id_number == digits if len(digits) > TAIL else sa.true()),
        sa.and_(c.phone_tail == last, c.phone.endswith(digits, autoescape=True)),
    )
    each = (sa.select(c.subject).where(c.township == township, end) for end in ends)
    return sa.select(sa.union_all(*each).subquery())


def _counted_in_order(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, most: int, after: int
) -> Select[Any]:
    """The journeys that a figure counts, by the day on which it counts them.

    A figure counts parts, each in the village where it was recorded. Whoever opens it sees those
    parts in the remit whose people are in the remit now.
    """
    villages = connection.scalars(
        sa.select(figure_total.c.village)
        .where(*_at(figure_total, township, wanted), _in_remit(remit, figure_total, wanted))
        .distinct()
        .order_by(figure_total.c.village)
    ).all()
    order = _COUNTED_SORTS.get(wanted.sort, _COUNTED_SORTS["newest"])
    counted = _counting(remit, township, wanted)
    part = in_order(figure_part, township, villages, counted, order, most, after).subquery()
    return (
        sa.select(journey)
        .join_from(part, journey, _is_about(part.c))
        .order_by(*ordered(part.c, order))
    )


def _how_many_counted(remit: Remit, township: str, wanted: Wanted) -> Select[Any]:
    """How many those are. Where it can be, that is what the figure says, less the forgotten."""
    if wanted.figure.startswith(_ONCE) and not wanted.category and _holds(remit, township):
        total = figure_total
        return sa.select(sa.func.sum(total.c.amount - total.c.carried)).where(
            *_at(total, township, wanted), _in_remit(remit, total, wanted)
        )
    return sa.select(sa.func.count()).where(
        *_at(figure_part, township, wanted),
        _in_remit(remit, figure_part, wanted),
        *_counting(remit, township, wanted),
    )


def _counting(remit: Remit, township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Whether a part stands for a journey to be shown, and for the first time."""
    part = figure_part.c
    conditions = [part.figure == wanted.figure, part.carried.is_(sa.false())]
    if wanted.day:
        conditions.append(part.day == wanted.day)
    elif not wanted.figure.startswith(_ONCE):
        later = figure_part.alias()
        again = sa.and_(
            later.c.township == township, later.c.subject == part.subject,
            later.c.figure == wanted.figure, later.c.village == part.village,
            later.c.purpose == part.purpose, later.c.day > part.day,
        )  # fmt: skip
        conditions.append(~sa.select(later.c.day).where(again).exists())
    if wanted.category or not _holds(remit, township):
        here = within(remit, _READ, journey.c.area)
        mine = sa.select(journey.c.subject).where(_is_about(part), here, *_narrowed(wanted))
        conditions.append(mine.exists())
    return conditions


def _is_about(part: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Whether a journey is the one that a part of a figure stands for."""
    episode = sa.func.substr(part.purpose, len(EPISODE) + 2)
    return sa.and_(
        journey.c.township == part.township,
        journey.c.subject == part.subject,
        journey.c.episode == episode,
    )


def _at(table: Table, township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    here = [table.c.township == township, table.c.figure == wanted.figure]
    return [*here, table.c.day == wanted.day] if wanted.day else here


def _in_remit(remit: Remit, table: Table, wanted: Wanted) -> ColumnElement[bool]:
    """Whether a part was counted in the remit, or in a village of which the remit holds a part."""
    places = sorted({village_of(area) for area in remit.areas(_READ)})
    here = anywhere(places, table.c.village)
    return sa.and_(here, inside(wanted.area, table.c.village)) if wanted.area else here


def _holds(remit: Remit, township: str) -> bool:
    return remit.inside(_READ, township) == (township,)


def to_forget(connection: Connection, township: str, now_ms: int, most: int) -> list[str]:
    """People of whom the day of a journey has come, the longest ago first: for the clock, by ids
    alone, so it takes no remit.
    """
    rows = connection.execute(
        sa.select(kept_until.c.subject)
        .where(kept_until.c.township == township, kept_until.c.at <= now_ms)
        .order_by(kept_until.c.at, kept_until.c.subject)
        .limit(most)
    )
    return list(dict.fromkeys(row.subject for row in rows))
