"""Registering a household: where it is, and all who live there, in one form."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry import typed
from tongxin.registry.choices import doors, options
from tongxin.registry.households import api, facts
from tongxin.registry.labels import NEEDS, RELATIONS
from tongxin.registry.residents import facts as residents
from tongxin.registry.residents import queries as people

NO_ADDRESS = ProblemKind(
    "registry.no_address", 422, zh="请填写门牌，例如 3组12号。", en="Fill in the address."
)
NO_GRID = ProblemKind("registry.no_grid", 422, zh="请选择网格。", en="Choose the grid.")
NOBODY = ProblemKind(
    "registry.nobody",
    422,
    zh="请至少填写一个人；空着的一户请先上门核实。",
    en="Fill in one person at least; whether a house stands empty is to be seen first.",
)
TWICE = ProblemKind(
    "registry.twice_in_form",
    422,
    zh="这个身份证号在本表里填了两次。",
    en="This ID number stands twice in this form.",
)
REGISTERED = says(
    "registry.household_registered",
    "已登记。下一步：上门走访时核对这张卡。",
    "Registered. Next, compare this card at the door.",
)
KNOWN_NUMBER = says(
    "registry.known_number",
    "已登记。注意：有人的身份证号在别的住户也登记过，请核实是不是同一个人。",
    "Registered. Mind: somebody's ID number stands in another household too; see whether it is "
    "the same person.",
    kind="held",
)
ROWS: Final = 8
SHOWN: Final = 3


@get("/households/new", opt={"may": "registry.record"}, sync_to_thread=True)
def new_page(desk: AtDesk, grid: FromQuery[str] = "") -> Template:
    """The form for one household with its members."""
    return _page(desk, Form(id=new_id(), grid=grid, member_1_relation="head"))


@post("/households/new", opt={"may": "registry.record"}, sync_to_thread=True)
def register(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Register a household with its members."""
    form = Form(data)
    new = read(form, desk.township)
    if new is not None:
        with form.trying():
            known = _known(desk, new)
            (made,) = api.registered(desk, [new])
            return go(f"/households/{made.household}", KNOWN_NUMBER if known else REGISTERED)
    return _page(desk, form, 422)


def read(form: Form, near: str) -> api.NewHousehold | None:
    """What the form tells, or None and the problems at its fields, in the order of the page."""
    grid, address = form.text("grid", NO_GRID), form.text("address", NO_ADDRESS)
    members = [member for n in range(1, ROWS + 1) if (member := _member(form, n, near)) is not None]
    if form.sound and not members:
        form.wrong(NOBODY, "member_1_name")
    numbers = [member.id_number for member in members if member.id_number]
    if len(set(numbers)) < len(numbers):
        form.wrong(TWICE, "member_1_id_number")
    if not form.sound:
        return None
    return form.made(
        api.NewHousehold, grid=grid, address=address, number=form.text("number"),
        members=members, id=form.text("id") or None,
    )  # fmt: skip


def _member(form: Form, n: int, near: str) -> api.NewMember | None:
    """One row of the form; None where nothing stands in it."""
    names = ("name", "id_number", "phone", "away_name")
    if not any(form.given.get(f"member_{n}_{name}") for name in names):
        return None
    name = form.text(f"member_{n}_name", typed.NO_NAME)
    relation = typed.chosen(form, f"member_{n}_relation", RELATIONS, "other")
    number = typed.id_number(form, f"member_{n}_id_number")
    phone = typed.phone(form, f"member_{n}_phone")
    needs = typed.needs(form, f"member_{n}_needs")
    code, place = typed.place(form, f"member_{n}_away_name", {}, near)
    if not form.sound:
        return None
    return form.made(
        api.NewMember, name=name, relation=relation, id_number=number, phone=phone, needs=needs,
        away=residents.ResidentAway(to_area=code, to_name=place[:120]) if place else None,
    )  # fmt: skip


def _known(desk: Desk, new: api.NewHousehold) -> bool:
    """Whether somebody's ID number is registered in a household already."""
    numbers = [member.id_number for member in new.members]
    at_desk = desk.remit, desk.connection, desk.township
    return bool(people.same_number(*at_desk, numbers))


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    filled = [n for n in range(1, ROWS + 1) if form.given.get(f"member_{n}_name")]
    return desk.page(
        "registry/household_new.html", status, form=form, rows=range(1, ROWS + 1),
        shown=max([SHOWN, *filled]), grids=doors(desk, facts.HOUSEHOLD_REGISTERED.may or ""),
        relations=options(RELATIONS), needs=options(NEEDS),
    )  # fmt: skip


HANDLERS: list[Any] = [new_page, register]
