"""Which doors there are: narrowed, sorted, searched by address without a trace in addresses."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template
from msgspec import Struct

from tongxin.base import masking
from tongxin.base.clock import to_ms
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed
from tongxin.registry.choices import Option, grid_names, villages
from tongxin.registry.grids.api import pack
from tongxin.registry.grids.rules import leaves
from tongxin.registry.households import queries
from tongxin.registry.labels import NEEDS, RESULTS
from tongxin.registry.links import queries as links
from tongxin.registry.residents import queries as residents

NO_WORDS = ProblemKind(
    "registry.no_words",
    422,
    zh="请输入门牌开头或户号。",
    en="Type the beginning of an address, or a household's number.",
)
PAGE: Final = 50
WHICH: Final[dict[str, Text]] = {
    "stale": Text("该走访了", "To be visited"),
    "unlinked": Text("没有党员联系", "Linked to nobody"),
    "absent": Text("上次没人在", "Nobody there last time"),
    "refused": Text("上次没开门", "Not let in last time"),
    "checked": Text("抽查过", "Checked again"),
    "unplaced": Text("没有划入网格", "In no grid"),
}


class Door(Struct, frozen=True):
    """One household as a list shows it; who lives there only to whoever may know."""

    household: str
    address: str
    area: str
    number: str
    result: str
    visited_at: int
    met_at: int
    head: str
    people: int
    needs: list[Text]
    members: list[str]


@get("/households", opt={"may": "registry.doors"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    which: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Every door in the remit, narrowed and sorted."""
    query = {"village": village, "which": which, "figure": figure, "day": day, "sort": sort}
    wanted = _wanted(desk, query)
    after = (page - 1) * PAGE
    rows = queries.households(desk.remit, desk.connection, desk.township, wanted, PAGE, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    kept = {name: value for name, value in query.items() if value}
    return _page(
        desk, Form(), rows, total, query=kept, page=page, pages=max(-(-total // PAGE), 1),
        first=after + 1, before=_address(kept, page - 1) if page > 1 else None,
        after=_address(kept, page + 1) if after + PAGE < total else None,
    )  # fmt: skip


@post("/households/find", opt={"may": "registry.doors"}, sync_to_thread=True)
def find(desk: AtDesk, data: Typed) -> Template:
    """Doors by the beginning of the address or the household's number."""
    form = Form(data)
    words = form.text("words", NO_WORDS)[:60]
    rows: list[queries.Row] = []
    total = 0
    if form.sound:
        wanted = queries.Wanted(words=words)
        total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
        rows = queries.households(desk.remit, desk.connection, desk.township, wanted, PAGE, 0)
    return _page(
        desk, form, rows, total, status=200 if form.sound else 422, query={}, page=1, pages=1,
        first=1, before=None, after=None, here="/households", sought=words,
    )  # fmt: skip


def doors(desk: Desk, rows: list[queries.Row]) -> list[Door]:
    """Rows of households with what else a list tells of them."""
    at_desk = desk.remit, desk.connection, desk.township
    names = [row["subject"] for row in rows]
    members = residents.members(*at_desk, names)
    linked = links.linked_to(*at_desk, names)
    return [_door(row, members[row["subject"]], linked[row["subject"]]) for row in rows]


def _door(row: queries.Row, members: list[Any], linked: list[Any]) -> Door:
    needs = {need for each in members for need in (each["needs"] or "").split()}
    return Door(
        household=row["subject"], address=row["address"], area=row["area"], number=row["number"],
        result=row["result"], visited_at=row["visited_at"], met_at=row["met_at"],
        head=masking.name(members[0]["name"]) if members else "", people=len(members),
        needs=[label for need, label in NEEDS.items() if need in needs],
        members=[each["name"] for each in linked if each["name"]],
    )  # fmt: skip


def _wanted(desk: Desk, query: dict[str, str]) -> queries.Wanted:
    which, village = query["which"], query["village"]
    outside = None
    if which == "unplaced":
        outside = leaves(list(grid_names(desk, village or desk.township)))
    return queries.Wanted(
        area=village, figure=query["figure"], day=query["day"], sort=query["sort"] or "door",
        unlinked=which == "unlinked", checked=which == "checked", outside_of=outside,
        result=which if which in ("absent", "refused") else "",
        stale_before=stale_before(desk) if which == "stale" else None,
    )  # fmt: skip


def stale_before(desk: Desk) -> int:
    """What was last met before this instant (milliseconds) is to be visited, by the pack."""
    visits = pack(desk).visits
    days = visits.renew_days if visits else 0
    return to_ms(desk.now) - days * 86_400_000


def _address(kept: dict[str, str], page: int) -> str:
    return "/households?" + urlencode({**kept, "page": page})


def _page(
    desk: Desk, form: Form, rows: list[queries.Row], total: int, status: int = 200, **more: Any
) -> Template:
    states: list[Option] = list(WHICH.items())
    if not desk.remit.holds("registry.read"):
        states = [option for option in states if option[0] != "unlinked"]
    return desk.page(
        "registry/households.html", status, form=form, total=total, doors=doors(desk, rows),
        villages=villages(desk, queries.DOORS), which=states, results=RESULTS,
        grids=_named(desk, rows), reads=desk.remit.holds("registry.read"), **more,
    )  # fmt: skip


def _named(desk: Desk, rows: list[queries.Row]) -> dict[str, str]:
    """The names of the grids in which these stand."""
    found: dict[str, str] = {}
    for village in sorted({row["village"] for row in rows}):
        found |= grid_names(desk, village)
    return found


HANDLERS: list[Any] = [list_page, find]
