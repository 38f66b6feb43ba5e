"""Importing for programs: bring a file, say which column is what, look, confirm, see what became.

The way is that of the pages, with the same bounds: nothing is recorded before it is confirmed.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct

from tongxin.base.clock import day_of, from_ms
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND, Problem, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Uploaded
from tongxin.intake import mapping, progress, queries
from tongxin.intake.kinds import SheetKind
from tongxin.intake.progress import Stage
from tongxin.intake.proposing import year_of
from tongxin.intake.running import MAY
from tongxin.intake.staging import Counts, Head, Shown, Staging
from tongxin.intake.taking import NO_FILE, NO_KIND, brought, found, mine
from tongxin.sheets.book import lettered
from tongxin.sheets.safety import LARGEST_FILE

UNKNOWN_COLUMN = ProblemKind(
    "intake.column_unknown",
    422,
    zh="表里没有“{letter}”列，或者没有“{key}”这种内容。可以选的见 options。",
    en="The sheet has no column “{letter}”, or nothing is called “{key}”; see `options`.",
)
HALF_IN = ProblemKind(
    "intake.half_in",
    409,
    zh="这份名单正在登记。请先办完，再删除。",
    en="This list is half in. Complete it first, then delete it.",
)
_SHOWN: Final = 50
# What a form carries beside its file.
_SLACK: Final = 100_000


class Alike(Struct, frozen=True):
    """Whom a doubtful row is like: somebody known, or an earlier row (`row`) of the same list."""

    subject: str
    row: int
    name: str
    told: str
    area: str


class RowShown(Struct, frozen=True):
    """One row, its name masked. `why` is what is wrong or remarkable in it; `differs`: it says
    otherwise than is registered of `subject`, and nothing was changed."""

    number: int
    outcome: str
    name: str
    told: str
    area: str
    why: list[Text]
    subject: str
    differs: bool
    alike: Alike | None


class ImportShown(Struct, frozen=True):
    """A list on its way.

    `stage`: mapping, planning, preview, recording, stopped or finished; `ready` of its `parts` are
    gone through. `counts` say how many rows become, or became, what; `rows` are the first of each
    outcome, and all doubtful ones. `kept`: what came back can still be had.
    """

    subject: str
    list_kind: str
    digest: str
    stage: Stage
    ready: int
    parts: int
    counts: Counts
    rows: list[RowShown]
    kept: bool


class Brief(Struct, frozen=True):
    """A list that is in: whose office brought which, when, and how many rows became what."""

    subject: str
    list_kind: str
    area: str
    by: str
    at: datetime
    counts: Counts


class Imports(Struct, frozen=True):
    """`kinds`: which lists the asker may bring; `waiting`: his own on their way; `done`: the latest
    of the offices in his remit.
    """

    kinds: dict[str, Text]
    waiting: list[str]
    done: list[Brief]


class ColumnShown(Struct, frozen=True):
    """A column by its letter. `key`: what it is taken for; `unsure`: to be checked."""

    letter: str
    title: str
    samples: list[str]
    key: str
    unsure: bool


class MappingShown(Struct, frozen=True):
    """What each column is taken for, as saved or proposed.

    `row` is the number of the header's last row, 0 where none was found; `options` are the keys a
    column can have, `areas` the villages for rows that name none. `hidden` counts hidden rows,
    `formulas` the cells of which the file's own result is used.
    """

    sheets: list[str]
    sheet: int
    row: int
    columns: list[ColumnShown]
    options: dict[str, Text]
    areas: dict[str, str]
    area: str
    year: int
    hidden: int
    formulas: int


class MappingTold(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be otherwise than proposed. `columns`: a key by a column's letter.

    `sheet` counts from 0, `row` is the header's last row; both as found where they are not told.
    `area` is the village of rows that name none; without one they come back.
    """

    sheet: Annotated[int, Meta(ge=-1, le=1_000)] = -1
    row: Annotated[int, Meta(ge=0, le=200_000)] = 0
    columns: dict[str, Annotated[str, Meta(max_length=40)]] = {}
    area: Annotated[str, Meta(max_length=40)] = ""
    year: Annotated[int, Meta(ge=1900, le=2099)] | None = None
    hidden: bool = True


