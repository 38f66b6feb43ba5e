"""Calls for programs: note somebody who is away, say what came of a call, list who is next."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from tongxin.arrivals.calls import facts, queries
from tongxin.base import masking
from tongxin.base.areas import area_code
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import EPISODE, Outcome

MOST = 200


class NewCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call, or somebody to call; `person` and `episode` name one who was called before.

    `person` alone names a registered resident. `area` is the village where he is at home.
    """

    area: str
    call: facts.AwayCalled
    id: str | None = None
    person: str | None = None
    episode: str | None = None


class Recorded(Struct, frozen=True):
    """Where the call is now: durable, and visible under these ids."""

    id: str
    outcome: Outcome
    person: str
    episode: str


class Call(Struct, frozen=True):
    """Somebody away as the list shows him, masked; `next_at` is when the next call falls due."""

    person: str
    episode: str
    name: str
    phone: str
    area: str
    away_area: str
    away_name: str
    outcome: str
    called_at: datetime
    unanswered: int
    returns_on: datetime | None
    next_at: datetime | None


class Calls(Struct, frozen=True):
    """A page of those who are away, and how many there are in all."""

    total: int
    calls: list[Call]


@post("/api/v1/calls", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record_call(desk: AtDesk, data: JSONBody[NewCall]) -> Recorded:
    """Record a call to somebody who is away, or that he is to be called."""
    return made(desk, data)


@get("/api/v1/calls", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_calls(
    desk: AtDesk,
    due: FromQuery[bool] = True,
    village: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Calls:
    """Whom to call now (`due`), or all who are away; by when each is to be called."""
    by, where = to_ms(desk.now) if due else None, (desk.remit, desk.connection, desk.township)
    rows = queries.calls(*where, by, most, after, village)
    return Calls(queries.how_many(*where, by, village), [shown(row) for row in rows])


def made(desk: Desk, new: NewCall) -> Recorded:
    """Record a call; returns once it is durable and visible."""
    fact = fact_id(new.id, "id") if new.id else new_id()
    episode = fact_id(new.episode, "episode") if new.episode else fact
    person = subject_id(new.person, "person") if new.person else f"person-{fact}"
    verdict = desk.record(
        facts.AWAY_CALLED, new.call, subject=person, purpose=f"{EPISODE}:{episode}",
        area=area_code(new.area, "area"), id=fact,
    )  # fmt: skip
    return Recorded(verdict.id, verdict.outcome, person, episode)


def found(desk: Desk, person: str, episode: str) -> queries.Row:
    """The latest call of an episode in the remit, or `base.not_found`."""
    subject = subject_id(person, "person")
    row = queries.call_of(desk.remit, desk.connection, desk.township, subject, episode)
    if row is None:
        raise NOT_FOUND()
    return row


def shown(row: queries.Row) -> Call:
    """A row of a call as it is shown: masked."""
    return Call(
        person=row["subject"], episode=row["episode"], name=masking.name(row["name"]),
        phone=masking.phone(row["phone"]), area=row["area"], away_area=row["away_area"],
        away_name=row["away_name"], outcome=row["outcome"], called_at=from_ms(row["called_at"]),
        unanswered=row["unanswered"],
        returns_on=from_ms(row["returns_on"]) if row["returns_on"] is not None else None,
        next_at=from_ms(row["next_at"]) if row["next_at"] is not None else None,
    )  # fmt: skip


HANDLERS: list[Any] = [record_call, list_calls]
