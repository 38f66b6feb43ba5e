"""Where a list is on its way, what became of its rows, and those that come back as a workbook."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.base.clock import ZONE
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import Desk
from tongxin.intake import queries, running
from tongxin.intake.kinds import SheetKind
from tongxin.intake.running import DONE, REFUSED, Job
from tongxin.intake.staging import LINES, Counts, Head, Part, Staging
from tongxin.intake.survey import together
from tongxin.intake.taking import asking
from tongxin.sheets import apart, returning

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# For so long a request waits for the work that it began, before it says how far that is.
_PATIENCE_S: Final = 1.5


class Stage(StrEnum):
    """Where a list is on its way."""

    MAPPING = "mapping"  # somebody is to say what its columns are
    PLANNING = "planning"  # it is being gone through, for the preview
    PREVIEW = "preview"  # it waits to be confirmed
    RECORDING = "recording"  # its rows are going in
    STOPPED = "stopped"  # planning or recording stopped on the way, and is to be gone on with
    FINISHED = "finished"  # it is in


class Progress(Struct, frozen=True):
    """Where a list is: `ready` of its `parts` are gone through. A part has up to 500 lines."""

    stage: Stage
    ready: int
    parts: int


def progress(desk: Desk, import_id: str, head: Head) -> Progress:
    """How far a list is."""
    if head.finished:
        return Progress(Stage.FINISHED, 0, 0)
    if head.mapped is None:
        return Progress(Stage.MAPPING, 0, 0)
    staging = Staging(desk.store, desk.township)
    section = DONE if head.confirmed else head.planned
    parts = len(staging.numbers(desk.connection, import_id, LINES))
    ready = len(staging.numbers(desk.connection, import_id, section))
    if not head.confirmed and ready >= parts:
        return Progress(Stage.PREVIEW, ready, parts)
    last_at = staging.last_at(desk.connection, import_id)
    if not running.is_running(import_id, last_at, desk.now):
        return Progress(Stage.STOPPED, ready, parts)
    return Progress(Stage.RECORDING if head.confirmed else Stage.PLANNING, ready, parts)


def whole(desk: Desk, import_id: str, head: Head) -> Part:
    """What is to become of the rows, or once it was confirmed, what became of them so far."""
    staging = Staging(desk.store, desk.township)
    sections = (DONE, REFUSED) if head.confirmed else (head.planned,)
    return together(
        chain.from_iterable(staging.parts(desk.connection, import_id, s) for s in sections)
    )


def noted(desk: Desk, import_id: str) -> tuple[str, str, Counts]:
    """Of an import of the asker's own that is in: kind of list, digest, counts."""
    row = queries.import_of(desk.remit, desk.connection, desk.township, import_id)
    if row is None or row["by"] != desk.who.account:
        raise NOT_FOUND()
    return row["list_kind"], row["digest"], counted(row)


def counted(row: Mapping[str, Any]) -> Counts:
    """How many rows became what, of a row of `imported`."""
    names = ("new", "added", "known", "doubtful", "returned")
    return Counts(*(row[name] for name in names))


def confirm(desk: Desk, import_id: str, head: Head, kind: SheetKind, same: dict[int, bool]) -> None:
    """Record the rows, with what was decided about doubtful ones; or go on where it stopped."""
    if head.finished or head.mapped is None:
        return
    if not head.confirmed:
        head = replace(head, confirmed=True, same=same)
        Staging(desk.store, desk.township).save(import_id, head, desk.now)
    job = Job(desk.store, kind, import_id, asking(desk))
    running.begin(job, job.record)
    running.wait(import_id, _PATIENCE_S)


def plan(desk: Desk, import_id: str, head: Head, kind: SheetKind) -> None:
    """Plan it once more, where that had stopped."""
    if head.confirmed or head.mapped is None:
        return
    job = Job(desk.store, kind, import_id, asking(desk))
    running.begin(job, job.plan)
    running.wait(import_id, _PATIENCE_S)


def discard(desk: Desk, import_id: str, head: Head) -> bool:
    """Delete a list and its key; not one that is half in, which is first completed."""
    if head.confirmed and not head.finished:
        return False
    Staging(desk.store, desk.township).forget(import_id, desk.now)
    return True


def workbook(desk: Desk, import_id: str, head: Head) -> bytes:
    """The rows that come back, and those that say otherwise than is registered: each as it was,
    with the reason beside each cell.
    """
    if head.mapped is None:
        raise NOT_FOUND()
    part = whole(desk, import_id, head)
    at = desk.now.astimezone(ZONE).replace(tzinfo=None)
    what = returning.workbook(
        head.mapped, len(part.returned), desk.who.name, at, desk.language, len(part.differing)
    )
    return apart.written(what, returning.rows(part.back, head.mapped.titles, desk.language))