class Decided(Struct, frozen=True, forbid_unknown_fields=True):
    """Of doubtful rows, by number: whether they are whom they are like. The rest waits."""

    same: dict[str, bool] = {}


class Discarded(Struct, frozen=True):
    """That nothing is left of a list on its way."""

    subject: str


@get("/api/v1/imports", opt={"may": MAY}, sync_to_thread=True)
def list_imports(desk: AtDesk) -> Imports:
    """Which lists may be brought, which are on their way, which are in."""
    staging = Staging(desk.store, desk.township)
    rows = queries.imports(desk.remit, desk.connection, desk.township, _SHOWN)
    return Imports(
        {kind.id: kind.title for kind in mine(desk).values()},
        list(staging.mine(desk.connection, desk.who.account)),
        [
            Brief(
                row["subject"], row["list_kind"], row["area"], row["by"], from_ms(row["at"]),
                progress.counted(row),
            )
            for row in rows
        ],
    )  # fmt: skip


@post(
    "/api/v1/imports", opt={"may": MAY, "upload": True}, sync_to_thread=True, status_code=201,
    request_max_body_size=LARGEST_FILE + _SLACK,
)  # fmt: skip
def bring_list(desk: AtDesk, upload: Uploaded) -> ImportShown:
    """Bring a file (`multipart/form-data`: `kind`, `file`): it is read and sealed, no more."""
    kind = mine(desk).get(upload.typed.get("kind", ""))
    if kind is None:
        raise NO_KIND(field="kind")
    if not upload.file:
        raise NO_FILE(field="file")
    return _shown(desk, brought(desk, kind, upload.file))


@get("/api/v1/imports/{import_id:str}", opt={"may": MAY}, sync_to_thread=True)
def show_import(desk: AtDesk, import_id: FromPath[str]) -> ImportShown:
    """How far a list of one's own is, what its rows become, and what is doubtful or comes back."""
    return _shown(desk, subject_id(import_id, "import_id"))


@get("/api/v1/imports/{import_id:str}/mapping", opt={"may": MAY}, sync_to_thread=True)
def show_mapping(
    desk: AtDesk, import_id: FromPath[str], sheet: FromQuery[int] = -1, row: FromQuery[int] = 0
) -> MappingShown:
    """What each column is taken for; of another sheet or header row, where one is asked for."""
    head, kind = found(desk, import_id)
    chosen = mapping.chosen(desk, head, kind, sheet, row)
    keys = _saved(head) if sheet < 0 and row == 0 else {}
    return MappingShown(
        sheets=[each.name for each in head.book.sheets], sheet=chosen.n, row=chosen.header.last,
        columns=[
            ColumnShown(each.letter, each.title, list(each.samples), each.key, each.unsure)
            for each in mapping.choices(kind, chosen, keys)
        ],
        options=dict(mapping.options(kind)), areas=dict(mapping.areas(desk, kind)),
        area=head.area, year=head.year or year_of(chosen.sheet, day_of(desk.now)),
        hidden=chosen.sheet.hidden_rows, formulas=chosen.sheet.formulas,
    )  # fmt: skip


