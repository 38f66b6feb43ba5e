"""A list on its way: what would become of it, how far it is, what became of it and came back."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.base.clock import ZONE
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND, Problem
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Typed, go, says
from tongxin.intake import progress
from tongxin.intake.kinds import Outcome, SheetKind
from tongxin.intake.progress import Progress, Stage
from tongxin.intake.running import MAY
from tongxin.intake.staging import KEPT_DAYS, Head, Part, Shown
from tongxin.intake.survey import SHOWN
from tongxin.intake.taking import found

DISCARDED: Final = says(
    "intake-discarded", "已删除，没有留下副本。", "It was deleted, and no copy is left."
)
_BACK: Final = Text("退回的行", "rows that came back")
# In the order in which a page shows them: what wants attention first.
ORDER: Final = (
    (Outcome.RETURNED, Text("退回", "Come back")), (Outcome.DOUBTFUL, Text("疑似重复", "Doubtful")),
    (Outcome.NEW, Text("新登记", "New")), (Outcome.ADDED, Text("已有，补充", "Known, adds to it")),
    (Outcome.KNOWN, Text("已有，不变", "Known already")),
)  # fmt: skip
_DIFFER: Final = Text("和已登记的不同", "Otherwise than registered")
_GROUPS: Final[tuple[tuple[str, Text], ...]] = (*ORDER[:2], ("differs", _DIFFER), *ORDER[2:])


@get("/imports/{import_id:str}", opt={"may": MAY}, sync_to_thread=True)
def import_page(desk: AtDesk, import_id: FromPath[str]) -> Template | Redirect:
    """Where a list stands: its preview, its progress, or what became of it."""
    subject = subject_id(import_id, "import_id")
    try:
        head, kind = found(desk, subject)
    except Problem as problem:
        if problem.code != NOT_FOUND.code:
            raise
        return _finished(desk, subject, None)
    far = progress.progress(desk, subject, head)
    if far.stage is Stage.MAPPING:
        return go(f"/imports/{subject}/mapping")
    if far.stage is Stage.FINISHED:
        titles = head.mapped.titles if head.mapped else ()
        return _finished(desk, subject, progress.whole(desk, subject, head), titles)
    if far.stage is Stage.PREVIEW:
        return _preview(desk, subject, head, kind)
    return _progress(desk, subject, head, kind, far)


@post("/imports/{import_id:str}/confirm", opt={"may": MAY}, sync_to_thread=True)
def confirm(desk: AtDesk, import_id: FromPath[str], data: Typed) -> Redirect:
    """Record the rows, with what was decided about doubtful ones; or go on where it stopped."""
    head, kind = found(desk, import_id)
    progress.confirm(desk, import_id, head, kind, _decided(data))
    return go(f"/imports/{import_id}")


@post("/imports/{import_id:str}/plan", opt={"may": MAY}, sync_to_thread=True)
def plan(desk: AtDesk, import_id: FromPath[str]) -> Redirect:
    """Plan it once more, where that had stopped."""
    head, kind = found(desk, import_id)
    progress.plan(desk, import_id, head, kind)
    return go(f"/imports/{import_id}")


@post("/imports/{import_id:str}/discard", opt={"may": MAY}, sync_to_thread=True)
def discard(desk: AtDesk, import_id: FromPath[str]) -> Redirect:
    """Delete a list that is not wanted, or no more; what is recorded stays recorded."""
    head, _ = found(desk, import_id)
    if progress.discard(desk, import_id, head):
        return go("/imports", DISCARDED)
    return go(f"/imports/{import_id}")


@get("/imports/{import_id:str}/returned", opt={"may": MAY}, sync_to_thread=True)
def returned(desk: AtDesk, import_id: FromPath[str]) -> Response[bytes]:
    """The rows that come back, as a workbook with the reason beside each cell."""
    head, _ = found(desk, import_id)
    content = progress.workbook(desk, import_id, head)
    name = quote(f"{desk.say(_BACK)}-{desk.now.astimezone(ZONE):%Y%m%d-%H%M}.xlsx")
    disposition = f"attachment; filename=\"returned.xlsx\"; filename*=UTF-8''{name}"
    return Response(
        content, status_code=200, media_type=progress.XLSX,
        headers={"Content-Disposition": disposition},
    )  # fmt: skip


def _decided(typed: dict[str, Any]) -> dict[int, bool]:
    """What was said of doubtful rows: `same-12` is `yes`, `no` or empty."""
    found: dict[int, bool] = {}
    for name, value in typed.items():
        head, _, number = name.partition("-")
        if head == "same" and number.isdecimal() and value in ("yes", "no"):
            found[int(number)] = value == "yes"
    return found


def _preview(desk: Desk, import_id: str, head: Head, kind: SheetKind) -> Template:
    whole = progress.whole(desk, import_id, head)
    return desk.page(
        "intake/preview.html", import_id=import_id, kind=kind, counts=whole.counts,
        groups=_groups(whole), titles=head.mapped.titles if head.mapped else (),
        going=whole.counts.new + whole.counts.added + whole.counts.doubtful,
    )  # fmt: skip


def _groups(whole: Part) -> list[tuple[str, Text, int, list[Any]]]:
    """The rows that are shown of each outcome, with how many there are."""
    return [
        (sort, title, getattr(whole.counts, sort), _in(whole.shown, sort))
        for sort, title in _GROUPS
        if getattr(whole.counts, sort)
    ]


def _in(shown: list[Shown], sort: str) -> list[Shown]:
    """The rows of a group: of doubtful and differing ones all there are, of others the first."""
    rows = [row for row in shown if (row.differs if sort == "differs" else row.outcome == sort)]
    return rows if sort in ("differs", Outcome.DOUBTFUL) else rows[:SHOWN]


def _progress(
    desk: Desk, import_id: str, head: Head, kind: SheetKind, far: Progress
) -> Template:  # fmt: skip
    return desk.page(
        "intake/progress.html", import_id=import_id, kind=kind, head=head, ready=far.ready,
        parts=far.parts, runs=far.stage is not Stage.STOPPED,
    )  # fmt: skip


def _finished(
    desk: Desk, import_id: str, whole: Part | None, titles: Sequence[str] = ()
) -> Template:
    list_kind, digest, counts = progress.noted(desk, import_id)
    counts = whole.counts if whole else counts
    shown = whole.shown if whole else []
    doubtful = [each for each in shown if each.outcome == Outcome.DOUBTFUL]
    return desk.page(
        "intake/result.html", import_id=import_id, kind=desk.sheets().get(list_kind),
        counts=counts, doubtful=doubtful, differing=[each for each in shown if each.differs],
        kept=whole is not None, kept_days=KEPT_DAYS, titles=titles,
        digest=digest, order=[(str(outcome), title) for outcome, title in ORDER],
    )  # fmt: skip


HANDLERS: list[Any] = [import_page, confirm, plan, discard, returned]
