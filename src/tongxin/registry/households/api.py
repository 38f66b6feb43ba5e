"""Households for programs: register one with all who live in it, list, open, tell what happened."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.base.areas import area_code
from tongxin.base.clock import from_ms
from tongxin.base.ids import beside, fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import REGISTRATION, Draft, Fact, Instant, Kind, Told, Verdict
from tongxin.registry.households import facts, queries
from tongxin.registry.links import facts as links
from tongxin.registry.residents import facts as residents
from tongxin.registry.residents import queries as people
from tongxin.registry.telling import happened, only

STILL_LIVED_IN = ProblemKind(
    "registry.still_lived_in",
    409,
    zh="这一户还有 {count} 人，请先把人迁到别户或注销。",
    en="{count} people still belong to this household: move them or strike them off first.",
)
MOST: Final = 200
_AT_ONCE: Final = 100
_KINDS: Final = {
    "registered": facts.HOUSEHOLD_REGISTERED, "placed": facts.HOUSEHOLD_PLACED,
    "visited": facts.HOUSEHOLD_VISITED, "rechecked": facts.HOUSEHOLD_RECHECKED,
    "dissolved": facts.HOUSEHOLD_DISSOLVED, "linked": links.HOUSEHOLD_LINKED,
    "unlinked": links.HOUSEHOLD_UNLINKED,
}  # fmt: skip


class NewMember(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody who lives in a new household; what is known of being away and of needs with it."""

    name: residents.Name
    relation: residents.Relation = "other"
    id_number: residents.IdNumber = ""
    phone: residents.Phone = ""
    sex: residents.Sex = ""
    born_on: date | None = None
    away: residents.ResidentAway | None = None
    needs: tuple[residents.Need, ...] = ()


