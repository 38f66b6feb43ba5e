"""Residents and visitors for programs: list, search, open, reveal, tell what happened."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct, structs

from tongxin.access import facts as access
from tongxin.access.looking import found_by_number
from tongxin.base import masking
from tongxin.base.clock import day_of, from_ms
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import OUTSIDE_REMIT, AtDesk, Desk
from tongxin.divisions.id_regions import is_region_unknown
from tongxin.ledger.facts import REGISTRATION, Instant, Told, Verdict
from tongxin.registry.households import api as households
from tongxin.registry.residents import facts, queries, rules
from tongxin.registry.telling import happened, only

MOST: Final = 200
FIELDS: Final = ("name", "id_number", "phone", "born_on")
_KINDS: Final = {
    "registered": facts.RESIDENT_REGISTERED, "hosted": facts.VISITOR_HOSTED,
    "away": facts.RESIDENT_AWAY, "back": facts.RESIDENT_BACK, "needs": facts.NEEDS_NOTED,
    "left": facts.RESIDENT_LEFT,
}  # fmt: skip


class NewVisitor(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody from elsewhere who stays with a household."""

    name: facts.Name
    id_number: facts.IdNumber = ""
    phone: facts.Phone = ""
    sex: facts.Sex = ""
    from_area: facts.Code = ""
    from_name: facts.Short = ""
    reason: facts.Short = ""
    until: date | None = None


