"""Who lives here and who visits: narrowed, or found by name, pinyin letters or last digits."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from tongxin.access.looking import found_by_number
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed
from tongxin.registry.choices import villages
from tongxin.registry.households import queries as households
from tongxin.registry.labels import NEEDS, RELATIONS
from tongxin.registry.residents import api, queries, rules

NOT_SOUGHT = ProblemKind(
    "registry.not_sought",
    422,
    zh="请输入姓名、拼音首字母（如 cj），或身份证号、电话的末四位，或完整号码。",
    en="Type a name, its pinyin letters (as cj), or the last four or all of an ID number or "
    "telephone.",
)
PAGE: Final = 50
_MOST_FOUND: Final = 200
KINDS: Final[dict[str, Text]] = {
    "away": Text("外出", "Away"),
    "visitor": Text("外来人员", "Visitors"),
    "needs": Text("有特殊需要", "With special needs"),
    **NEEDS,
}


@get("/residents", opt={"may": "registry.read"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Everybody in the remit, narrowed."""
    query = {"village": village, "kind": kind, "figure": figure, "day": day}
    wanted = queries.Wanted(area=village, kind=kind, figure=figure, day=day)
    after = (page - 1) * PAGE
    rows = queries.residents(desk.remit, desk.connection, desk.township, wanted, PAGE, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    kept = {name: value for name, value in query.items() if value}
    return _page(
        desk, Form(), rows, total, query=kept, page=page, pages=max(-(-total // PAGE), 1),
        first=after + 1, before=_address(kept, page - 1) if page > 1 else None,
        after=_address(kept, page + 1) if after + PAGE < total else None,
    )  # fmt: skip


@post("/residents/find", opt={"may": "registry.read"}, sync_to_thread=True)
def find(desk: AtDesk, data: Typed) -> Template:
    """People by name, letters or digits: posted, so that no address or log holds them."""
    form = Form(data)
    words = form.text("words")[:60]
    sought = rules.sought(words)
    rows: list[queries.Row] = []
    total = 0
    if sought is None:
        form.wrong(NOT_SOUGHT, "words")
    else:
        wanted = queries.Wanted(sought=sought)
        at_desk = desk.remit, desk.connection, desk.township
        rows = queries.residents(*at_desk, wanted, _MOST_FOUND + 1, 0)
        total, rows = len(rows), rows[:_MOST_FOUND]
        if sought.is_whole_number:
            found_by_number(desk, (row["subject"] for row in rows))
    return _page(
        desk, form, rows, total, status=200 if form.sound else 422, query={}, page=1, pages=1,
        first=1, before=None, after=None, here="/residents", sought=words,
    )  # fmt: skip


def _address(kept: dict[str, str], page: int) -> str:
    return "/residents?" + urlencode({**kept, "page": page})


def _page(
    desk: Desk, form: Form, rows: list[queries.Row], total: int, status: int = 200, **more: Any
) -> Template:
    homes = {row["household"] for row in rows}
    doors = households.doors_of(desk.remit, desk.connection, desk.township, homes)
    return desk.page(
        "registry/residents.html", status, form=form, total=total, doors=doors,
        people=[api.shown(row, desk.now) for row in rows], kinds=list(KINDS.items()),
        villages=villages(desk, queries.READ), needs=NEEDS, relations=RELATIONS,
        most=_MOST_FOUND, **more,
    )  # fmt: skip


HANDLERS: list[Any] = [list_page, find]
