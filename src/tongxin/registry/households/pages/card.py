"""One card a household: who lives there, at home or away, what they need, who came."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct

from tongxin.access.queries import names
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry import typed
from tongxin.registry.choices import doors, grid_names, options
from tongxin.registry.households import api, facts, queries
from tongxin.registry.households.pages.listing import stale_before
from tongxin.registry.labels import DISSOLVING, NEEDS, POINTS, RELATIONS, RESULTS, SEXES
from tongxin.registry.links import facts as link_facts
from tongxin.registry.links import queries as links
from tongxin.registry.residents import api as residents
from tongxin.registry.residents import queries as people
from tongxin.registry.staff import queries as staff

NO_RESULT = ProblemKind(
    "registry.no_visit_result",
    422,
    zh="请选择：见到了、没人在，还是没开门。",
    en="Choose: met, nobody there, or not let in.",
)
NO_MEMBER = ProblemKind(
    "registry.no_member", 422, zh="请选择联户党员。", en="Choose the member who looks after it."
)
NO_POINT = ProblemKind(
    "registry.no_point",
    422,
    zh="请至少核对一项，选“对”或“不对”。",
    en="Compare one point at least: right, or not right.",
)
VISITED = says("registry.visited", "走访已记下。", "The visit is recorded.")
TOLD = says("registry.told", "已记下。", "Recorded.")
WRONG = says(
    "registry.found_wrong",
    "已记下。不对的地方请马上在本页改正。",
    "Recorded. Please correct on this page what was not right.",
    kind="held",
)
_MOST_MEMBERS: Final = 300


class Event(Struct, frozen=True):
    """One thing that happened to the household."""

    at: int
    what: Text
    who: str
    more: str = ""


@get("/households/{household:str}", opt={"may": "registry.doors"}, sync_to_thread=True)
def card_page(desk: AtDesk, household: FromPath[str], recheck: FromQuery[str] = "") -> Template:
    """One household."""
    return _page(desk, household, Form(), recheck=recheck == "1")


@post("/households/{household:str}/visit", opt={"may": "registry.visit"}, sync_to_thread=True)
def visit(
    desk: AtDesk, household: FromPath[str], data: Typed, back: FromQuery[str] = ""
) -> Template | Redirect:
    """Record what came of a knock, in one tap."""
    form = Form(data)
    result = form.text("result")
    if result not in ("met", "absent", "refused"):
        form.wrong(NO_RESULT, "result")
    body = form.made(facts.HouseholdVisited, result=result, note=form.text("note"))
    if form.sound and body is not None:
        with form.trying():
            api.told(desk, household, api.Happened(visited=body))
            return go("/doors" if back == "doors" else f"/households/{household}", VISITED)
    return _page(desk, household, form, 422)


@post("/households/{household:str}/recheck", opt={"may": "registry.recheck"}, sync_to_thread=True)
def recheck(desk: AtDesk, household: FromPath[str], data: Typed) -> Template | Redirect:
    """Record what of the card proved right, and what did not."""
    form = Form(data)
    found = {point: form.text(f"point_{point}") for point in POINTS}
    right = tuple(point for point, said in found.items() if said == "right")
    wrong = tuple(point for point, said in found.items() if said == "wrong")
    if not right + wrong:
        form.wrong(NO_POINT, "point_members")
    if form.sound:
        body = form.made(facts.HouseholdRechecked, right=right, wrong=wrong)
        with form.trying():
            if body is not None:
                api.told(desk, household, api.Happened(rechecked=body))
                return go(f"/households/{household}", WRONG if wrong else TOLD)
    return _page(desk, household, form, 422, recheck=True)


@post("/households/{household:str}/correct", opt={"may": "registry.record"}, sync_to_thread=True)
def correct(desk: AtDesk, household: FromPath[str], data: Typed) -> Template | Redirect:
    """Tell address, number and grid anew."""
    form = Form(data)
    row = api.found(desk, household)
    position = {"lat": row["lat"], "lon": row["lon"]} if row["lat"] is not None else None
    body = form.made(
        facts.HouseholdRegistered, grid=form.text("grid") or row["area"],
        address=form.text("address") or row["address"], number=form.text("number"),
        position=position,
    )  # fmt: skip
    return _told(desk, household, form, api.Happened(registered=body))


@post("/households/{household:str}/link", opt={"may": "registry.arrange"}, sync_to_thread=True)
def link(desk: AtDesk, household: FromPath[str], data: Typed) -> Template | Redirect:
    """Let a member look after the household."""
    form = Form(data)
    body = form.made(link_facts.HouseholdLinked, staff=form.text("staff", NO_MEMBER))
    return _told(desk, household, form, api.Happened(linked=body))


@post("/households/{household:str}/unlink", opt={"may": "registry.arrange"}, sync_to_thread=True)
def unlink(desk: AtDesk, household: FromPath[str], data: Typed) -> Template | Redirect:
    """Let a member look after it no more."""
    form = Form(data)
    body = form.made(link_facts.HouseholdUnlinked, staff=form.text("staff", NO_MEMBER))
    return _told(desk, household, form, api.Happened(unlinked=body))


@post("/households/{household:str}/dissolve", opt={"may": "registry.record"}, sync_to_thread=True)
def dissolve(desk: AtDesk, household: FromPath[str], data: Typed) -> Template | Redirect:
    """Strike the household off, once nobody belongs to it."""
    form = Form(data)
    why = typed.chosen(form, "dissolved_for", DISSOLVING)
    body = form.made(facts.HouseholdDissolved, why=why) if form.sound else None
    if body is not None:
        with form.trying():
            api.told(desk, household, api.Happened(dissolved=body))
            return go("/households", TOLD)
    return _page(desk, household, form, 422)


@post("/households/{household:str}/reveal", opt={"may": "registry.reveal"}, sync_to_thread=True)
def reveal(desk: AtDesk, household: FromPath[str], data: Typed) -> Template:
    """The same card with the masked fields shown, once the looks are recorded."""
    form = Form(data)
    reason = typed.look_reason(form)
    if not form.sound:
        return _page(desk, household, form, 422)
    shown = residents.revealed(desk, residents.members_of(desk, household), reason)
    return _page(desk, household, form, revealed={each.person: each for each in shown})


def _told(desk: Desk, household: str, form: Form, happened: api.Happened) -> Template | Redirect:
    if form.sound:
        with form.trying():
            api.told(desk, household, happened)
            return go(f"/households/{household}", TOLD)
    return _page(desk, household, form, 422)


def _page(
    desk: Desk, household: str, form: Form, status: int = 200, *, recheck: bool = False,
    revealed: dict[str, Any] | None = None,
) -> Template:  # fmt: skip
    row = api.found(desk, household)
    may = {name for name in _MAY if desk.remit.allows(name, row["area"])}
    members = residents.members_of(desk, household) if "registry.read" in may else []
    at_desk = desk.remit, desk.connection, desk.township
    linked = links.linked_to(*at_desk, [row["subject"]])[row["subject"]]
    return desk.page(
        "registry/household.html", status, form=form, row=row, household=row["subject"],
        members=[residents.shown(each, desk.now) for each in members], revealed=revealed,
        linked=linked, may=may, recheck=recheck, results=RESULTS, relations=RELATIONS,
        needs=NEEDS, sexes=SEXES, points=POINTS, stale=row["met_at"] < stale_before(desk),
        grids=grid_names(desk, row["village"]), doors=doors(desk, "registry.record"),
        candidates=_candidates(desk, row, linked) if "registry.arrange" in may else [],
        events=_events(desk, row) if "registry.read" in may else [],
        dissolving=options(DISSOLVING), same=_same(desk, members),
    )  # fmt: skip


_MAY: Final = (
    "registry.visit", "registry.read", "registry.record", "registry.recheck", "registry.arrange",
    "registry.reveal",
)  # fmt: skip


def _same(desk: Desk, members: list[people.Row]) -> set[str]:
    """Members whose ID number stands in another household too."""
    numbers = {each["id_number"]: each["subject"] for each in members if each["id_number"]}
    found = people.same_number(desk.remit, desk.connection, desk.township, list(numbers))
    return {numbers[number] for number, subjects in found.items() if len(subjects) > 1}


def _candidates(desk: Desk, row: queries.Row, linked: list[Any]) -> list[tuple[str, str]]:
    """Members of the Party who may look after it: those of the village and of the township."""
    at_desk = desk.remit, desk.connection, desk.township
    known = {each["staff"] for each in linked}
    found = staff.of_village(*at_desk, row["village"], "member", _MOST_MEMBERS)
    return [
        (each["subject"], f"{each['name']} {each['post'] or each['unit']}")
        for each in found
        if each["subject"] not in known
    ]


def _events(desk: Desk, row: queries.Row) -> list[Event]:
    """What happened to the household, the latest first."""
    stream = desk.stream(row["subject"])
    if stream is None:
        raise NOT_FOUND()
    named = names(desk.connection, desk.township)
    found = []
    for entry in sorted(stream.entries, key=lambda e: e.when, reverse=True):
        body, more = entry.body, ""
        what = desk.store.rulebook.kinds[entry.header.kind].title
        if isinstance(body, facts.HouseholdVisited):
            what, more = _visit(body), body.note
        elif isinstance(body, facts.HouseholdRechecked):
            what = _recheck(body)
        found.append(Event(entry.when[0], what, named.get(entry.header.author, ""), more))
    return found


def _visit(body: facts.HouseholdVisited) -> Text:
    result = RESULTS[body.result]
    return Text(f"上门：{result.zh}", f"A visit: {result.en.lower()}")


def _recheck(body: facts.HouseholdRechecked) -> Text:
    right, wrong = len(body.right), len(body.wrong)
    return Text(
        f"抽查：{right} 项属实，{wrong} 项不对", f"Checked again: {right} right, {wrong} not"
    )


HANDLERS: list[Any] = [
    card_page, visit, recheck, correct, link, unlink, dissolve, reveal,
]  # fmt: skip
