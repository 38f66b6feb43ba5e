"""A list on its way: what would become of it, how far it is, what became of it and came back."""

from itertools import chain
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from msgspec.structs import replace

from tongxin.base.clock import ZONE
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND, Problem
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Typed, go, says
from tongxin.intake import queries, running
from tongxin.intake.kinds import Outcome, SheetKind
from tongxin.intake.pages.mapping import asking, found
from tongxin.intake.running import DONE, MAY, REFUSED, Job
from tongxin.intake.staging import KEPT_DAYS, LINES, Counts, Head, Part, Staging
from tongxin.intake.survey import together
from tongxin.sheets import apart, returning

DISCARDED: Final = says(
    "intake-discarded", "已删除，没有留下副本。", "It was deleted, and no copy is left."
)
_PATIENCE_S: Final = 1.5
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BACK: Final = Text("退回的行", "rows that came back")
# In the order in which a page shows them: what wants attention first.
ORDER: Final = (
    (Outcome.RETURNED, Text("退回", "Come back")), (Outcome.DOUBTFUL, Text("疑似重复", "Doubtful")),
    (Outcome.NEW, Text("新登记", "New")), (Outcome.ADDED, Text("已有，补充", "Known, adds to it")),
    (Outcome.KNOWN, Text("已有，不变", "Known already")),
)  # fmt: skip


@get("/imports/{import_id:str}", opt={"may": MAY}, sync_to_thread=True)
def import_page(desk: AtDesk, import_id: FromPath[str]) -> Template | Redirect:
    """Where a list stands: its preview, its progress, or what became of it."""
    subject = subject_id(import_id, "import_id")
    staging = Staging(desk.store, desk.township)
    try:
        head, kind = found(desk, subject)
    except Problem as problem:
        if problem.code != NOT_FOUND.code:
            raise
        return _finished(desk, subject, None)
    if head.finished:
        done = staging.parts(desk.connection, subject, DONE)
        refused = staging.parts(desk.connection, subject, REFUSED)
        return _finished(desk, subject, together(chain(done, refused)))
    if head.mapped is None:
        return go(f"/imports/{subject}/mapping")
    section = DONE if head.confirmed else head.planned
    parts = len(staging.numbers(desk.connection, subject, LINES))
    ready = len(staging.numbers(desk.connection, subject, section))
    if head.confirmed or ready < parts:
        return _progress(desk, subject, head, kind, ready, parts)
    return _preview(desk, subject, head, kind)


@post("/imports/{import_id:str}/confirm", opt={"may": MAY}, sync_to_thread=True)
def confirm(desk: AtDesk, import_id: FromPath[str], data: Typed) -> Redirect:
    """Record the rows, with what was decided about doubtful ones; or go on where it stopped."""
    head, kind = found(desk, import_id)
    if head.finished or head.mapped is None:
        return go(f"/imports/{import_id}")
    if not head.confirmed:
        head = replace(head, confirmed=True, same=_decided(data))
        Staging(desk.store, desk.township).save(import_id, head, desk.now)
    return _on(desk, import_id, kind, record=True)


@post("/imports/{import_id:str}/plan", opt={"may": MAY}, sync_to_thread=True)
def plan(desk: AtDesk, import_id: FromPath[str]) -> Redirect:
    """Plan it once more, where that had stopped."""
    head, kind = found(desk, import_id)
    if head.confirmed or head.mapped is None:
        return go(f"/imports/{import_id}")
    return _on(desk, import_id, kind, record=False)


@post("/imports/{import_id:str}/discard", opt={"may": MAY}, sync_to_thread=True)
def discard(desk: AtDesk, import_id: FromPath[str]) -> Redirect:
    """Delete a list that is not wanted, or no more; what is recorded stays recorded."""
    head, _ = found(desk, import_id)
    if head.confirmed and not head.finished:
        return go(f"/imports/{import_id}")  # what is half in is first completed
    Staging(desk.store, desk.township).forget(import_id, desk.now)
    return go("/imports", DISCARDED)


