"""Staff for programs: enrol, list, open, reveal, give posts, sign in to serve."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.access import facts as access
from tongxin.base import masking
from tongxin.base.areas import area_code
from tongxin.base.clock import civil_day, day_of, from_ms, start_of, to_ms
from tongxin.base.ids import beside, fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import OUTSIDE_REMIT, AtDesk, Desk
from tongxin.ledger.facts import REGISTRATION, Draft, Fact, Instant, Kind, Told, Verdict
from tongxin.registry.staff import facts, queries
from tongxin.registry.telling import happened, only

ENROLLED_ALREADY = ProblemKind(
    "registry.enrolled_already",
    409,
    zh="这个身份证号已经登记过一名工作人员，同一个人只登记一次。",
    en="Somebody of the staff has this ID number already; nobody is enrolled twice.",
)
MOST: Final = 200
_AT_ONCE: Final = 100
FIELDS: Final = ("phone", "id_number")
_KINDS: Final = {
    "enrolled": facts.STAFF_ENROLLED, "left": facts.STAFF_LEFT, "filled": facts.POST_FILLED,
    "vacated": facts.POST_VACATED, "signed": facts.SERVICE_SIGNED,
}  # fmt: skip


class NewStaff(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody to enrol, in a village or for the whole township (`area`).

    `posts` are filled at once. `id` (UUIDv7) makes sending twice safe.
    """

    area: str
    staff: facts.StaffEnrolled
    posts: Annotated[tuple[facts.PostFilled, ...], Meta(max_length=10)] = ()
    id: str | None = None
    at: Instant | None = None


class NewStaffs(Told, frozen=True, forbid_unknown_fields=True):
    """Several people to enrol, recorded together."""

    staff: Annotated[list[NewStaff], Meta(min_length=1, max_length=_AT_ONCE)]


class Enrolled(Struct, frozen=True):
    """Where the record is now."""

    staff: str


