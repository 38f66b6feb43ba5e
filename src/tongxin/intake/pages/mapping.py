"""Which sheet, which row is the header, and which column is what: proposed, corrected, saved."""

import re
from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct
from msgspec.structs import replace

from tongxin.base import masking
from tongxin.base.clock import day_of
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go
from tongxin.intake import running
from tongxin.intake.kinds import SheetKind
from tongxin.intake.proposing import Chosen, looking, year_of
from tongxin.intake.running import MAY, Job
from tongxin.intake.staging import Head, Staging
from tongxin.intake.survey import Asking, numbers_masked
from tongxin.sheets.book import is_empty, lettered
from tongxin.sheets.columns import KEPT, LEFT
from tongxin.sheets.rows import Mapped, lacking
from tongxin.sheets.values import plain

LACKING = ProblemKind(
    "intake.column_lacking",
    422,
    zh="还没有指定哪一列是“{title}”。",
    en="No column was chosen for “{title_en}”.",
)
TWICE = ProblemKind(
    "intake.column_twice",
    422,
    zh="有两列都选了“{title}”，只能留一列。",
    en="Two columns were chosen for “{title_en}”; keep one.",
)
CONFIRMED = ProblemKind(
    "intake.confirmed",
    409,
    zh="这份名单已经确认导入，不能再改列。",
    en="This list was confirmed; its columns can be changed no more.",
)
BAD_YEAR = ProblemKind(
    "intake.bad_year", 422, zh="年份应是四位数字，例如 2022。", en="A year has four digits: 2022."
)
_SAMPLES: Final = 3
_LONGEST_SAMPLE: Final = 24
# For so long a form waits for the plan, before it shows how far it has come.
_PATIENCE_S: Final = 2.5
_MASKS: Final = {"name": masking.name, "head": masking.name, "address": masking.beginning}


class Choice(Struct, frozen=True):
    """One column as the page shows it: its letter, header, samples, and what it is taken for."""

    n: int
    letter: str
    title: str
    samples: tuple[str, ...]
    key: str
    unsure: bool
    why: Text | None


@get("/imports/{import_id:str}/mapping", opt={"may": MAY}, sync_to_thread=True)
def mapping_page(
    desk: AtDesk, import_id: FromPath[str], sheet: FromQuery[int] = -1, row: FromQuery[int] = 0
) -> Template:
    """What each column is taken for; another sheet or header row can be looked at."""
    head, kind = found(desk, import_id)
    if head.confirmed:
        raise CONFIRMED()
    mapped = head.mapped if sheet < 0 and row == 0 else None
    chosen = _chosen(desk, head, kind, sheet, row)
    form = Form(
        area=head.area, year=str(head.year or year_of(chosen.sheet, day_of(desk.now))),
        hidden="yes" if mapped is None or mapped.hidden_rows else "",
    )  # fmt: skip
    if mapped is not None:
        form.given |= {f"column-{n}": key for n, key in enumerate(mapped.keys)}
    return _page(desk, import_id, head, kind, chosen, form)


@post("/imports/{import_id:str}/mapping", opt={"may": MAY}, sync_to_thread=True)
def save_mapping(desk: AtDesk, import_id: FromPath[str], data: Typed) -> Template | Redirect:
    """Save what each column is; then what would become of each row."""
    head, kind = found(desk, import_id)
    if head.confirmed:
        raise CONFIRMED()
    form = Form(data)
    chosen = _chosen(desk, head, kind, _whole(form, "sheet", -1), _whole(form, "row", 0))
    mapped = _mapped(form, kind, chosen)
    year = form.text("year")
    if not re.fullmatch(r"(19|20)\d\d", year, re.ASCII):
        form.wrong(BAD_YEAR, "year")
    if not form.sound:
        return _page(desk, import_id, head, kind, chosen, form, 422)
    saved = replace(
        head, mapped=mapped, revision=head.revision + 1, area=form.text("area"), year=int(year),
        same={},
    )  # fmt: skip
    staging = Staging(desk.store, desk.township)
    staging.drop(import_id, head.planned)
    staging.save(import_id, saved, desk.now)
    job = Job(desk.store, kind, import_id, asking(desk))
    running.begin(job, job.plan)
    running.wait(import_id, _PATIENCE_S)
    return go(f"/imports/{import_id}")


