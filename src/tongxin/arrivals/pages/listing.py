"""Who has come: the list, a search by name that leaves no trace in addresses, and the export."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from tongxin.access import facts as access
from tongxin.arrivals import api, queries
from tongxin.base.clock import ZONE, from_ms
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed
from tongxin.ledger.facts import REGISTRATION
from tongxin.policy.explain import WORDS
from tongxin.policy.judgement import Standing
from tongxin.registry import queries as registry

NO_REASON = ProblemKind(
    "arrivals.no_reason",
    422,
    zh="请写明用途（至少 4 个字），会一起记录。",
    en="Say what it is for (4 characters at least); it is recorded too.",
)
NO_NAME_TYPED = ProblemKind(
    "arrivals.no_name_typed",
    422,
    zh="请输入姓名开头的一个或几个字。",
    en="Type one or more characters that the name begins with.",
)
PAGE: Final = 50
_MOST_FOUND: Final = 200
_MOST_EXPORTED: Final = 100_000
_FILTERS: Final = ("village", "category", "figure", "day", "sort")
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


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
    wanted = _wanted(query)
    after = (page - 1) * PAGE
    rows = queries.journeys(desk.remit, desk.connection, desk.township, wanted, PAGE, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
    kept = {name: value for name, value in query.items() if value}
    return _page(
        desk, Form(), rows, total, query=kept, page=page, pages=max(-(-total // PAGE), 1),
        first=after + 1, before=_address(kept, page - 1) if page > 1 else None,
        after=_address(kept, page + 1) if after + PAGE < total else None,
    )  # fmt: skip


@post("/arrivals/find", opt={"may": "arrivals.read"}, sync_to_thread=True)
def find(desk: AtDesk, data: Typed) -> Template:
    """People by the beginning of the name: posted, so that no address or log holds a name."""
    form = Form(data)
    name = form.text("name", NO_NAME_TYPED)
    rows: list[queries.Row] = []
    total = 0
    if form.sound:
        wanted = queries.Wanted(name=name)
        total = queries.how_many(desk.remit, desk.connection, desk.township, wanted)
        rows = queries.journeys(desk.remit, desk.connection, desk.township, wanted, _MOST_FOUND, 0)
    return _page(
        desk, form, rows, total, status=200 if form.sound else 422, query={}, page=1, pages=1,
        first=1, before=None, after=None, here="/arrivals", sought=name,
    )  # fmt: skip


@get("/arrivals/export", opt={"may": "arrivals.export"}, sync_to_thread=True)
def export_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    category: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
) -> Template:
    """Ask what the list is for before it leaves the program."""
    form = Form(village=village, category=category, figure=figure, day=day)
    return _export_page(desk, form)


@post("/arrivals/export", opt={"may": "arrivals.export"}, sync_to_thread=True)
def export(desk: AtDesk, data: Typed) -> Response[Any]:
    """The list as a CSV file, once it is recorded who took it and why."""
    form = Form(data)
    reason = form.text("reason")
    if len(reason) < 4:
        form.wrong(NO_REASON, "reason")
        return _export_page(desk, form, 422)
    remit = desk.remit.narrowed("arrivals.read", "arrivals.export")
    reveal = form.text("reveal") == "yes"
    if reveal:
        remit = remit.narrowed("arrivals.read", "arrivals.reveal")
    rows = queries.journeys(
        remit, desk.connection, desk.township, _wanted(form.given), _MOST_EXPORTED, 0
    )
    what = "arrivals (unmasked)" if reveal else "arrivals (masked)"
    desk.record(
        access.EXPORTED, access.Exported(what=what, rows=len(rows), reason=reason[:200]),
        subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    name = f"arrivals-{desk.now.astimezone(ZONE):%Y%m%d-%H%M}.csv"
    return Response(
        _csv(desk, rows, reason, reveal).encode("utf-8-sig"), status_code=200,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _wanted(query: dict[str, Any]) -> queries.Wanted:
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
        people=[api.shown(row, desk.now) for row in rows], categories=_categories(desk), **more,
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


def _export_page(desk: Desk, form: Form, status: int = 200) -> Template:
    remit = desk.remit.narrowed("arrivals.read", "arrivals.export")
    total = queries.how_many(remit, desk.connection, desk.township, _wanted(form.given))
    return desk.page(
        "arrivals/export.html", status, form=form, total=total, filters=_FILTERS,
        may_reveal=desk.remit.holds("arrivals.reveal"),
    )  # fmt: skip


def _csv(desk: Desk, rows: Iterable[queries.Row], reason: str, reveal: bool) -> str:
    """Who took it, when and why in the first lines; then one line a journey."""
    taken = f"{desk.now.astimezone(ZONE):%Y-%m-%d %H:%M}"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([desk.say(Text("导出人", "Exported by")), desk.who.name])
    writer.writerow([desk.say(Text("导出时间", "Exported at")), taken])
    writer.writerow([desk.say(Text("用途", "Reason")), _safe(reason)])
    heads = [
        Text("姓名", "Name"), Text("身份证号", "ID number"), Text("手机号", "Mobile"),
        Text("村", "Village"), Text("从哪里来", "From"), Text("到达时间", "Arrived"),
        Text("类别", "Category"), Text("状态", "Standing"), Text("到何时", "Until"),
    ]  # fmt: skip
    writer.writerow([desk.say(head) for head in heads])
    named = registry.places(desk.connection, desk.township)
    for row in rows:
        shown = api.shown(row, desk.now)
        fields = ("name", "id_number", "phone")
        personal = [row[name] if reveal else getattr(shown, name) for name in fields]
        until = f"{shown.until.astimezone(ZONE):%Y-%m-%d %H:%M}" if shown.until else ""
        arrived = f"{from_ms(row['arrived_at']):%Y-%m-%d %H:%M}"
        cells = [
            *personal, named.get(row["area"][:12], row["area"]), row["from_name"], arrived,
            desk.say(shown.label), desk.say(WORDS[Standing(shown.standing)]), until,
        ]  # fmt: skip
        writer.writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


HANDLERS: list[Any] = [list_page, find, export_page, export]