class NewMember(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who joins a household that is registered: lives there, or visits.

    Exactly one of `member` and `visitor`. `id` (UUIDv7) makes sending twice safe; `person` is for
    somebody whom the township knows already, as by an arrival.
    """

    member: households.NewMember | None = None
    visitor: NewVisitor | None = None
    id: str | None = None
    person: str | None = None
    at: Instant | None = None


class Joined(Struct, frozen=True):
    """Who the new member is, for what is told next."""

    person: str


class Happened(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that happened to somebody, and when, if not now."""

    at: Instant | None = None
    registered: facts.ResidentRegistered | None = None
    hosted: facts.VisitorHosted | None = None
    away: facts.ResidentAway | None = None
    back: facts.ResidentBack | None = None
    needs: facts.NeedsNoted | None = None
    left: facts.ResidentLeft | None = None


class Resident(Struct, frozen=True):
    """Somebody as a list shows him: masked. `age` in years; null where no day of birth is known.

    `is_region_unknown`: no list knows the region of the ID number; a hint to look at the card.
    """

    person: str
    household: str
    area: str
    visitor: bool
    relation: str
    name: str
    id_number: str
    is_region_unknown: bool
    phone: str
    sex: str
    age: int | None
    away_at: datetime | None
    away_area: str | None
    away_name: str | None
    back_by: date | None
    until: date | None
    from_name: str
    needs: tuple[str, ...]


class Residents(Struct, frozen=True):
    """A page of people, and how many there are in all."""

    total: int
    residents: list[Resident]


class Finding(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to look for: the beginning of a name, its pinyin letters, the last four of a
    number, or a whole number.

    Posted, so that no address and no log holds a name.
    """

    sought: Annotated[str, Meta(min_length=1, max_length=60)]


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody wants to see what is masked."""

    reason: Annotated[str, Meta(min_length=4, max_length=200)]


class Revealed(Struct, frozen=True):
    """One person's fields as recorded. That they were looked at is recorded too."""

    person: str
    name: str
    id_number: str
    phone: str
    born_on: str | None


@get("/api/v1/residents", opt={"may": "registry.read"}, sync_to_thread=True)
def list_residents(
    desk: AtDesk,
    area: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Residents:
    """People in the asker's remit, masked; narrowed by area, kind, figure and day."""
    wanted = queries.Wanted(area=area, kind=kind, figure=figure, day=day)
    return _page(desk, wanted, most, after)


@post("/api/v1/residents/find", opt={"may": "registry.read"}, sync_to_thread=True, status_code=200)
def find_residents(desk: AtDesk, data: JSONBody[Finding]) -> Residents:
    """People by name, pinyin letters or last digits: `total` counts no further than 200."""
    sought = rules.sought(data.sought)
    if sought is None:
        return Residents(0, [])
    wanted = queries.Wanted(sought=sought)
    rows = queries.residents(desk.remit, desk.connection, desk.township, wanted, MOST, 0)
    if sought.is_whole_number:
        found_by_number(desk, (row["subject"] for row in rows))
    return Residents(len(rows), [shown(row, desk.now) for row in rows])


@get(
    "/api/v1/households/{household:str}/members", opt={"may": "registry.read"}, sync_to_thread=True
)
def list_members(desk: AtDesk, household: FromPath[str]) -> list[Resident]:
    """Who belongs to a household: the head first, visitors last."""
    return [shown(row, desk.now) for row in members_of(desk, household)]


@post(
    "/api/v1/households/{household:str}/members",
    opt={"may": "registry.record"},
    sync_to_thread=True,
)
def add_member(desk: AtDesk, household: FromPath[str], data: JSONBody[NewMember]) -> Joined:
    """Somebody joins a household, to live there or as its guest."""
    return joined(desk, household, data)


@post(
    "/api/v1/households/{household:str}/reveal",
    opt={"may": "registry.reveal"},
    sync_to_thread=True,
    status_code=200,
)
def reveal_members(
    desk: AtDesk, household: FromPath[str], data: JSONBody[Reason]
) -> list[Revealed]:
    """The unmasked fields of a household's members, once the look itself is recorded."""
    return revealed(desk, members_of(desk, household), data.reason)


@get("/api/v1/residents/{person:str}", opt={"may": "registry.read"}, sync_to_thread=True)
def show_resident(desk: AtDesk, person: FromPath[str]) -> Resident:
    """One person, masked."""
    return shown(found(desk, person), desk.now)


@post("/api/v1/residents/{person:str}/records", opt={"may": "registry.record"}, sync_to_thread=True)
def tell_resident(desk: AtDesk, person: FromPath[str], data: JSONBody[Happened]) -> Verdict:
    """Tell one thing that happened to somebody."""
    return told(desk, person, data)


def joined(desk: Desk, household: str, new: NewMember) -> Joined:
    """Record that somebody joins a household in the remit."""
    row = households.found(desk, household)
    key = fact_id(new.id, "id") if new.id else new_id()
    at = happened(new.at, desk.now)
    only(new, {"member": facts.RESIDENT_REGISTERED, "visitor": facts.VISITOR_HOSTED})
    person = subject_id(new.person, "person") if new.person else f"person-{key}"
    if new.member is not None:
        drafts = households.member_drafts(
            desk, row["subject"], row["area"], new.member, key, at, person
        )
    elif new.visitor is not None:
        guest = facts.VisitorHosted(household=row["subject"], **structs.asdict(new.visitor))
        drafts = [
            desk.draft(
                facts.VISITOR_HOSTED, guest, subject=person, purpose=REGISTRATION,
                area=row["area"], happened_at=at, id=key,
            )
        ]  # fmt: skip
    desk.record_all(drafts)
    return Joined(person)


def told(desk: Desk, person: str, happening: Happened) -> Verdict:
    """Record one thing that happened to somebody in the remit."""
    row = found(desk, person)
    kind, body = only(happening, _KINDS)
    area = row["area"]
    if isinstance(body, facts.ResidentRegistered | facts.VisitorHosted):
        area = households.found(desk, body.household)["area"]
    return desk.record(
        kind, body, subject=row["subject"], purpose=REGISTRATION, area=area,
        happened_at=happened(happening.at, desk.now),
    )  # fmt: skip


def revealed(desk: Desk, rows: Sequence[queries.Row], reason: str) -> list[Revealed]:
    """Record who is looked at, each by himself, and why; then give the fields."""
    for row in rows:
        if not desk.remit.allows("registry.reveal", row["area"]):
            raise OUTSIDE_REMIT(area=row["area"])
    desk.record_all(
        [
            desk.draft(
                access.REVEALED,
                access.Revealed(subject=row["subject"], fields=FIELDS, reason=reason),
                subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
            )
            for row in rows
        ]
    )  # fmt: skip
    return [Revealed(row["subject"], *(row[field] for field in FIELDS)) for row in rows]


def members_of(desk: Desk, household: str) -> list[queries.Row]:
    """Who belongs to a household in the remit, or `base.not_found`."""
    row = households.found(desk, household)
    name = row["subject"]
    return queries.members(desk.remit, desk.connection, desk.township, [name])[name]


def found(desk: Desk, person: str) -> queries.Row:
    """The person in the remit, or `base.not_found`."""
    subject = subject_id(person, "person")
    row = queries.resident_of(desk.remit, desk.connection, desk.township, subject)
    if row is None:
        raise NOT_FOUND()
    return row


def shown(row: queries.Row, now: datetime) -> Resident:
    """A person's row as it is shown: masked."""
    return Resident(
        person=row["subject"], household=row["household"], area=row["area"],
        visitor=row["hosted_at"] is not None, relation=row["relation"],
        name=masking.name(row["name"]),
        id_number=masking.id_number(row["id_number"]),
        is_region_unknown=is_region_unknown(row["id_number"] or ""),
        phone=masking.phone(row["phone"]),
        sex=row["sex"], age=age(row["born_on"], day_of(now)),
        away_at=None if row["away_at"] is None else from_ms(row["away_at"]),
        away_area=row["away_area"], away_name=row["away_name"], back_by=_day(row["back_by"]),
        until=_day(row["until_on"]), from_name=row["from_name"],
        needs=tuple((row["needs"] or "").split()),
    )  # fmt: skip


def age(born_on: str | None, today: date) -> int | None:
    """Years of age on a day."""
    born = _day(born_on)
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _page(desk: Desk, wanted: queries.Wanted, most: int, after: int) -> Residents:
    rows = queries.residents(desk.remit, desk.connection, desk.township, wanted, most, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    return Residents(total, [shown(row, desk.now) for row in rows])


HANDLERS: list[Any] = [
    list_residents, find_residents, list_members, add_member, reveal_members, show_resident,
    tell_resident,
]  # fmt: skip