def found(desk: Desk, import_id: str) -> tuple[Head, SheetKind]:
    """An import of the asker's own, and its kind; else `base.not_found`."""
    staging = Staging(desk.store, desk.township)
    head = staging.head(desk.connection, import_id, desk.who.account)
    kind = desk.sheets().get(head.kind)
    if kind is None:
        raise NOT_FOUND()
    return head, kind


def asking(desk: Desk) -> Asking:
    """Who imports, and when."""
    return Asking(desk.township, desk.who.account, desk.remit, desk.now)


def _chosen(desk: Desk, head: Head, kind: SheetKind, sheet: int, row: int) -> Chosen:
    """The sheet and header row that were asked for, else those that were saved or fit best."""
    if sheet < 0 and row == 0 and head.mapped is not None:
        sheet, row = head.mapped.sheet, head.mapped.after
    today = day_of(desk.now)
    return looking(desk.connection, desk.township, kind, head.book, today).chosen(
        head.book, sheet, row
    )


def _whole(form: Form, name: str, otherwise: int) -> int:
    typed = form.text(name)
    return int(typed) if re.fullmatch(r"-?\d{1,6}", typed, re.ASCII) else otherwise


def _mapped(form: Form, kind: SheetKind, chosen: Chosen) -> Mapped:
    """What was chosen, with a problem for what is missing or chosen twice."""
    titles = {column.key: column.title for column in kind.columns}
    known = {*titles, LEFT, *([KEPT] if kind.keeps else [])}
    proposals = chosen.header.proposals
    keys = [form.text(f"column-{p.column}") for p in proposals]
    keys = [key if key in known else LEFT for key in keys]
    for key, title in titles.items():
        if keys.count(key) > 1:
            again = [n for n, k in enumerate(keys) if k == key][1]
            form.wrong(TWICE, f"column-{again}", title=title.zh, title_en=title.en)
    after = chosen.header.last
    hidden = form.text("hidden") == "yes" or not chosen.sheet.hidden_rows
    mapped = Mapped(chosen.n, after, tuple(p.header for p in proposals), tuple(keys), hidden)
    for column in lacking(mapped, kind.columns).values():
        form.wrong(LACKING, "column-0", title=column.title.zh, title_en=column.title.en)
    return mapped


def _page(
    desk: Desk, import_id: str, head: Head, kind: SheetKind, chosen: Chosen, form: Form,
    status: int = 200,
) -> Template:  # fmt: skip
    options: list[tuple[str, Text]] = [(column.key, column.title) for column in kind.columns]
    if kind.keeps:
        options.append((KEPT, Text("留作备注", "Keep as a remark")))
    options.append((LEFT, Text("不导入", "Leave out")))
    named = kind.places(desk.connection, desk.township)
    return desk.page(
        "intake/mapping.html", status, import_id=import_id, kind=kind, form=form,
        sheets=[(n, sheet.name) for n, sheet in enumerate(head.book.sheets)], chosen=chosen,
        columns=[_choice(kind, chosen, form, n) for n in range(len(chosen.header.proposals))],
        options=options, areas=[(c, n) for c, n in named.items() if desk.remit.allows(kind.may, c)],
        rows=max(chosen.sheet.height - chosen.header.last, 0),
    )  # fmt: skip


def _choice(kind: SheetKind, chosen: Chosen, form: Form, n: int) -> Choice:
    proposal = chosen.header.proposals[n]
    key = form.given.get(f"column-{n}") or proposal.key
    if key == KEPT and not kind.keeps:
        key = LEFT
    column = next((each for each in kind.columns if each.key == key), None)
    after = [line.at(n) for line in chosen.sheet.lines if line.number > chosen.header.last]
    told = dict.fromkeys(_masked(key, plain(value)) for value in after if not is_empty(value))
    samples = list(told)[:_SAMPLES]
    unsure = key == proposal.key and column is not None and proposal.why in ("part", "values")
    return Choice(
        n, lettered(n), proposal.header, tuple(samples), key, unsure,
        column.why if column else None,
    )  # fmt: skip


def _masked(key: str, sample: str) -> str:
    """A sample that tells what sort of thing stands there, and of whom not."""
    shown = numbers_masked(_MASKS[key](sample) if key in _MASKS else sample)
    return shown if len(shown) <= _LONGEST_SAMPLE else f"{shown[:_LONGEST_SAMPLE]}…"


HANDLERS: list[Any] = [mapping_page, save_mapping]
