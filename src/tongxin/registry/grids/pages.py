"""One grid on screen: its size, its team with the gaps, who fills which role."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.base.areas import Level
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry.grids import api, facts, queries
from tongxin.registry.labels import BOUNDS
from tongxin.registry.staff import api as staff_api
from tongxin.registry.staff import facts as staff_facts
from tongxin.registry.staff import queries as staff

NO_GRID_NAME = ProblemKind(
    "registry.no_grid_name", 422, zh="请填写网格名称。", en="Fill in the name of the grid."
)
NO_ONE = ProblemKind("registry.no_one", 422, zh="请选择由谁担任。", en="Choose who fills it.")
NO_CLOSE_REASON = ProblemKind(
    "registry.no_close_reason", 422, zh="请写明为什么撤销。", en="Say why it is closed."
)
FULL = ProblemKind(
    "registry.no_code_left",
    409,
    zh="这里已经划了 99 个网格，编号用完了。",
    en="99 grids are drawn here; no code is left.",
)
DRAWN = says(
    "registry.grid_drawn",
    "网格已划好。下一步：把住户划进来，配齐人员。",
    "The grid is drawn. Next, place households in it and fill its team.",
)
CLOSED = says(
    "registry.grid_closed",
    "网格已撤销，原来的住户要重新划入网格。",
    "The grid is closed; its households are to be placed anew.",
)
TOLD = says("registry.post_told", "已记下。", "Recorded.")
_MOST: Final = 500


@post("/grids", opt={"may": "registry.arrange"}, sync_to_thread=True)
def draw(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Draw a grid in a village, or a micro-grid in a grid; it gets the next code."""
    form = Form(data)
    parent, name = form.text("parent"), form.text("grid_name", NO_GRID_NAME)
    if form.sound:
        with form.trying():
            code = next_code(desk, parent)
            body = form.made(facts.GridDrawn, code=code, name=name)
            if body is not None:
                api.drawn(desk, body)
                return go(f"/grids/{code}", DRAWN)
    return desk.page("registry/grid_new.html", 422, form=form, parent=parent)


@get("/grids/{code:str}", opt={"may": "registry.doors"}, sync_to_thread=True)
def grid_page(desk: AtDesk, code: FromPath[str]) -> Template:
    """One grid."""
    return _page(desk, code, Form())


@post("/grids/{code:str}/fill", opt={"may": "registry.arrange"}, sync_to_thread=True)
def fill(desk: AtDesk, code: FromPath[str], data: Typed) -> Template | Redirect:
    """Let somebody fill a role of the grid's team."""
    form = Form(data)
    person, role = form.text("staff", NO_ONE), form.text("role")
    body = form.made(staff_facts.PostFilled, grid=code, role=role) if form.sound else None
    return _told(desk, code, form, person, staff_api.Happened(filled=body))


@post("/grids/{code:str}/vacate", opt={"may": "registry.arrange"}, sync_to_thread=True)
def vacate(desk: AtDesk, code: FromPath[str], data: Typed) -> Template | Redirect:
    """Let somebody fill it no more."""
    form = Form(data)
    person, role = form.text("holder", NO_ONE), form.text("role")
    body = form.made(staff_facts.PostVacated, grid=code, role=role) if form.sound else None
    return _told(desk, code, form, person, staff_api.Happened(vacated=body))


@post("/grids/{code:str}/close", opt={"may": "registry.arrange"}, sync_to_thread=True)
def close(desk: AtDesk, code: FromPath[str], data: Typed) -> Template | Redirect:
    """Close the grid, with a reason."""
    form = Form(data)
    reason = form.text("closed_for", NO_CLOSE_REASON)
    if form.sound:
        with form.trying():
            api.closed(desk, code, reason[:400])
            return go(f"/registry/{code[: Level.VILLAGE]}", CLOSED)
    return _page(desk, code, form, 422)


def next_code(desk: Desk, parent: str) -> str:
    """The first code that is free inside a village or a grid."""
    taken = {grid.code for grid in queries.grids(desk.connection, desk.township, parent)}
    for n in range(1, 100):
        if (code := f"{parent}-{n:02}") not in taken:
            return code
    raise FULL()


def _told(
    desk: Desk, code: str, form: Form, person: str, happened: staff_api.Happened
) -> Template | Redirect:
    if form.sound:
        with form.trying():
            staff_api.told(desk, person, happened)
            return go(f"/grids/{code}", TOLD)
    return _page(desk, code, form, 422)


def _page(desk: Desk, code: str, form: Form, status: int = 200) -> Template:
    found = {grid.code: grid for grid in api.grids(desk, code)} if len(code) > Level.VILLAGE else {}
    if code not in found or not desk.remit.inside("registry.doors", code):
        raise NOT_FOUND()
    sees_staff = desk.remit.holds("staff.read")
    at_desk = desk.remit, desk.connection, desk.township
    village = code[: Level.VILLAGE]
    people = staff.of_village(*at_desk, village, "office", _MOST) if sees_staff else []
    return desk.page(
        "registry/grid.html", status, form=form, grid=found[code], bounds=BOUNDS,
        parts=[grid for grid in found.values() if grid.code != code],
        team=api.teams(desk, code).get(code) if sees_staff else None, sees_staff=sees_staff,
        people=[(row["subject"], f"{row['name']} {row['post'] or row['unit']}") for row in people],
        may_arrange=desk.remit.allows("registry.arrange", code), pack_team=api.pack(desk).grid_team,
    )  # fmt: skip


HANDLERS: list[Any] = [draw, grid_page, fill, vacate, close]
