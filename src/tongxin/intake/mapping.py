"""Which sheet, which row is the header, and which column is what: proposed, corrected, saved.

What pages and the API share; samples are masked.
"""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.base import masking
from tongxin.base.clock import day_of
from tongxin.base.problems import Problem, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.intake import running
from tongxin.intake.kinds import SheetKind
from tongxin.intake.proposing import Chosen, looking
from tongxin.intake.running import Job
from tongxin.intake.staging import Head, Staging
from tongxin.intake.survey import numbers_masked
from tongxin.intake.taking import asking
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
# For so long a request waits for the plan, before it says how far it has come.
_PATIENCE_S: Final = 2.5
_MASKS: Final = {"name": masking.name, "head": masking.name, "address": masking.beginning}


class Choice(Struct, frozen=True):
    """One column as it is shown: its letter, header, samples, and what it is taken for."""

    n: int
    letter: str
    title: str
    samples: tuple[str, ...]
    key: str
    unsure: bool
    why: Text | None


def chosen(desk: Desk, head: Head, kind: SheetKind, sheet: int = -1, row: int = 0) -> Chosen:
    """The sheet and header row that were asked for, else those that were saved or fit best."""
    if sheet < 0 and row == 0 and head.mapped is not None:
        sheet, row = head.mapped.sheet, head.mapped.after
    today = day_of(desk.now)
    return looking(desk.connection, desk.township, kind, head.book, today).chosen(
        head.book, sheet, row
    )


def options(kind: SheetKind) -> list[tuple[str, Text]]:
    """What a column of this kind of list can be taken for."""
    ours: list[tuple[str, Text]] = [(column.key, column.title) for column in kind.columns]
    if kind.keeps:
        ours.append((KEPT, Text("留作备注", "Keep as a remark")))
    return [*ours, (LEFT, Text("不导入", "Leave out"))]


def mapped(
    kind: SheetKind, chosen: Chosen, keys: Mapping[int, str], *, hidden: bool
) -> tuple[Mapped, list[Problem]]:
    """What was chosen for each column, by number; a column that has no such key is left out.

    With a problem, at the field `column-N`, for what is missing or chosen twice. `hidden`: rows
    that the sheet hides go in too.
    """
    titles = {column.key: column.title for column in kind.columns}
    known = {key for key, _ in options(kind)}
    proposals = chosen.header.proposals
    taken = [keys.get(p.column, LEFT) for p in proposals]
    taken = [key if key in known else LEFT for key in taken]
    wrong = []
    for key, title in titles.items():
        if taken.count(key) > 1:
            again = [n for n, k in enumerate(taken) if k == key][1]
            wrong.append(TWICE(field=f"column-{again}", title=title.zh, title_en=title.en))
    headers = tuple(p.header for p in proposals)
    hidden = hidden or not chosen.sheet.hidden_rows
    made = Mapped(chosen.n, chosen.header.last, headers, tuple(taken), hidden)
    for column in lacking(made, kind.columns).values():
        title = column.title
        wrong.append(LACKING(field="column-0", title=title.zh, title_en=title.en))
    return made, wrong


def is_year(typed: str) -> bool:
    """Whether this is a year that dates of a list may be of."""
    return bool(re.fullmatch(r"(19|20)\d\d", typed, re.ASCII))


def save(
    desk: Desk, import_id: str, head: Head, kind: SheetKind, mapped: Mapped, area: str, year: int
) -> None:  # fmt: skip
    """Save what each column is, and begin to plan; waits a moment for it to be done.

    `area` is the village of rows that name none, `year` that of dates which tell none.
    """
    saved = replace(
        head, mapped=mapped, revision=head.revision + 1, area=area, year=year, same={}
    )  # fmt: skip
    staging = Staging(desk.store, desk.township)
    staging.drop(import_id, head.planned)
    staging.save(import_id, saved, desk.now)
    job = Job(desk.store, kind, import_id, asking(desk))
    running.begin(job, job.plan)
    running.wait(import_id, _PATIENCE_S)


def choices(kind: SheetKind, chosen: Chosen, keys: Mapping[int, str]) -> list[Choice]:
    """Every column with samples; taken for what `keys` says, else for what is proposed."""
    every = range(len(chosen.header.proposals))
    return [_choice(kind, chosen, keys.get(n, ""), n) for n in every]


def areas(desk: Desk, kind: SheetKind) -> list[tuple[str, str]]:
    """The villages to which rows that name none can be said to belong: codes and names."""
    named = kind.places(desk.connection, desk.township)
    return [(code, name) for code, name in named.items() if desk.remit.allows(kind.may, code)]


def _choice(kind: SheetKind, chosen: Chosen, said: str, n: int) -> Choice:
    proposal = chosen.header.proposals[n]
    key = said or proposal.key
    if key == KEPT and not kind.keeps:
        key = LEFT
    column = next((each for each in kind.columns if each.key == key), None)
    unsure = key == proposal.key and column is not None and proposal.why in ("part", "values")
    return Choice(
        n, lettered(n), proposal.header, _samples(chosen, key, n), key, unsure,
        column.why if column else None,
    )  # fmt: skip


def _samples(chosen: Chosen, key: str, n: int) -> tuple[str, ...]:
    after = [line.at(n) for line in chosen.sheet.lines if line.number > chosen.header.last]
    told = dict.fromkeys(_masked(key, plain(value)) for value in after if not is_empty(value))
    return tuple(list(told)[:_SAMPLES])


def _masked(key: str, sample: str) -> str:
    """A sample that tells what sort of thing stands there, and of whom not."""
    shown = numbers_masked(_MASKS[key](sample) if key in _MASKS else sample)
    return shown if len(shown) <= _LONGEST_SAMPLE else f"{shown[:_LONGEST_SAMPLE]}…"
