"""The returnee ledger as an Excel file: who takes it, when and why stands in it and is recorded."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

from tongxin.access import facts as access
from tongxin.arrivals import queries, returnees
from tongxin.arrivals.pages.listing import wanted
from tongxin.arrivals.returnees import Setting
from tongxin.base.clock import ZONE
from tongxin.base.problems import ProblemKind
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Contributed, Desk
from tongxin.forms import Form, Typed
from tongxin.ledger.facts import REGISTRATION
from tongxin.registry import queries as registry
from tongxin.sheets import apart
from tongxin.sheets.writing import Cells, Wide, Written

NO_REASON = ProblemKind(
    "arrivals.no_reason",
    422,
    zh="请写明用途（至少 4 个字），会一起记录。",
    en="Say what it is for (4 characters at least); it is recorded too.",
)
TOO_MANY = ProblemKind(
    "arrivals.too_many_to_export",
    422,
    zh="一次最多导出 {most} 人次，这里有 {count}。请先按村或类别筛选。",
    en="At most {most} arrivals can be taken at once; these are {count}. Narrow the list first.",
)
_MOST: Final = 100_000
_FILTERS: Final = ("village", "category", "figure", "day", "sort")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLE: Final = Text("返乡人员台账", "Returnee ledger")
_TAKEN: Final = Text(
    "导出人：{who}　时间：{at}　用途：{reason}　个人信息：{shown}",
    "Taken by {who} at {at} for: {reason}. Personal fields: {shown}",
)
_MASKED: Final = Text("已遮盖", "masked")
_WHOLE: Final = Text("完整", "in full")
_MARK: Final = Text(
    "{who} {at} 导出 · {reason} · 内部资料，不得外传",
    "Taken by {who} at {at} · {reason} · internal, not to be passed on",
)


@get("/arrivals/export", opt={"may": "arrivals.export"}, sync_to_thread=True)
def export_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    category: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    day: FromQuery[str] = "",
    sort: FromQuery[str] = "",
) -> Template:
    """Ask what the list is for before it leaves the program."""
    form = Form(village=village, category=category, figure=figure, day=day, sort=sort)
    return _page(desk, form)


@post("/arrivals/export", opt={"may": "arrivals.export"}, sync_to_thread=True)
def export(desk: AtDesk, data: Typed) -> Response[Any]:
    """The ledger as an Excel file, once it is recorded who took it and why."""
    form = Form(data)
    reason, reveal = form.text("reason"), form.text("reveal") == "yes"
    if len(reason) < 4:
        form.wrong(NO_REASON, "reason")
    remit = _remit(desk, reveal)
    count = queries.how_many(remit, desk.connection, desk.township, wanted(form.given))
    if count > _MOST:
        form.wrong(TOO_MANY, "reason", most=_MOST, count=count)
    if not form.sound:
        return _page(desk, form, 422)
    what = "arrivals (unmasked)" if reveal else "arrivals (masked)"
    desk.record(
        access.EXPORTED, access.Exported(what=what, rows=count, reason=reason[:200]),
        subject=desk.who.account, purpose=REGISTRATION, area=desk.township,
    )  # fmt: skip
    return _file(desk, _workbook(desk, form, remit, reason, reveal))


def _remit(desk: Desk, reveal: bool) -> Remit:
    remit = desk.remit.narrowed("arrivals.read", "arrivals.export")
    return remit.narrowed("arrivals.read", "arrivals.reveal") if reveal else remit


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    total = queries.how_many(
        _remit(desk, False), desk.connection, desk.township, wanted(form.given)
    )
    return desk.page(
        "arrivals/export.html", status, form=form, total=total, filters=_FILTERS,
        may_reveal=desk.remit.holds("arrivals.reveal"),
    )  # fmt: skip


def _workbook(desk: Desk, form: Form, remit: Remit, reason: str, reveal: bool) -> bytes:
    setting = Setting(
        desk.language, desk.township, registry.places(desk.connection, desk.township),
        {each.proposal: each.pack
         for each in registry.packs_in_force(desk.connection, desk.township)},
        desk.now, reveal,
    )  # fmt: skip
    at = desk.now.astimezone(ZONE).replace(tzinfo=None)
    told = {"who": desk.who.name, "at": f"{at:%Y-%m-%d %H:%M}", "reason": reason}
    shown = desk.say(_WHOLE if reveal else _MASKED)
    contributed = desk.columns("ledger")
    columns = [
        *returnees.titles(setting),
        *((desk.say(column.title), column.width, "text") for column in contributed),
        (desk.say(returnees.RECORD.title), returnees.RECORD.width, "text"),
    ]
    what = Written(
        desk.say(_TITLE), (f"{desk.who.township_name} {desk.say(_TITLE)}",
                           _TAKEN.spoken(desk.language).format(**told, shown=shown)),
        tuple(Wide(*column) for column in columns), _MARK.spoken(desk.language).format(**told),
        desk.who.name, reason, at, frozen=2,
    )  # fmt: skip
    return apart.written(what, _lines(desk, remit, form, setting, contributed))


def _lines(
    desk: Desk, remit: Remit, form: Form, setting: Setting, contributed: Sequence[Contributed]
) -> Iterator[Cells]:
    """The ledger's lines, a few hundred at a time."""
    number = 0
    for rows in queries.ledger(remit, desk.connection, desk.township, wanted(form.given), _MOST):
        episodes = [row["episode"] for row in rows]
        more = [c.values(remit, desk.connection, desk.township, episodes) for c in contributed]
        for row in rows:
            number += 1
            beside = [values.get(row["episode"], "") for values in more]
            yield Cells([*returnees.cells(row, setting, number), *beside, row["episode"]])


def _file(desk: Desk, content: bytes) -> Response[bytes]:
    stamp = f"{desk.now.astimezone(ZONE):%Y%m%d-%H%M}"
    name = quote(f"{desk.who.township_name}{desk.say(_TITLE)}-{stamp}.xlsx")
    disposition = f"attachment; filename=\"arrivals-{stamp}.xlsx\"; filename*=UTF-8''{name}"
    return Response(
        content, status_code=200, media_type=_XLSX, headers={"Content-Disposition": disposition}
    )


HANDLERS: list[Any] = [export_page, export]