@get("/imports/{import_id:str}/returned", opt={"may": MAY}, sync_to_thread=True)
def returned(desk: AtDesk, import_id: FromPath[str]) -> Response[bytes]:
    """The rows that come back, as a workbook with the reason beside each cell."""
    head, _ = found(desk, import_id)
    if head.mapped is None:
        raise NOT_FOUND()
    staging = Staging(desk.store, desk.township)
    sections = (DONE, REFUSED) if head.confirmed else (head.planned,)
    back = [
        row
        for section in sections
        for part in staging.parts(desk.connection, import_id, section)
        for row in part.returned
    ]
    back.sort(key=lambda each: each.line.number)
    at = desk.now.astimezone(ZONE).replace(tzinfo=None)
    what = returning.workbook(head.mapped, len(back), desk.who.name, at, desk.language)
    content = apart.written(what, returning.rows(back, head.mapped.titles, desk.language))
    name = quote(f"{desk.say(_BACK)}-{at:%Y%m%d-%H%M}.xlsx")
    disposition = f"attachment; filename=\"returned.xlsx\"; filename*=UTF-8''{name}"
    return Response(
        content, status_code=200, media_type=_XLSX, headers={"Content-Disposition": disposition}
    )


def _on(desk: Desk, import_id: str, kind: SheetKind, *, record: bool) -> Redirect:
    job = Job(desk.store, kind, import_id, asking(desk))
    running.begin(job, job.record if record else job.plan)
    running.wait(import_id, _PATIENCE_S)
    return go(f"/imports/{import_id}")


def _decided(typed: dict[str, Any]) -> dict[int, bool]:
    """What was said of doubtful rows: `same-12` is `yes`, `no` or empty."""
    found: dict[int, bool] = {}
    for name, value in typed.items():
        head, _, number = name.partition("-")
        if head == "same" and number.isdecimal() and value in ("yes", "no"):
            found[int(number)] = value == "yes"
    return found


def _preview(desk: Desk, import_id: str, head: Head, kind: SheetKind) -> Template:
    staging = Staging(desk.store, desk.township)
    whole = together(staging.parts(desk.connection, import_id, head.planned))
    return desk.page(
        "intake/preview.html", import_id=import_id, kind=kind, counts=whole.counts,
        groups=_groups(whole), going=whole.counts.new + whole.counts.added + whole.counts.doubtful,
    )  # fmt: skip


def _groups(whole: Part) -> list[tuple[str, Text, int, list[Any]]]:
    """The rows that are shown of each outcome, with how many there are."""
    return [
        (str(outcome), title, getattr(whole.counts, outcome),
         [row for row in whole.shown if row.outcome == outcome])
        for outcome, title in ORDER
        if getattr(whole.counts, outcome)
    ]  # fmt: skip


def _progress(
    desk: Desk, import_id: str, head: Head, kind: SheetKind, ready: int, parts: int
) -> Template:
    staging = Staging(desk.store, desk.township)
    last_at = staging.last_at(desk.connection, import_id)
    return desk.page(
        "intake/progress.html", import_id=import_id, kind=kind, head=head, ready=ready,
        parts=parts, runs=running.is_running(import_id, last_at, desk.now),
    )  # fmt: skip


def _finished(desk: Desk, import_id: str, whole: Part | None) -> Template:
    row = queries.import_of(desk.remit, desk.connection, desk.township, import_id)
    if row is None or row["by"] != desk.who.account:
        raise NOT_FOUND()
    counts = Counts(*(row[name] for name in ("new", "added", "known", "doubtful", "returned")))
    doubtful = [each for each in whole.shown if each.outcome == Outcome.DOUBTFUL] if whole else []
    return desk.page(
        "intake/result.html", import_id=import_id, kind=desk.sheets().get(row["list_kind"]),
        counts=counts, doubtful=doubtful, kept=whole is not None, kept_days=KEPT_DAYS, row=row,
        order=[(str(outcome), title) for outcome, title in ORDER],
    )  # fmt: skip


HANDLERS: list[Any] = [import_page, confirm, plan, discard, returned]
