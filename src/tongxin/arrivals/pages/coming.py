"""Who is expected, who did not come, who came untold: lists, and one coming with both its times."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Template
from msgspec.structs import replace

from tongxin.arrivals import api as arrivals
from tongxin.arrivals.checkpoints import queries as checkpoints
from tongxin.arrivals.comings import api, queries
from tongxin.arrivals.comings.queries import View
from tongxin.arrivals.declarations import api as declarations
from tongxin.arrivals.declarations.facts import ReturnCalledOff, ReturnDeclared
from tongxin.arrivals.findings import api as findings
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.pages import fields
from tongxin.arrivals.pages.apart import apart
from tongxin.arrivals.pages.declaring import NO_PLAN
from tongxin.arrivals.pages.listing import NO_NAME_TYPED
from tongxin.arrivals.pages.timeline import events
from tongxin.arrivals.passages import api as passages
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.base.clock import day_of, from_ms, to_ms
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says, typed_now
from tongxin.ledger.facts import Entry
from tongxin.registry import typed

NO_RESULT = ProblemKind(
    "arrivals.no_finding", 422, zh="请选择看到了什么。", en="Choose what was found."
)
NO_RECEIVER = ProblemKind(
    "arrivals.no_receiver", 422, zh="请选择移交给谁。", en="Choose who takes over."
)
CHANGED = says(
    "arrivals.plan_changed", "已改。以最后报的为准。", "Changed. What was told last counts."
)
OFF = says("arrivals.called_off", "已取消，不再等他。", "Called off; nobody waits for them.")
FOUND = says("arrivals.found", "上门情况已记录。", "What was found is recorded.")
HANDED = says("arrivals.handed", "已移交，已记录。", "Handed over, and recorded.")
BACK = says("arrivals.back", "已记录他返回了。", "Recorded that they went back.")

VIEWS: Final = {
    View.EXPECTED: Text("待返乡", "Expected"),
    View.NO_SHOW: Text("到时没来", "Did not come"),
    View.UNANNOUNCED: Text("没报备就来了", "Came undeclared"),
    View.HELD: Text("留观", "Held at the post"),
    View.ELSEWHERE: Text("去别的乡镇", "For elsewhere"),
    View.SOUGHT: Text("上门未见", "Not met at the door"),
    View.CAME: Text("报备后到了", "Came as declared"),
    View.WENT_BACK: Text("返回", "Went back"),
    View.CALLED_OFF: Text("取消", "Called off"),
}
RESULTS: Final = {
    "met": Text("见到本人", "Met"), "absent": Text("敲门没人在", "Nobody at home"),
    "refused": Text("有人，不开门或不肯答", "Somebody there refused to open or answer"),
}  # fmt: skip
RECEIVERS: Final = {
    "clinic": Text("卫生院、村医", "Clinic or village doctor"),
    "hospital": Text("医院（120）", "Hospital"),
    "township": Text("目的地乡镇", "The township they go to"),
    "village": Text("村里", "The village"),
    "other": Text("其他", "Other"),
}
_TITLES: Final = {each.value: title for each, title in VIEWS.items()}
PAGE: Final = 50
_MOST_FOUND: Final = 200


@get("/comings", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    view: FromQuery[str] = "expected",
    village: FromQuery[str] = "",
    checkpoint: FromQuery[str] = "",
    day: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template | Redirect:
    """One of the lists of comings, narrowed by village, checkpoint and day."""
    if view not in VIEWS:  # an old or mistyped address
        return go("/comings")
    query = {
        "view": view,
        "village": village,
        "checkpoint": checkpoint,
        "day": day,
        "figure": figure,
    }
    wanted = api.wanted_of(desk, view, village, checkpoint, day, figure)
    now_ms, after = to_ms(desk.now), (page - 1) * PAGE
    where = (desk.remit, desk.connection, desk.township)
    rows = queries.comings(*where, wanted, now_ms, PAGE, after)
    total = queries.how_many(*where, wanted, now_ms)
    kept = {name: value for name, value in query.items() if value}
    return _list(
        desk, Form(), rows, total, query=kept, view=View(view), page=page, first=after + 1,
        pages=max(-(-total // PAGE), 1),
        before=_address(kept, page - 1) if page > 1 else None,
        after=_address(kept, page + 1) if after + PAGE < total else None,
    )  # fmt: skip


@post("/comings/find", opt={"may": "arrivals.read"}, sync_to_thread=True)
def find(desk: AtDesk, data: Typed) -> Template:
    """People in a list by the beginning of the name: posted, so that no address holds a name."""
    form = Form(data)
    view, name = form.text("view") or View.EXPECTED.value, form.text("name", NO_NAME_TYPED)
    wanted = replace(api.wanted_of(desk, view, "", "", ""), name=name)
    now_ms, where = to_ms(desk.now), (desk.remit, desk.connection, desk.township)
    rows = queries.comings(*where, wanted, now_ms, _MOST_FOUND) if name else []
    total = queries.how_many(*where, wanted, now_ms) if name else 0
    return _list(
        desk, form, rows, total, status=200 if form.sound else 422, query={"view": view},
        view=View(view), page=1, pages=1, first=1, before=None, after=None, here="/comings",
        sought=name,
    )  # fmt: skip


@get("/comings/{person:str}/{episode:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def coming_page(desk: AtDesk, person: FromPath[str], episode: FromPath[str]) -> Template:
    """One coming: planned and actual, what is asked, and what can be recorded about it."""
    return _one(desk, person, episode, Form())


@post("/comings/{person:str}/{episode:str}/reveal", opt={"may": "arrivals.reveal"},
      sync_to_thread=True)  # fmt: skip
def reveal(desk: AtDesk, person: FromPath[str], episode: FromPath[str], data: Typed) -> Template:
    """The same page with the masked fields shown, once the look is recorded."""
    form, row = Form(data), declarations.found(desk, person, episode)
    reason = typed.look_reason(form)
    if not form.sound:
        return _one(desk, person, episode, form, 422)
    return _one(desk, person, episode, form, revealed=arrivals.looked(desk, row, reason))


@post("/comings/{person:str}/{episode:str}/plan", opt={"may": "arrivals.record"},
      sync_to_thread=True)  # fmt: skip
def change_plan(
    desk: AtDesk, person: FromPath[str], episode: FromPath[str], data: Typed
) -> Template | Redirect:
    """The plan told again with another time."""
    form = Form(data)
    at = form.moment("planned_at") if form.text("planned_at", NO_PLAN) else None
    if at is not None and form.sound:
        with form.trying():
            body = _declared(desk, person, episode)
            new = declarations.Change(episode=episode, declared=replace(body, planned_at=at))
            declarations.changed(desk, person, new)
            return go(f"/comings/{person}/{episode}", CHANGED)
    return _one(desk, person, episode, form, 422)


@post("/comings/{person:str}/{episode:str}/off", opt={"may": "arrivals.record"},
      sync_to_thread=True)  # fmt: skip
def call_off(
    desk: AtDesk, person: FromPath[str], episode: FromPath[str], data: Typed
) -> Template | Redirect:
    """Record that nothing comes of the plan."""
    form = Form(data)
    off = form.made(ReturnCalledOff, reason=form.text("reason"))
    if off is not None:
        with form.trying():
            declarations.changed(desk, person, declarations.Change(episode=episode, called_off=off))
            return go(f"/comings/{person}/{episode}", OFF)
    return _one(desk, person, episode, form, 422)


@post("/comings/{person:str}/{episode:str}/finding", opt={"may": "arrivals.record"},
      sync_to_thread=True)  # fmt: skip
def find_at_door(
    desk: AtDesk, person: FromPath[str], episode: FromPath[str], data: Typed
) -> Template | Redirect:
    """Record what was found at the door of somebody expected or sought."""
    form = Form(data)
    row = declarations.found(desk, person, episode)
    result, seen = form.text("result", NO_RESULT), form.number("people_seen")
    celsius = fields.celsius(form, "celsius")
    if form.sound:
        body = form.made(
            FindingMade, name=row["name"], visited_at=desk.now, result=result, celsius=celsius,
            people_seen=None if seen is None else int(seen), note=form.text("note"),
            id_number=row["id_number"], phone=row["phone"], address=row["address"],
            from_area=row["from_area"], from_name=row["from_name"],
        )  # fmt: skip
        if body is not None:
            with form.trying():
                findings.made(
                    desk,
                    findings.NewFinding(
                        area=row["area"], finding=body, person=person, episode=episode
                    ),
                )
                return go(f"/comings/{person}/{episode}", FOUND)
    return _one(desk, person, episode, form, 422)


@post("/comings/{person:str}/{episode:str}/handed", opt={"may": "arrivals.record"},
      sync_to_thread=True)  # fmt: skip
def hand_over(
    desk: AtDesk, person: FromPath[str], episode: FromPath[str], data: Typed
) -> Template | Redirect:
    """Record who took somebody over from the post."""
    form = Form(data)
    receiver = form.text("receiver", NO_RECEIVER)
    new = form.made(passages.Handing, episode=episode, receiver=receiver, to=form.text("to"))
    if new is not None and form.sound:
        with form.trying():
            passages.handed(desk, person, new)
            return go(f"/comings/{person}/{episode}", HANDED)
    return _one(desk, person, episode, form, 422)


@post("/comings/{person:str}/{episode:str}/back", opt={"may": "arrivals.record"},
      sync_to_thread=True)  # fmt: skip
def go_back(desk: AtDesk, person: FromPath[str], episode: FromPath[str]) -> Redirect:
    """Record that somebody went back from the post."""
    passages.returned(desk, person, episode)
    return go(f"/comings/{person}/{episode}", BACK)


def _declared(desk: Desk, person: str, episode: str) -> ReturnDeclared:
    """The declaration that counts."""
    row = declarations.found(desk, person, episode)
    told = [
        (e.header.happened_at, e.id, e.body)
        for e in declarations.judged_of(desk, row).entries
        if isinstance(e.body, ReturnDeclared)
    ]
    if not told:
        raise NOT_FOUND()
    return max(told, key=lambda each: each[:2])[2]


def _address(kept: dict[str, str], page: int) -> str:
    return "/comings?" + urlencode({**kept, "page": page})


def _list(
    desk: Desk, form: Form, rows: list[queries.Row], total: int, status: int = 200, **more: Any
) -> Template:
    where = (desk.remit, desk.connection, desk.township)
    counted = queries.counts(*where, to_ms(desk.now))
    posts = checkpoints.checkpoints(desk.connection, desk.township)
    shown = [api.shown(row, desk.now) for row in rows]
    tabs = [
        (each.value, title, counted[each])
        for each, title in VIEWS.items()
        if counted[each] or each in (View.EXPECTED, View.NO_SHOW, View.UNANNOUNCED, more["view"])
    ]
    return desk.page(
        "arrivals/comings.html", status, form=form, total=total, people=shown, tabs=tabs,
        villages=fields.villages(desk, "arrivals.read"), title=VIEWS[more["view"]],
        posts=[(post.id, post.name) for post in posts if post.closed_at is None],
        parties=_sizes(shown), apart=apart(shown), today=day_of(desk.now).isoformat(),
        **({"sought": ""} | more),
    )  # fmt: skip


def _sizes(shown: list[api.Coming]) -> dict[str, int]:
    """How many of a page belong to each party of more than one."""
    sizes: dict[str, int] = {}
    for each in shown:
        if each.party:
            sizes[each.party] = sizes.get(each.party, 0) + 1
    return {party: size for party, size in sizes.items() if size > 1}


def _one(
    desk: Desk, person: str, episode: str, form: Form, status: int = 200,
    revealed: arrivals.Revealed | None = None,
) -> Template:  # fmt: skip
    row = declarations.found(desk, person, episode)
    judged = declarations.judged_of(desk, row)
    records = desk.records(row["subject"])
    form.given = {"planned_at": _typed(row["planned_at"], desk.now)} | form.given
    passed = any(isinstance(e.body, PassageRecorded) for e in judged.entries)
    others = _others(desk, row)
    mine = {e.id for e in judged.entries}
    return desk.page(
        "arrivals/coming.html", status, form=form, coming=api.shown(row, desk.now),
        told=declarations.expected(desk, row) if row["planned_at"] else None,
        at_post=passages.told(desk, row) if passed else None, titles=_TITLES,
        together=others, apart=apart(others), results=list(RESULTS.items()),
        receivers=list(RECEIVERS.items()), here=f"/comings/{person}/{episode}",
        events=[event for event in events(desk, records, {}, row["area"]) if event.id in mine],
        certificate=_certificate(judged.entries), revealed=revealed,
    )  # fmt: skip


def _others(desk: Desk, row: queries.Row) -> list[api.Coming]:
    """Those of the same party."""
    rows = queries.together(desk.remit, desk.connection, desk.township, row["party"])
    return [api.shown(each, desk.now) for each in rows if each["subject"] != row["subject"]]


def _certificate(entries: tuple[Entry, ...]) -> Any:
    """The certificate told or shown last."""
    told = [
        (e.header.happened_at, e.id, e.body.certificate)
        for e in entries
        if isinstance(e.body, ReturnDeclared | PassageRecorded) and e.body.certificate
    ]
    return max(told, key=lambda each: each[:2])[2] if told else None


def _typed(at: int | None, now: datetime) -> str:
    return typed_now(from_ms(at) if at is not None else now)


HANDLERS: list[Any] = [
    list_page, find, coming_page, reveal, change_plan, call_off, find_at_door, hand_over, go_back,
]  # fmt: skip
