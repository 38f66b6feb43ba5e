"""Arrivals for programs: record one, list, open one, explain it, reveal what is masked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from tongxin.access import facts as access
from tongxin.access.looking import found_by_number
from tongxin.arrivals import facts, queries, rules
from tongxin.arrivals.instants import ensure_happened
from tongxin.arrivals.whence import by_todays_codes
from tongxin.base import masking
from tongxin.base.areas import area_code
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import (
    OUTSIDE_REMIT,
    Asker,
    AtDesk,
    Bulk,
    Desk,
    Now,
    Office,
    Who,
    drafted,
    taken,
)
from tongxin.divisions.id_regions import is_region_unknown
from tongxin.ledger.clusters import keeper
from tongxin.ledger.facts import EPISODE, REGISTRATION, Draft, Verdict
from tongxin.ledger.store import Store
from tongxin.policy.engine import standing_at
from tongxin.policy.explain import explain
from tongxin.policy.judgement import Judgement
from tongxin.registry.residents import rules as residents
from tongxin.registry.rules import Judged

MOST = 200
ONE_OBSERVATION = ProblemKind(
    "arrivals.one_observation",
    422,
    zh="一次只能记录一项观察（检测、体温、症状或地点），这次有 {count} 项。",
    en="Record one observation at a time (test, temperature, symptom or place); this has {count}.",
)


class NewArrival(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An arrival as a form or another program sends it; the server signs it for its author.

    `id` (UUIDv7) makes sending twice safe; `area` is the village that the person came to.
    """

    area: str
    arrival: facts.ArrivalRecorded
    id: str | None = None
    person: str | None = None
    episode: str | None = None


_NEW: Final = msgspec.json.Decoder(NewArrival)


class Recorded(Struct, frozen=True):
    """Where the record is now: durable, and visible under these ids."""

    id: str
    outcome: str
    person: str
    episode: str
    seq: int | None


class Journey(Struct, frozen=True):
    """One journey as a list shows it: personal fields masked.

    `is_region_unknown`: no list knows the region of the ID number; a hint to look at the card.
    """

    person: str
    episode: str
    name: str
    id_number: str
    phone: str
    area: str
    arrived_at: datetime
    from_area: str
    from_name: str
    category: str | None
    label: Text
    standing: str
    mode: str
    until: datetime | None
    pack: str
    is_region_unknown: bool


class Journeys(Struct, frozen=True):
    """A page of journeys, and how many there are in all."""

    total: int
    journeys: list[Journey]


class Reason(Struct, frozen=True):
    """Why somebody wants to see what is masked."""

    reason: Annotated[str, msgspec.Meta(min_length=4, max_length=200)]


class Revealed(Struct, frozen=True):
    """The fields as recorded, empty where none is. That they were looked at is recorded too."""

    name: str
    id_number: str = ""
    phone: str = ""
    address: str = ""


@post("/api/v1/arrivals", opt={"may": "arrivals.record"})
async def record_arrival(
    asker: Asker, office: Office, now: Now, data: JSONBody[NewArrival]
) -> Recorded:
    """Record an arrival; answers once it is durable, judged and visible."""
    draft = _arrival(asker, office, now, data)
    return _recorded(draft, (await office.recorded([draft], now))[0])


async def arrival_in_bulk(who: Who, store: Store, now: datetime, body: bytes) -> Bulk:
    """The same, read by the lane for those who come in crowds."""
    draft = _arrival(who, store, now, _NEW.decode(body))
    return Bulk([draft], lambda verdicts: _recorded(draft, verdicts[0]))


def arrived(desk: Desk, new: NewArrival) -> Recorded:
    """Record an arrival; returns once it is durable, judged and visible."""
    draft = _arrival(desk.who, desk.store, desk.now, new)
    return _recorded(draft, desk.store.record([draft], desk.now)[0])


def _arrival(who: Who, store: Store, now: datetime, new: NewArrival) -> Draft:
    area = area_code(new.area, "area")
    fact = fact_id(new.id, "id") if new.id else new_id()
    episode = fact_id(new.episode, "episode") if new.episode else fact
    person = subject_id(new.person, "person") if new.person else f"person-{fact}"
    return drafted(
        who, store, now, facts.ARRIVAL_RECORDED, by_todays_codes(new.arrival), subject=person,
        purpose=f"{EPISODE}:{episode}", area=area, id=fact,
    )  # fmt: skip


