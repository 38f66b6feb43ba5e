"""Who has come: the list, and a search that leaves no trace in addresses."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template
from msgspec.structs import replace

from tongxin.access.looking import found_by_number
from tongxin.arrivals import api, queries
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed
from tongxin.registry import queries as registry
from tongxin.registry.residents import rules

NO_NAME_TYPED = ProblemKind(
    "arrivals.no_name_typed",
    422,
    zh="请输入姓名开头的一个或几个字。",
    en="Type one or more characters that the name begins with.",
)
NOT_SOUGHT = ProblemKind(
    "arrivals.not_sought",
    422,
    zh="请输入姓名、拼音首字母（如 cj），或身份证号、电话的末四位，或完整号码。",
    en="Type a name, its pinyin letters (as cj), or the last four or all of an ID number or "
    "telephone.",
)
PAGE: Final = 50
MOST_FOUND: Final = 200


@get("/arrivals", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    category: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Everybody in the remit, narrowed and sorted."""
    query = {"village": village, "category": category, "figure": figure, "day": day, "sort": sort}
    narrowed = wanted(query)
    after = (page - 1) * PAGE
    rows = queries.journeys(desk.remit, desk.connection, desk.township, narrowed, PAGE, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, narrowed)
    kept = {name: value for name, value in query.items() if value}
    return _page(
        desk, Form(), rows, total, query=kept, page=page, pages=max(-(-total // PAGE), 1),
        first=after + 1, before=_address(kept, page - 1) if page > 1 else None,
        after=_address(kept, page + 1) if after + PAGE < total else None,
    )  # fmt: skip


@post("/arrivals/find", opt={"may": "arrivals.read"}, sync_to_thread=True)
def find(desk: AtDesk, data: Typed) -> Template:
    """People by name, letters or digits, also of those a list is narrowed to: posted, so that no
    address or log holds them.
    """
    form = Form(data)
    words = form.text("words")[:60]
    sought = rules.sought(words)
    rows: list[queries.Row] = []
    query = {name: value for name in ("village", "category") if (value := form.text(name))}
    if sought is None:
        form.wrong(NOT_SOUGHT, "words")
    else:
        narrowed = replace(wanted(query), sought=sought)
        at_desk = desk.remit, desk.connection, desk.township
        rows = queries.journeys(*at_desk, narrowed, MOST_FOUND + 1, 0)
        if sought.is_whole_number:
            found_by_number(desk, (row["subject"] for row in rows))
    total, rows = len(rows), rows[:MOST_FOUND]
    return _page(
        desk, form, rows, total, status=200 if form.sound else 422, query=query, page=1, pages=1,
        first=1, before=None, after=None, here="/arrivals", sought=words,
    )  # fmt: skip


def wanted(query: Mapping[str, Any]) -> queries.Wanted:
    """What a list is narrowed to, by what its address or form says."""
    return queries.Wanted(
        area=query.get("village", ""), category=query.get("category", ""),
        figure=query.get("figure", ""), day=query.get("day", ""),
        sort=query.get("sort") or "newest",
    )  # fmt: skip


def _address(kept: dict[str, str], page: int) -> str:
    return "/arrivals?" + urlencode({**kept, "page": page})


def _page(
    desk: Desk, form: Form, rows: list[queries.Row], total: int, status: int = 200, **more: Any
) -> Template:
    named = registry.places(desk.connection, desk.township)
    villages = [
        (code, name)
        for code, name in named.items()
        if len(code) > len(desk.township) and _reads(desk, code)
    ]
    return desk.page(
        "arrivals/list.html", status, form=form, total=total, villages=villages,
        people=[api.shown(row, desk.now) for row in rows], categories=_categories(desk),
        most=MOST_FOUND, **more,
    )  # fmt: skip


def _reads(desk: Desk, area: str) -> bool:
    return any(
        area.startswith(mine) or mine.startswith(area) for mine in desk.remit.areas("arrivals.read")
    )


def _categories(desk: Desk) -> list[tuple[str, Text]]:
    """The categories of all packs in force, the newest pack's names first."""
    found: dict[str, Text] = {}
    for in_force in reversed(registry.packs_in_force(desk.connection, desk.township)):
        for category in in_force.pack.categories:
            found.setdefault(category.id, category.label)
    return list(found.items())


HANDLERS: list[Any] = [list_page, find]
