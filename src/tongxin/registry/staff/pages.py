"""Staff on screen: who works here and in which post, and signing in to serve."""

from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Template

from tongxin.access.queries import names as accounts
from tongxin.base.clock import day_of
from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says, typed_now
from tongxin.registry import typed
from tongxin.registry.choices import Option, grid_names, options, villages
from tongxin.registry.grids.api import pack
from tongxin.registry.labels import ENDING, FORCES
from tongxin.registry.links import queries as links
from tongxin.registry.staff import api, facts, queries

NO_STAFF = ProblemKind(
    "registry.no_staff", 422, zh="请选择一名工作人员。", en="Choose somebody of the staff."
)
ENROLLED = says("registry.enrolled", "已登记。", "Enrolled.")
TOLD = says("registry.staff_told", "已记下。", "Recorded.")
SIGNED = says("registry.signed", "已签到。", "Signed in.")
PAGE: Final = 50
_MOST: Final = 500
_FIELDS: Final = ("name", "unit", "post", "skills", "wishes")
KINDS: Final[dict[str, Text]] = {
    "member": Text("党员", "Party members"), **FORCES, "left": Text("已离任", "No longer here"),
}  # fmt: skip


@get("/staff", opt={"may": "staff.read"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Everybody who works here, narrowed."""
    query = {"village": village, "kind": kind, "figure": figure, "day": day}
    wanted = queries.Wanted(area=village, kind=kind, figure=figure, day=day)
    at_desk = desk.remit, desk.connection, desk.township
    after = (page - 1) * PAGE
    rows = queries.staff_in(*at_desk, wanted, PAGE, after)
    total = queries.how_many(*at_desk, wanted)
    kept = {name: value for name, value in query.items() if value}
    return desk.page(
        "registry/staff.html", total=total, query=kept, staff=[api.shown(row) for row in rows],
        villages=villages(desk, queries.READ), kinds=list(KINDS.items()), forces=FORCES,
        page=page, pages=max(-(-total // PAGE), 1), first=after + 1,
        before=_address(kept, page - 1) if page > 1 else None,
        after=_address(kept, page + 1) if after + PAGE < total else None,
    )  # fmt: skip


@get("/staff/new", opt={"may": "registry.arrange"}, sync_to_thread=True)
def new_page(desk: AtDesk) -> Template:
    """The form to enrol somebody."""
    return _new(desk, Form(id=new_id()))


@post("/staff/new", opt={"may": "registry.arrange"}, sync_to_thread=True)
def enrol(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Enrol somebody."""
    form = Form(data)
    area = form.text("area") or desk.township
    body = _enrolled(form, None)
    if body is not None:
        new = form.made(api.NewStaff, area=area, staff=body, id=form.text("id") or None)
        with form.trying():
            if new is not None:
                (made,) = api.enrolled(desk, [new])
                return go(f"/staff/{made.staff}", ENROLLED)
    return _new(desk, form, 422)


@get("/service", opt={"may": "staff.read"}, sync_to_thread=True)
def service_page(desk: AtDesk, day: FromQuery[str] = "") -> Template:
    """Who signed in to serve on a day, and the form to sign in."""
    form = Form(at=typed_now(desk.now), day=day)
    return _service(desk, form)


@post("/service", opt={"may": "service.record"}, sync_to_thread=True)
def sign_in(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Sign somebody in to serve."""
    form = Form(data)
    person, force = form.text("staff", NO_STAFF), typed.chosen(form, "force", FORCES)
    hours = form.number("hours")
    at = form.moment("at") or desk.now
    until = at + timedelta(hours=min(hours, 48)) if hours and hours > 0 else None
    if form.sound:
        body = form.made(facts.ServiceSigned, force=force, place=form.text("place"), until=until)
        with form.trying():
            if body is not None:
                area = form.text("village") or desk.township
                api.told(desk, person, api.Happened(signed=body, area=area, at=at))
                return go("/service", SIGNED)
    return _service(desk, form, 422)


@get("/staff/{staff:str}", opt={"may": "staff.read"}, sync_to_thread=True)
def staff_page(desk: AtDesk, staff: FromPath[str]) -> Template:
    """One person of the staff."""
    return _page(desk, staff, Form())


@post("/staff/{staff:str}/reveal", opt={"may": "registry.reveal"}, sync_to_thread=True)
def reveal(desk: AtDesk, staff: FromPath[str], data: Typed) -> Template:
    """The same page with the numbers shown, once the look is recorded."""
    form = Form(data)
    reason = typed.look_reason(form)
    if not form.sound:
        return _page(desk, staff, form, 422)
    return _page(desk, staff, form, revealed=api.revealed(desk, staff, reason))


@post("/staff/{staff:str}/correct", opt={"may": "registry.arrange"}, sync_to_thread=True)
def correct(desk: AtDesk, staff: FromPath[str], data: Typed) -> Template | Redirect:
    """Tell who somebody is anew: what is left empty stays as it was."""
    form = Form(data)
    row = api.found(desk, staff)
    body = _enrolled(form, row)
    happened = api.Happened(enrolled=body, area=form.text("area") or row["area"])
    return _told(desk, staff, form, happened)


@post("/staff/{staff:str}/left", opt={"may": "registry.arrange"}, sync_to_thread=True)
def leave(desk: AtDesk, staff: FromPath[str], data: Typed) -> Template | Redirect:
    """Record that somebody does not work here any more; the posts are empty from then on."""
    form = Form(data)
    why = typed.chosen(form, "left_for", ENDING)
    body = form.made(facts.StaffLeft, why=why) if form.sound else None
    if body is not None:
        with form.trying():
            api.told(desk, staff, api.Happened(left=body))
            return go("/staff", TOLD)
    return _page(desk, staff, form, 422)


def _enrolled(form: Form, row: queries.Row | None) -> facts.StaffEnrolled | None:
    """What the form tells of somebody; what is left empty stays as `row` has it."""
    words = {name: form.text(name) or (row[name] if row else "") for name in _FIELDS}
    if not words["name"]:
        form.wrong(typed.NO_NAME, "name")
    number, phone = typed.id_number(form, "id_number"), typed.phone(form, "phone")
    if row is None:
        kinds = {"member": form.text("member") == "yes", "force": form.text("force")}
    else:
        member, force = form.text("member"), form.text("force")
        kinds = {
            "member": member == "yes" if member else row["member"],
            "force": "" if force == "none" else force or row["force"],
        }
    if not form.sound:
        return None
    return form.made(
        facts.StaffEnrolled, **words, **kinds, id_number=number or (row or {}).get("id_number", ""),
        phone=phone or (row or {}).get("phone", ""),
        account=form.text("account") or (row or {}).get("account", ""),
    )  # fmt: skip


def _told(desk: Desk, staff: str, form: Form, happened: api.Happened) -> Template | Redirect:
    if form.sound:
        with form.trying():
            api.told(desk, staff, happened)
            return go(f"/staff/{staff}", TOLD)
    return _page(desk, staff, form, 422)


def _areas(desk: Desk, may: str) -> list[Option]:
    whole: list[Option] = [("", Text("全镇", "the whole township"))]
    return (whole if desk.remit.allows(may, desk.township) else []) + villages(desk, may)


def _new(desk: Desk, form: Form, status: int = 200) -> Template:
    return desk.page(
        "registry/staff_new.html", status, form=form, areas=_areas(desk, "registry.arrange"),
        forces=options(FORCES), accounts=list(accounts(desk.connection, desk.township).items()),
    )  # fmt: skip


def _page(desk: Desk, staff: str, form: Form, status: int = 200, **more: Any) -> Template:
    row = api.found(desk, staff)
    at_desk = desk.remit, desk.connection, desk.township
    team = pack(desk).grid_team
    return desk.page(
        "registry/staff_one.html", status, form=form, person=api.shown(row), row=row,
        posts=queries.posts_of(*at_desk, row["subject"]),
        roles={role.id: role.label for role in team.roles} if team else {},
        grids=grid_names(desk, desk.township), forces=FORCES, force_options=options(FORCES),
        service=queries.service_of(*at_desk, row["subject"]),
        linked=len(links.households_of(*at_desk, row["subject"])),
        account=accounts(desk.connection, desk.township).get(row["account"], ""),
        may_arrange=desk.remit.allows("registry.arrange", row["area"]),
        may_reveal=desk.remit.allows("registry.reveal", row["area"]),
        ending=options(ENDING), revealed=more.get("revealed"),
        accounts=list(accounts(desk.connection, desk.township).items()),
    )  # fmt: skip


def _service(desk: Desk, form: Form, status: int = 200) -> Template:
    day = form.text("day") or day_of(desk.now).isoformat()
    at_desk = desk.remit, desk.connection, desk.township
    forces = queries.staff_in(*at_desk, queries.Wanted(kind="forces"), _MOST, 0)
    mine = queries.of_account(desk.connection, desk.township, desk.who.account)
    if mine and not form.given.get("staff"):
        form.given["staff"] = mine
    return desk.page(
        "registry/on_duty.html", status, form=form, day=day, signed=api.served(desk, day, ""),
        people=[(row["subject"], f"{row['name']} {row['unit']}") for row in forces],
        forces=FORCES, force_options=options(FORCES), areas=_areas(desk, "service.record"),
        may_record=desk.remit.holds("service.record"),
    )  # fmt: skip


def _address(kept: dict[str, str], page: int) -> str:
    return "/staff?" + urlencode({**kept, "page": page})


# In this order: `/staff/new` before `/staff/{staff}`.
HANDLERS: list[Any] = [
    new_page, enrol, list_page, service_page, sign_in, staff_page, reveal, correct, leave,
]  # fmt: skip
