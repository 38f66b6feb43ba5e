"""How comings are found. The remit comes first, so no query can forget it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection

from tongxin.arrivals.comings.rules import Word
from tongxin.arrivals.comings.tables import TOLD, coming, coming_total
from tongxin.base.areas import AreaCode, Level
from tongxin.base.clock import start_of, to_ms
from tongxin.base.remit import Remit
from tongxin.ledger.facts import EPISODE
from tongxin.ledger.remits import Order, anywhere, in_order, inside, within
from tongxin.ledger.tables import figure_part
from tongxin.registry.identity.queries import whole

Row = Mapping[str, Any]
READ: Final = "arrivals.read"


class View(StrEnum):
    """Which comings a list shows."""

    EXPECTED = "expected"
    NO_SHOW = "no_show"
    UNANNOUNCED = "unannounced"
    ELSEWHERE = "elsewhere"
    WENT_BACK = "went_back"
    HELD = "held"
    SOUGHT = "sought"
    CALLED_OFF = "called_off"
    CAME = "came"


# Those that lie ahead are shown by what comes first, those behind by what came last.
_AHEAD: Final = frozenset({View.EXPECTED, View.HELD})


class Wanted(Struct, frozen=True):
    """What a list of comings is narrowed to. Empty means no narrowing.

    `villages` are those that a checkpoint covers; `day` is an ISO day of `at`; `figure` narrows to
    those whom a figure counts, there and on that day.
    """

    view: View = View.EXPECTED
    village: str = ""
    villages: tuple[str, ...] = ()
    day: str = ""
    name: str = ""
    figure: str = ""


def comings(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, now_ms: int,
    most: int, after: int = 0,
) -> list[Row]:  # fmt: skip
    """Comings in the remit, narrowed and in the order of their view; at most `most`."""
    ahead = wanted.view in _AHEAD and not wanted.figure
    order: Order = ("at", "subject") if ahead else ("-at", "-subject")
    places, conditions = _places(remit, township, wanted), _narrowed(township, wanted, now_ms)
    found = in_order(coming, township, places, conditions, order, most, after)
    return [dict(row._mapping) for row in connection.execute(found)]


def how_many(
    remit: Remit, connection: Connection, township: str, wanted: Wanted, now_ms: int
) -> int:
    """How many comings there are in the remit, so narrowed."""
    places = _places(remit, township, wanted)
    if _kept(wanted, places):
        return _summed(connection, township, wanted, places)
    found = connection.scalar(
        sa.select(sa.func.count()).where(
            coming.c.township == township,
            anywhere(places, coming.c.area),
            *_narrowed(township, wanted, now_ms),
        )
    )
    return found or 0


def counts(
    remit: Remit, connection: Connection, township: str, now_ms: int, villages: Sequence[str] = ()
) -> dict[View, int]:
    """How many each view shows."""
    wanted = [Wanted(view=view, villages=tuple(villages)) for view in View]
    return {w.view: how_many(remit, connection, township, w, now_ms) for w in wanted}


def _kept(wanted: Wanted, places: Sequence[str]) -> bool:
    """Whether sums are kept of just this: not of what the clock or a part of a village decides."""
    turns = wanted.view in (View.EXPECTED, View.NO_SHOW, View.HELD)
    parts_of_villages = any(len(place) > Level.VILLAGE for place in places)
    return not (turns or wanted.name or wanted.figure or parts_of_villages)


def _summed(connection: Connection, township: str, wanted: Wanted, places: Sequence[str]) -> int:
    total = coming_total.c
    counted = sa.select(sa.func.sum(total.comings)).where(
        total.township == township, anywhere(places, total.village),
        total.word == wanted.view.value,
    )  # fmt: skip
    if wanted.day:
        counted = counted.where(total.day == wanted.day)
    return int(connection.scalar(counted) or 0)


def coming_of(
    remit: Remit, connection: Connection, township: str, subject: str, episode: str
) -> Row | None:
    """One coming, or None where it is not in the remit; any record of the person will do."""
    subject, episode = whole(connection, township, subject, episode)
    row = connection.execute(
        sa.select(coming).where(
            coming.c.township == township,
            coming.c.subject == subject,
            coming.c.episode == episode,
            within(remit, READ, coming.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)


def together(remit: Remit, connection: Connection, township: str, party: str) -> list[Row]:
    """Those of one party who are in the remit, in the order they were told."""
    if not party:
        return []
    rows = connection.execute(
        sa.select(coming)
        .where(
            coming.c.township == township,
            coming.c.party == party,
            TOLD["party"],
            within(remit, READ, coming.c.area),
        )
        .order_by(coming.c.subject)
    )
    return [dict(row._mapping) for row in rows]


def _places(remit: Remit, township: str, wanted: Wanted) -> tuple[AreaCode, ...]:
    """The areas that are looked through: where township, remit and what is wanted meet."""
    asked = wanted.villages or (wanted.village or township,)
    if wanted.villages and wanted.village:
        asked = tuple(v for v in wanted.villages if v.startswith(wanted.village))
    found = [
        place
        for area in asked
        for place in remit.inside(READ, township if township.startswith(area) else area)
        if place.startswith(township)
    ]
    return tuple(sorted(set(found)))


def _narrowed(township: str, wanted: Wanted, now_ms: int) -> list[ColumnElement[bool]]:
    if wanted.figure:
        return _counted(township, wanted)
    conditions = _of_view(wanted.view, now_ms)
    if wanted.day:
        day = date.fromisoformat(wanted.day)
        since, until = start_of(day), start_of(day + timedelta(days=1))
        conditions += [coming.c.at >= to_ms(since), coming.c.at < to_ms(until)]
    if wanted.name:
        conditions.append(coming.c.name.startswith(wanted.name, autoescape=True))
    return conditions


def _of_view(view: View, now_ms: int) -> list[ColumnElement[bool]]:
    match view:
        case View.HELD:
            return [coming.c.held]
        case View.EXPECTED:
            return [coming.c.word == Word.EXPECTED.value, coming.c.no_show_at > now_ms]
        case View.NO_SHOW:
            return [coming.c.word == Word.EXPECTED.value, coming.c.no_show_at <= now_ms]
    return [coming.c.word == view.value]


def _counted(township: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Whether a coming is one that the figure counts, there and on that day."""
    part = figure_part.c
    counted = sa.select(part.subject, part.purpose).where(
        part.township == township, part.figure == wanted.figure
    )
    if wanted.day:
        counted = counted.where(part.day == wanted.day)
    if wanted.village:
        counted = counted.where(inside(wanted.village, part.village))
    purpose = sa.literal(f"{EPISODE}:") + coming.c.episode
    return [sa.tuple_(coming.c.subject, purpose).in_(counted)]