class NewHousehold(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A household with its members and the members of the Party who look after it.

    `visited` is what came of the visit at which it was written down, if there was one. `id`
    (UUIDv7) makes sending twice safe. `at` is when it was written down, if not now.
    """

    grid: facts.Leaf
    address: facts.Address
    number: facts.Number = ""
    position: facts.Position | None = None
    members: Annotated[tuple[NewMember, ...], Meta(max_length=40)] = ()
    linked: Annotated[tuple[links.StaffId, ...], Meta(max_length=5)] = ()
    visited: facts.HouseholdVisited | None = None
    id: str | None = None
    at: Instant | None = None


class NewHouseholds(Told, frozen=True, forbid_unknown_fields=True):
    """Several households, recorded together."""

    households: Annotated[list[NewHousehold], Meta(min_length=1, max_length=_AT_ONCE)]


class Registered(Struct, frozen=True):
    """Where a household and its members are recorded now, in the order in which they were told."""

    household: str
    members: list[str]


class Happened(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that happened to a household, and when, if not now."""

    at: Instant | None = None
    registered: facts.HouseholdRegistered | None = None
    placed: facts.HouseholdPlaced | None = None
    visited: facts.HouseholdVisited | None = None
    rechecked: facts.HouseholdRechecked | None = None
    dissolved: facts.HouseholdDissolved | None = None
    linked: links.HouseholdLinked | None = None
    unlinked: links.HouseholdUnlinked | None = None


class Household(Struct, frozen=True):
    """A household as a list shows it. The instants are null where nobody was met, or knocked."""

    household: str
    area: str
    address: str
    number: str
    linked: int
    met_at: datetime | None
    visited_at: datetime | None
    result: str


class Households(Struct, frozen=True):
    """A page of households, and how many there are in all."""

    total: int
    households: list[Household]


@post("/api/v1/households", opt={"may": "registry.record"}, sync_to_thread=True)
def register_households(desk: AtDesk, data: JSONBody[NewHouseholds]) -> list[Registered]:
    """Register households with their members and links; all of it, or none."""
    return registered(desk, data.households)


@get("/api/v1/households", opt={"may": "registry.doors"}, sync_to_thread=True)
def list_households(
    desk: AtDesk,
    area: FromQuery[str] = "",
    words: FromQuery[str] = "",
    unlinked: FromQuery[bool] = False,
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    sort: FromQuery[str] = "door",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Households:
    """Households in the asker's remit: doors, and nobody's name."""
    wanted = queries.Wanted(
        area=area, words=words, unlinked=unlinked, figure=figure, day=day, sort=sort
    )
    rows = queries.households(desk.remit, desk.connection, desk.township, wanted, most, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    return Households(total, [shown(row) for row in rows])


@get("/api/v1/households/{household:str}", opt={"may": "registry.doors"}, sync_to_thread=True)
def show_household(desk: AtDesk, household: FromPath[str]) -> Household:
    """One household."""
    return shown(found(desk, household))


@post(
    "/api/v1/households/{household:str}/records", opt={"may": "registry.visit"}, sync_to_thread=True
)
def tell_household(desk: AtDesk, household: FromPath[str], data: JSONBody[Happened]) -> Verdict:
    """Tell one thing that happened to a household; each needs the capability of its kind."""
    return told(desk, household, data)


def registered(desk: Desk, new: list[NewHousehold]) -> list[Registered]:
    """Register households with all that was told of them, in one commit."""
    made = [_drafts(desk, each) for each in new]
    desk.record_all([draft for _, drafts in made for draft in drafts])
    return [where for where, _ in made]


def _drafts(desk: Desk, new: NewHousehold) -> tuple[Registered, list[Draft]]:
    fact = fact_id(new.id, "id") if new.id else new_id()
    household, at = f"household-{fact}", happened(new.at, desk.now)
    body = facts.HouseholdRegistered(
        grid=new.grid, address=new.address, number=new.number, position=new.position
    )
    area = area_code(new.grid, "grid")
    told: list[tuple[Kind, Fact, str]] = [(facts.HOUSEHOLD_REGISTERED, body, fact)]
    if new.visited is not None:
        told.append((facts.HOUSEHOLD_VISITED, new.visited, beside(fact, "visited")))
    for staff in new.linked:
        linked = links.HouseholdLinked(staff=staff)
        told.append((links.HOUSEHOLD_LINKED, linked, beside(fact, "linked", staff)))
    drafts = [
        desk.draft(
            kind, said, subject=household, purpose=REGISTRATION, area=area, happened_at=at, id=name
        )
        for kind, said, name in told
    ]
    people: list[str] = []
    for n, member in enumerate(new.members):
        key = beside(fact, "member", str(n))
        people.append(f"person-{key}")
        drafts += member_drafts(desk, household, area, member, key, at)
    return Registered(household, people), drafts


def member_drafts(
    desk: Desk,
    household: str,
    area: str,
    member: NewMember,
    key: str,
    at: datetime,
    person: str = "",
) -> list[Draft]:
    """The facts about one member: who it is, and if told, that he is away, and what he needs."""
    body = residents.ResidentRegistered(
        household=household, name=member.name, relation=member.relation,
        id_number=member.id_number, phone=member.phone, sex=member.sex, born_on=member.born_on,
    )  # fmt: skip
    told: list[tuple[Kind, Fact, str]] = [(residents.RESIDENT_REGISTERED, body, key)]
    if member.away is not None:
        told.append((residents.RESIDENT_AWAY, member.away, beside(key, "away")))
    if member.needs:
        noted = residents.NeedsNoted(needs=member.needs)
        told.append((residents.NEEDS_NOTED, noted, beside(key, "needs")))
    return [
        desk.draft(
            kind, said, subject=person or f"person-{key}", purpose=REGISTRATION, area=area,
            happened_at=at, id=name,
        )
        for kind, said, name in told
    ]  # fmt: skip


def told(desk: Desk, household: str, happening: Happened) -> Verdict:
    """Record one thing that happened to a household in the remit."""
    row = found(desk, household)
    kind, body = only(happening, _KINDS)
    area = body.grid if isinstance(body, facts.HouseholdPlaced) else row["area"]
    if isinstance(body, facts.HouseholdRegistered):
        area = body.grid
    if isinstance(body, facts.HouseholdDissolved):
        _must_be_empty(desk, row["subject"])
    return desk.record(
        kind, body, subject=row["subject"], purpose=REGISTRATION, area=area_code(area, "grid"),
        happened_at=happened(happening.at, desk.now),
    )  # fmt: skip


def _must_be_empty(desk: Desk, household: str) -> None:
    members = people.members(desk.remit, desk.connection, desk.township, [household])[household]
    if members:
        raise STILL_LIVED_IN(count=len(members))


def found(desk: Desk, household: str) -> queries.Row:
    """The household in the remit, or `base.not_found`."""
    subject = subject_id(household, "household")
    row = queries.household_of(desk.remit, desk.connection, desk.township, subject)
    if row is None:
        raise NOT_FOUND()
    return row


def shown(row: queries.Row) -> Household:
    """A household's row as it is shown."""
    return Household(
        household=row["subject"], area=row["area"], address=row["address"],
        number=row["number"], linked=row["links"],
        met_at=from_ms(row["met_at"]) if row["met_at"] else None,
        visited_at=from_ms(row["visited_at"]) if row["visited_at"] else None,
        result=row["result"],
    )  # fmt: skip


HANDLERS: list[Any] = [register_households, list_households, show_household, tell_household]