@post(
    "/api/v1/imports/{import_id:str}/mapping", opt={"may": MAY}, sync_to_thread=True,
    status_code=200,
)  # fmt: skip
def tell_mapping(
    desk: AtDesk, import_id: FromPath[str], data: JSONBody[MappingTold]
) -> ImportShown:
    """Say which column is what, and have it planned; also once more where that had stopped."""
    head, kind = found(desk, import_id)
    if head.confirmed:
        raise mapping.CONFIRMED()
    chosen = mapping.chosen(desk, head, kind, data.sheet, data.row)
    keys = {each.n: each.key for each in mapping.choices(kind, chosen, _saved(head))}
    numbers = {lettered(n): n for n in keys}
    known = {key for key, _ in mapping.options(kind)}
    for letter, key in data.columns.items():
        if letter not in numbers or key not in known:
            raise UNKNOWN_COLUMN(field="columns", letter=letter[:40], key=key)
        keys[numbers[letter]] = key
    mapped, wrong = mapping.mapped(kind, chosen, keys, hidden=data.hidden)
    if wrong:
        raise wrong[0]
    year = data.year or head.year or year_of(chosen.sheet, day_of(desk.now))
    mapping.save(desk, import_id, head, kind, mapped, data.area or head.area, year)
    return _shown(desk, import_id)


@post(
    "/api/v1/imports/{import_id:str}/confirm", opt={"may": MAY}, sync_to_thread=True,
    status_code=200,
)  # fmt: skip
def confirm_import(desk: AtDesk, import_id: FromPath[str], data: JSONBody[Decided]) -> ImportShown:
    """Record the rows, or go on where that had stopped; it runs on by itself."""
    head, kind = found(desk, import_id)
    same = {int(n): is_same for n, is_same in data.same.items() if re.fullmatch("[0-9]{1,6}", n)}
    progress.confirm(desk, import_id, head, kind, same)
    return _shown(desk, import_id)


@post(
    "/api/v1/imports/{import_id:str}/discard", opt={"may": MAY}, sync_to_thread=True,
    status_code=200,
)  # fmt: skip
def discard_import(desk: AtDesk, import_id: FromPath[str]) -> Discarded:
    """Delete a list that is not wanted, or no more; what is recorded stays recorded."""
    head, _ = found(desk, import_id)
    if not progress.discard(desk, import_id, head):
        raise HALF_IN()
    return Discarded(import_id)


@get(
    "/api/v1/imports/{import_id:str}/returned", opt={"may": MAY}, sync_to_thread=True,
    media_type=progress.XLSX,
)  # fmt: skip
def returned_rows(desk: AtDesk, import_id: FromPath[str]) -> Response[bytes]:
    """The rows that come back, as a workbook with the reason beside each cell."""
    head, _ = found(desk, import_id)
    content = progress.workbook(desk, import_id, head)
    disposition = {"Content-Disposition": 'attachment; filename="returned.xlsx"'}
    return Response(content, media_type=progress.XLSX, headers=disposition)


def _saved(head: Head) -> dict[int, str]:
    return dict(enumerate(head.mapped.keys)) if head.mapped is not None else {}


def _shown(desk: Desk, import_id: str) -> ImportShown:
    desk.look_again()
    try:
        head, kind = found(desk, import_id)
    except Problem as problem:
        if problem.code != NOT_FOUND.code:
            raise
        list_kind, digest, counts = progress.noted(desk, import_id)
        return ImportShown(import_id, list_kind, digest, Stage.FINISHED, 0, 0, counts, [], False)
    return _on_its_way(desk, import_id, head, kind)


def _on_its_way(desk: Desk, import_id: str, head: Head, kind: SheetKind) -> ImportShown:
    far = progress.progress(desk, import_id, head)
    whole = progress.whole(desk, import_id, head)
    return ImportShown(
        import_id, kind.id, head.book.digest, far.stage, far.ready, far.parts, whole.counts,
        [_row(row) for row in whole.shown], True,
    )  # fmt: skip


def _row(row: Shown) -> RowShown:
    like = row.alike
    return RowShown(
        row.number, row.outcome, row.name, row.told, row.area, [each.text for each in row.why],
        row.subject, row.differs,
        None if like is None else Alike(like.subject, like.row, like.name, like.told, like.area),
    )  # fmt: skip


HANDLERS: list[Any] = [
    list_imports, bring_list, show_import, show_mapping, tell_mapping, confirm_import,
    discard_import, returned_rows,
]  # fmt: skip