class Happened(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing about somebody of the staff, and when, if not now.

    `area` is where somebody served, or where he works from now on, if not where he is enrolled.
    """

    at: Instant | None = None
    area: str = ""
    enrolled: facts.StaffEnrolled | None = None
    left: facts.StaffLeft | None = None
    filled: facts.PostFilled | None = None
    vacated: facts.PostVacated | None = None
    signed: facts.ServiceSigned | None = None


class Staff(Struct, frozen=True):
    """Somebody of the staff as a list shows him: the name as on a notice board, numbers masked."""

    staff: str
    area: str
    name: str
    phone: str
    id_number: str
    unit: str
    post: str
    member: bool
    force: str
    account: str
    has_left: bool


class StaffPage(Struct, frozen=True):
    """A page of staff, and how many there are in all."""

    total: int
    staff: list[Staff]


class Service(Struct, frozen=True):
    """Somebody signed in to serve."""

    staff: str
    name: str
    unit: str
    force: str
    at: datetime
    until: datetime | None
    area: str
    place: str


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody wants to see what is masked."""

    reason: Annotated[str, Meta(min_length=4, max_length=200)]


class Revealed(Struct, frozen=True):
    """The fields as recorded. That they were looked at is recorded too."""

    phone: str
    id_number: str


@post("/api/v1/staff", opt={"may": "registry.arrange"}, sync_to_thread=True)
def enrol_staff(desk: AtDesk, data: JSONBody[NewStaffs]) -> list[Enrolled]:
    """Enrol people, with posts; all of them, or none."""
    return enrolled(desk, data.staff)


@get("/api/v1/staff", opt={"may": "staff.read"}, sync_to_thread=True)
def list_staff(
    desk: AtDesk,
    area: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> StaffPage:
    """Staff in the asker's remit and of the whole township."""
    wanted = queries.Wanted(area=area, kind=kind, figure=figure, day=day)
    rows = queries.staff_in(desk.remit, desk.connection, desk.township, wanted, most, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    return StaffPage(total, [shown(row) for row in rows])


@get("/api/v1/staff/{staff:str}", opt={"may": "staff.read"}, sync_to_thread=True)
def show_staff(desk: AtDesk, staff: FromPath[str]) -> Staff:
    """One person of the staff."""
    return shown(found(desk, staff))


@post("/api/v1/staff/{staff:str}/records", opt={"may": "service.record"}, sync_to_thread=True)
def tell_staff(desk: AtDesk, staff: FromPath[str], data: JSONBody[Happened]) -> Verdict:
    """Tell one thing about somebody; each needs the capability of its kind, where it happens."""
    return told(desk, staff, data)


@post(
    "/api/v1/staff/{staff:str}/reveal",
    opt={"may": "registry.reveal"},
    sync_to_thread=True,
    status_code=200,
)
def reveal_staff(desk: AtDesk, staff: FromPath[str], data: JSONBody[Reason]) -> Revealed:
    """Somebody's unmasked numbers, once the look itself is recorded."""
    return revealed(desk, staff, data.reason)


@get("/api/v1/service", opt={"may": "staff.read"}, sync_to_thread=True)
def list_service(
    desk: AtDesk, day: FromQuery[str] = "", area: FromQuery[str] = ""
) -> list[Service]:
    """Who signed in to serve on a day (ISO; today where none is given), the latest first."""
    return served(desk, day, area)


def enrolled(desk: Desk, new: list[NewStaff]) -> list[Enrolled]:
    """Enrol people in one commit; `registry.enrolled_already` where an ID number is known."""
    numbers = [each.staff.id_number for each in new if each.staff.id_number]
    if len(set(numbers)) < len(numbers):
        raise ENROLLED_ALREADY(field="id_number")
    _must_be_new(desk, numbers)
    made = [_drafts(desk, each) for each in new]
    desk.record_all([draft for _, drafts in made for draft in drafts])
    return [where for where, _ in made]


def _drafts(desk: Desk, new: NewStaff) -> tuple[Enrolled, list[Draft]]:
    fact = fact_id(new.id, "id") if new.id else new_id()
    at = happened(new.at, desk.now)
    told: list[tuple[Kind, Fact, str, str]] = [
        (facts.STAFF_ENROLLED, new.staff, new.area, fact),
        *(
            (facts.POST_FILLED, filled, filled.grid, beside(fact, filled.grid, filled.role))
            for filled in new.posts
        ),
    ]
    drafts = [
        desk.draft(
            kind, body, subject=f"staff-{fact}", purpose=REGISTRATION,
            area=area_code(area, "area"), happened_at=at, id=name,
        )
        for kind, body, area, name in told
    ]  # fmt: skip
    return Enrolled(f"staff-{fact}"), drafts


def told(desk: Desk, staff: str, happening: Happened) -> Verdict:
    """Record one thing about somebody of the staff."""
    row = found(desk, staff)
    kind, body = only(happening, _KINDS)
    area = happening.area or row["area"]
    if isinstance(body, facts.PostFilled | facts.PostVacated):
        area = body.grid
    if isinstance(body, facts.StaffEnrolled) and body.id_number != row["id_number"]:
        _must_be_new(desk, [body.id_number])
    return desk.record(
        kind, body, subject=row["subject"], purpose=REGISTRATION, area=area_code(area, "area"),
        happened_at=happened(happening.at, desk.now),
    )  # fmt: skip


def _must_be_new(desk: Desk, id_numbers: list[str]) -> None:
    if queries.same_numbers(desk.connection, desk.township, id_numbers):
        raise ENROLLED_ALREADY(field="id_number")


def revealed(desk: Desk, staff: str, reason: str) -> Revealed:
    """Record that these fields were looked at and why, then give them."""
    row = found(desk, staff)
    if not desk.remit.allows("registry.reveal", row["area"]):
        raise OUTSIDE_REMIT(area=row["area"])
    desk.record(
        access.REVEALED, access.Revealed(subject=row["subject"], fields=FIELDS, reason=reason),
        subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    return Revealed(row["phone"], row["id_number"])


def served(desk: Desk, day: str, area: str) -> list[Service]:
    """Who signed in on a day, the latest first."""
    begins = start_of(civil_day(day, "day") if day else day_of(desk.now))
    span = to_ms(begins), to_ms(begins + timedelta(days=1))
    rows = queries.services(desk.remit, desk.connection, desk.township, span, MOST, area)
    return [
        Service(
            row["subject"], row["name"], row["unit"], row["force"], from_ms(row["at"]),
            None if row["until_at"] is None else from_ms(row["until_at"]), row["area"],
            row["place"],
        )
        for row in rows
    ]  # fmt: skip


def found(desk: Desk, staff: str) -> queries.Row:
    """The person of the staff in the remit, or `base.not_found`."""
    subject = subject_id(staff, "staff")
    row = queries.staff_of(desk.remit, desk.connection, desk.township, subject)
    if row is None:
        raise NOT_FOUND()
    return row


def shown(row: queries.Row) -> Staff:
    """A row of staff as it is shown."""
    return Staff(
        staff=row["subject"], area=row["area"], name=row["name"],
        phone=masking.phone(row["phone"]), id_number=masking.id_number(row["id_number"]),
        unit=row["unit"], post=row["post"], member=row["member"], force=row["force"],
        account=row["account"], has_left=row["has_left"],
    )  # fmt: skip


HANDLERS: list[Any] = [
    enrol_staff, list_staff, show_staff, tell_staff, reveal_staff, list_service,
]  # fmt: skip