def _recorded(draft: Draft, verdict: Verdict) -> Recorded:
    taken(verdict)
    episode = draft.purpose.partition(":")[2]
    return Recorded(verdict.id, verdict.outcome, draft.subject, episode, verdict.seq)


@get("/api/v1/arrivals", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_arrivals(
    desk: AtDesk,
    area: FromQuery[str] = "",
    category: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    sort: FromQuery[str] = "newest",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Journeys:
    """Journeys in the asker's remit, masked; narrowed by area, category, figure and day."""
    wanted = queries.Wanted(area=area, category=category, figure=figure, day=day, sort=sort)
    rows = queries.journeys(desk.remit, desk.connection, desk.township, wanted, most, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    return Journeys(total, [shown(row, desk.now) for row in rows])


class Finding(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom somebody looks for: the beginning of a name, pinyin letters, last four digits or a
    whole number. In a body, so that no address holds it. `area` and `category` narrow it.
    """

    sought: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    area: str = ""
    category: str = ""


@post("/api/v1/arrivals/find", opt={"may": "arrivals.read"}, sync_to_thread=True, status_code=200)
def find_arrivals(desk: AtDesk, data: JSONBody[Finding]) -> Journeys:
    """Journeys by name, pinyin letters or last digits: `total` counts no further than 200."""
    sought = residents.sought(data.sought)
    if sought is None:
        return Journeys(0, [])
    wanted = queries.Wanted(area=data.area, category=data.category, sought=sought)
    rows = queries.journeys(desk.remit, desk.connection, desk.township, wanted, MOST, 0)
    if sought.is_whole_number:
        found_by_number(desk, (row["subject"] for row in rows))
    return Journeys(len(rows), [shown(row, desk.now) for row in rows])


@get("/api/v1/arrivals/{person:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def show_person(desk: AtDesk, person: FromPath[str]) -> list[Journey]:
    """One person's journeys, newest first, masked."""
    return [shown(row, desk.now) for row in found(desk, person)]


@post("/api/v1/arrivals/{person:str}/reveal", opt={"may": "arrivals.reveal"}, sync_to_thread=True)
def reveal(desk: AtDesk, person: FromPath[str], data: JSONBody[Reason]) -> Revealed:
    """The unmasked fields of somebody's newest journey, once the look itself is recorded."""
    return revealed(desk, person, data.reason)


def revealed(desk: Desk, person: str, reason: str) -> Revealed:
    """Record that these fields were looked at and why, then give them."""
    return looked(desk, found(desk, person)[0], reason)


def looked(
    desk: Desk, row: Mapping[str, Any], reason: str, may: str = "arrivals.reveal",
    wanted: Collection[str] = Revealed.__struct_fields__,
) -> Revealed:  # fmt: skip
    """The same of any row about a person that was found in the remit: what it has of the `wanted`.

    `may`: the capability that shows them where the row lies; `desk.outside_remit` without it.
    """
    if not desk.remit.allows(may, row["area"]):
        raise OUTSIDE_REMIT(area=row["area"])
    fields = tuple(name for name in Revealed.__struct_fields__ if name in wanted and name in row)
    desk.record(
        access.REVEALED, access.Revealed(subject=row["subject"], fields=fields, reason=reason),
        subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    return Revealed(**{name: row[name] for name in fields})


def found(desk: Desk, person: str) -> list[queries.Row]:
    """The person's journeys in the remit, or `base.not_found`."""
    subject = subject_id(person, "person")
    rows = queries.journeys_of(desk.remit, desk.connection, desk.township, subject)
    if not rows:
        raise NOT_FOUND()
    return rows


def shown(row: queries.Row, now: datetime) -> Journey:
    """A journey's row as it is shown: masked, with where it stands now."""
    span = rules.span_at(msgspec.json.decode(row["spans"], type=list[rules.Span]), to_ms(now))
    return Journey(
        person=row["subject"], episode=row["episode"], name=masking.name(row["name"]),
        id_number=masking.id_number(row["id_number"]), phone=masking.phone(row["phone"]),
        area=row["area"], arrived_at=from_ms(row["arrived_at"]), from_area=row["from_area"],
        from_name=row["from_name"], category=row["category"],
        label=Text(row["label_zh"], row["label_en"]), standing=span.word, mode=span.mode,
        until=from_ms(row["until_at"]) if row["until_at"] is not None else None, pack=row["pack"],
        is_region_unknown=is_region_unknown(row["id_number"] or ""),
    )  # fmt: skip


class Line(Struct, frozen=True):
    """One sentence of an explanation, with the facts behind it and where its clause is found.

    `place` is an area code, or one with the declared name after `#`; empty where none is meant.
    `places` are those to be answered about by name.
    """

    topic: str
    text: Text
    facts: tuple[str, ...]
    clause: Text | None
    source: Text | None
    place: str = ""
    places: tuple[str, ...] = ()


class Explanation(Struct, frozen=True):
    """Why one episode stands as it does, until when, what is asked and owed, how to object."""

    episode: str
    pack: str
    lines: list[Line]


class Observed(Struct, frozen=True, forbid_unknown_fields=True):
    """What was observed about a person; exactly one of these."""

    episode: str
    swab: facts.SwabResulted | None = None
    temperature: facts.TemperatureTaken | None = None
    symptom: facts.SymptomSeen | None = None
    recovery: facts.RecoveryFound | None = None
    answer: facts.PlaceAnswered | None = None
    answers: facts.PlacesAnswered | None = None


@get(
    "/api/v1/arrivals/{person:str}/explanation",
    opt={"may": "arrivals.read"},
    sync_to_thread=True,
)
def explain_person(desk: AtDesk, person: FromPath[str]) -> list[Explanation]:
    """Why each of a person's episodes stands as it does."""
    found(desk, person)
    return explained(desk, person)


@post(
    "/api/v1/arrivals/{person:str}/observations",
    opt={"may": "arrivals.record"},
    sync_to_thread=True,
)
def observe(desk: AtDesk, person: FromPath[str], data: JSONBody[Observed]) -> Verdict:
    """Record a test result, a temperature, a symptom, a recovery, or answers about places."""
    return observed(desk, person, data)


def explained(desk: Desk, person: str) -> list[Explanation]:
    """The explanation of each journey, newest last; the person was found in the remit."""
    records = desk.records(subject_id(person, "person"))
    if not records:
        raise NOT_FOUND()
    return explanations(desk.judged(records), desk.now)


def explanations(judged: Mapping[str, Judged], now: datetime) -> list[Explanation]:
    """The explanation of each judged episode as it stands at `now`."""
    return [
        Explanation(
            episode,
            f"{each.plan.pack}@{each.plan.version}",
            [
                Line(
                    line.topic,
                    line.text,
                    line.facts,
                    line.clause,
                    line.source,
                    line.place,
                    line.places,
                )
                for line in explain(Judgement(each.plan, standing_at(each.plan, now)), each.pack)
            ],
        )
        for episode, each in judged.items()
    ]


def observed(desk: Desk, person: str, seen: Observed) -> Verdict:
    """Record one observation about a person in the remit."""
    rows = found(desk, person)
    records = desk.records(subject_id(person, "person"))
    purpose = f"{EPISODE}:{seen.episode}"
    if not any(e.header.purpose == purpose for each in records for e in each.readable):
        raise NOT_FOUND()
    told = [
        (kind, body)
        for kind, body in (
            (facts.SWAB_RESULTED, seen.swab), (facts.TEMPERATURE_TAKEN, seen.temperature),
            (facts.SYMPTOM_SEEN, seen.symptom), (facts.RECOVERY_FOUND, seen.recovery),
            (facts.PLACE_ANSWERED, seen.answer), (facts.PLACES_ANSWERED, seen.answers),
        )
        if body is not None
    ]  # fmt: skip
    if len(told) != 1:
        raise ONE_OBSERVATION(count=len(told))
    kind, body = told[0]
    ensure_happened(body, desk.now)
    return desk.record(
        kind, body, subject=keeper(records, purpose), purpose=purpose, area=rows[0]["area"]
    )


HANDLERS: list[Any] = [
    record_arrival, list_arrivals, find_arrivals, show_person, reveal, explain_person, observe,
]  # fmt: skip
