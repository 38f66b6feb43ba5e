"""Calls for programs: note somebody who is away, say what came of a call, list who is next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from tongxin.arrivals.calls import facts, queries
from tongxin.arrivals.facts import Phone
from tongxin.base import masking
from tongxin.base.areas import AreaCode, area_code, village_of
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import EPISODE, Outcome
from tongxin.policy.calls import call_words
from tongxin.registry.queries import in_force_at
from tongxin.registry.residents import queries as residents

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


class ResidentCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of a call to a resident; `phone` only where it changed.

    Name and where he is away are the registry's.
    """

    outcome: facts.CallOutcome
    id: str | None = None
    called_at: datetime | None = None
    phone: Phone = ""
    returns_on: datetime | None = None
    note: facts.Note = ""


class Recorded(Struct, frozen=True):
    """Where the call is now: durable, and visible under these ids."""

    id: str
    outcome: Outcome
    person: str
    episode: str


class Call(Struct, frozen=True):
    """Somebody away as the list shows him, masked; `next_at` is when the next call falls due.

    Of a resident whom nobody has called yet `episode` is empty, `called_at` is null, and `next_at`
    is when he went: he is to be called now. `words`: what the rules call the place where he is, as
    far as they ask for calls to it.
    """

    person: str
    episode: str
    name: str
    phone: str
    area: str
    away_area: str
    away_name: str
    outcome: str
    called_at: datetime | None
    unanswered: int
    returns_on: datetime | None
    next_at: datetime | None
    words: tuple[str, ...] = ()


class Calls(Struct, frozen=True):
    """A page of those who are away, and how many there are in all."""

    total: int
    calls: list[Call]


@post("/api/v1/calls", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record_call(desk: AtDesk, data: JSONBody[NewCall]) -> Recorded:
    """Record a call to somebody who is away, or that he is to be called."""
    return made(desk, data)


@post(
    "/api/v1/calls/residents/{person:str}", opt={"may": "registry.record"}, sync_to_thread=True
)  # fmt: skip
def record_resident_call(
    desk: AtDesk, person: FromPath[str], data: JSONBody[ResidentCall]
) -> Recorded:
    """Record a call to a resident whom the registry knows to be away."""
    return resident_called(desk, person, data)


@get("/api/v1/calls", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_calls(
    desk: AtDesk,
    due: FromQuery[bool] = True,
    village: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Calls:
    """Whom to call now (`due`), or all who are away.

    First residents away in a named area whom nobody has called, then by when each is to be called.
    """
    return listed(desk, due, village, most, after)


def named(desk: Desk) -> dict[str, tuple[str, ...]]:
    """Where residents are away and are to be called, by code, with the pack's words for it."""
    context = desk.context()
    if not context.packs:
        return {}
    pack = in_force_at(context.packs, desk.now).pack
    codes = residents.away_codes(desk.connection, desk.township)
    words = {code: call_words(code, pack, context.situation, desk.now) for code in codes}
    return {code: held for code, held in words.items() if held}


def listed(desk: Desk, due: bool, village: str, most: int, after: int) -> Calls:
    """A page of the worklist, and how many stand on it in all."""
    where = (desk.remit, desk.connection, desk.township)
    by, words = to_ms(desk.now) if due else None, named(desk)
    fresh = queries.how_many_uncalled(*where, words, village)
    page = [
        shown_uncalled(row, words)
        for row in queries.uncalled(*where, words, most, after, village)
    ]  # fmt: skip
    rows = queries.calls(*where, by, most - len(page), max(0, after - fresh), village)
    page += [shown(row, words) for row in rows]
    return Calls(fresh + queries.how_many(*where, by, village), page)


def how_many(desk: Desk, due: bool) -> int:
    """How many are to be called now (`due`), or are known to be away."""
    where = (desk.remit, desk.connection, desk.township)
    by = to_ms(desk.now) if due else None
    return queries.how_many_uncalled(*where, named(desk)) + queries.how_many(*where, by)


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


def resident_called(desk: Desk, person: str, told: ResidentCall) -> Recorded:
    """Record a call to a resident; one after an earlier call belongs to the same episode."""
    row = away(desk, person)
    before = queries.latest_of(desk.remit, desk.connection, desk.township, row["subject"])
    again = before is not None and before["called_at"] >= row["away_at"]
    call = facts.AwayCalled(
        name=row["name"], called_at=told.called_at or desk.now, outcome=told.outcome,
        phone=told.phone or row["phone"], away_area=row["away_area"] or "",
        away_name=row["away_name"] or "", returns_on=told.returns_on, note=told.note,
    )  # fmt: skip
    return made(
        desk,
        NewCall(
            area=village_of(AreaCode(row["area"])), call=call, id=told.id, person=row["subject"],
            episode=before["episode"] if before is not None and again else None,
        ),
    )  # fmt: skip


def away(desk: Desk, person: str) -> residents.Row:
    """A resident in the remit who is away, or `base.not_found`."""
    subject = subject_id(person, "person")
    row = residents.resident_of(desk.remit, desk.connection, desk.township, subject)
    if row is None or row["away_at"] is None:
        raise NOT_FOUND()
    return row


def found(desk: Desk, person: str, episode: str) -> queries.Row:
    """The latest call of an episode in the remit, or `base.not_found`."""
    subject = subject_id(person, "person")
    row = queries.call_of(desk.remit, desk.connection, desk.township, subject, episode)
    if row is None:
        raise NOT_FOUND()
    return row


def shown(row: queries.Row, words: Mapping[str, tuple[str, ...]]) -> Call:
    """A row of a call as it is shown: masked."""
    return Call(
        person=row["subject"], episode=row["episode"], name=masking.name(row["name"]),
        phone=masking.phone(row["phone"]), area=row["area"], away_area=row["away_area"],
        away_name=row["away_name"], outcome=row["outcome"], called_at=from_ms(row["called_at"]),
        unanswered=row["unanswered"],
        returns_on=from_ms(row["returns_on"]) if row["returns_on"] is not None else None,
        next_at=from_ms(row["next_at"]) if row["next_at"] is not None else None,
        words=words.get(row["away_area"], ()),
    )  # fmt: skip


def shown_uncalled(row: residents.Row, words: Mapping[str, tuple[str, ...]]) -> Call:
    """A resident whom nobody has called since he went, as he is shown: masked."""
    return Call(
        person=row["subject"], episode="", name=masking.name(row["name"]),
        phone=masking.phone(row["phone"]), area=village_of(AreaCode(row["area"])),
        away_area=row["away_area"] or "", away_name=row["away_name"] or "", outcome="",
        called_at=None, unanswered=0, returns_on=None, next_at=from_ms(row["away_at"]),
        words=words.get(row["away_area"] or "", ()),
    )  # fmt: skip


HANDLERS: list[Any] = [record_call, record_resident_call, list_calls]
