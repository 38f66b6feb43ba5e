"""Workbooks: .xlsx and .ods through calamine, .xls through xlrd, both into the same lines."""

import io
import struct
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import python_calamine
import xlrd
from msgspec import Struct

from tongxin.base.problems import ProblemKind
from tongxin.sheets import structure
from tongxin.sheets.book import (
    HEAD,
    MOST_COLUMNS,
    MOST_LINES,
    Line,
    Merged,
    Moment,
    Note,
    Sheet,
    Value,
)
from tongxin.sheets.safety import DAMAGED, HAS_PASSWORD

OTHER_KIND = ProblemKind(
    "sheets.other_kind",
    422,
    zh="这种文件读不了（{kind}）。请用 Excel 或 WPS 另存为 .xlsx 或 .csv 再上传。",
    en="This kind of file cannot be read ({kind}). Save it as .xlsx or .csv in Excel or WPS.",
)
_MOST_MERGED: Final = 20_000
# xlrd reads old files field by field and trips over damaged ones in many ways.
_XLRD_FAILS: Final = (
    xlrd.XLRDError, struct.error, xlrd.compdoc.CompDocError, ArithmeticError, AssertionError,
    AttributeError, IndexError, KeyError, TypeError, ValueError, NotImplementedError, OSError,
    EOFError,
)  # fmt: skip


class Told(Struct):
    """What is known of a sheet besides its values, whatever the format. Rows count from 0."""

    hidden_rows: set[int]
    notes: dict[int, dict[int, Note]]
    errors: dict[tuple[int, int], str]
    merged: list[Merged]


def xlsx(archive: zipfile.ZipFile, data: bytes) -> tuple[list[Sheet], bool]:
    """The sheets of an .xlsx, and whether its days are counted from 1904."""
    told = structure.workbook(archive)
    names = set(archive.namelist())
    shapes = {p.name: structure.shape(archive, p) for p in told.parts if _is_sheet(p, names)}
    hidden = {part.name: part.hidden for part in told.parts}
    found = []
    with _opened(data) as book:
        for meta in book.sheets_metadata:
            if meta.name not in shapes or meta.typ is not _WORKSHEET:
                continue
            shape = shapes.pop(meta.name)
            sheet = book.get_sheet_by_name(meta.name)
            known = Told(shape.hidden_rows, shape.notes, shape.errors, _merged(sheet))
            found.append(_sheet(meta.name, sheet.iter_rows(), sheet.start, known))
            found[-1].hidden = hidden[meta.name]
            found[-1].hidden_columns = tuple(sorted(shape.hidden_columns))
    return found, told.from_1904


def _is_sheet(part: structure.Part, names: set[str]) -> bool:
    """Charts and dialogs are listed among the sheets; links to other files have no entry."""
    return part.path in names and part.path.startswith("xl/worksheets/")


def ods(data: bytes) -> list[Sheet]:
    """The sheets of an OpenDocument file. What is hidden or a formula is not told."""
    found = []
    with _opened(data) as book:
        for meta in book.sheets_metadata:
            sheet = book.get_sheet_by_name(meta.name)
            known = Told(set(), {}, {}, [])
            found.append(_sheet(meta.name, sheet.iter_rows(), sheet.start, known))
            found[-1].hidden = meta.visible is not python_calamine.SheetVisibleEnum.Visible
            found[-1].known_hidden = found[-1].known_formulas = False
    return found


_WORKSHEET: Final = python_calamine.SheetTypeEnum.WorkSheet


def _opened(data: bytes) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise HAS_PASSWORD() from None
    except python_calamine.CalamineError:
        raise DAMAGED() from None


def _merged(sheet: python_calamine.CalamineSheet) -> list[Merged]:
    ranges = sheet.merged_cell_ranges or []
    return [
        Merged(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in ranges[:_MOST_MERGED]
    ]


def _sheet(
    name: str, rows: Iterable[list[Any]], start: tuple[int, int] | None, known: Told
) -> Sheet:
    """Rows from calamine, which begin with the sheet's first row but its first used column."""
    left = [None] * (start[1] if start else 0)
    values = ([*left, *map(_value, row)] for row in rows)
    return _lined(name, values, known)


def _value(told: Any) -> Value:
    """A value of calamine's as ours; it gives an empty text for an empty cell."""
    if isinstance(told, str):
        return told or None
    if isinstance(told, float | int):  # a bool is an int
        return told
    if isinstance(told, datetime):
        return Moment(told.replace(microsecond=0))
    if isinstance(told, date):
        return Moment(datetime(told.year, told.month, told.day))
    if isinstance(told, time):
        return f"{told:%H:%M:%S}".removesuffix(":00")
    if isinstance(told, timedelta):
        return str(told)
    raise AssertionError(f"a cell of a kind that nobody knows: {type(told).__name__}")


def _lined(name: str, rows: Iterable[list[Value]], known: Told) -> Sheet:
    """The lines that are not empty, with their notes; merged cells are filled downwards."""
    sheet = Sheet(name, [])
    by_row = _by_row(known.merged)
    above: dict[int, Value] = {}
    for row, told in enumerate(_with_noted(rows, known.notes)):
        cells = told
        notes = known.notes.get(row, {})
        for column in notes:
            if notes[column] is Note.ERROR:
                cells += [None] * (column + 1 - len(cells))
                cells[column] = known.errors[row, column]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells and not notes:
            continue
        sheet.height = row + 1
        sheet.formulas += sum(note is not Note.ERROR for note in notes.values())
        notes = dict(notes)
        for merged in by_row.get(row, ()):
            _fill(merged, row, cells, notes, above)
        sheet.lines.append(Line(row + 1, cells, notes, row in known.hidden_rows))
        sheet.width = max(sheet.width, len(cells))
        if len(sheet.lines) > MOST_LINES or sheet.width > MOST_COLUMNS:
            raise structure.TOO_WIDE(
                sheet=name[:40], row=row + 1, column=len(cells), most_rows=MOST_LINES,
                most_columns=MOST_COLUMNS,
            )  # fmt: skip
    sheet.hidden_rows = sum(line.hidden for line in sheet.lines)
    sheet.merged = tuple(m for m in known.merged if m.first_row <= HEAD)
    return sheet


def _with_noted(
    rows: Iterable[list[Value]], notes: dict[int, dict[int, Note]]
) -> Iterator[list[Value]]:
    """The rows, and after them those of which nothing is known but a note: a formula, no result."""
    count = 0
    for row in rows:
        count += 1
        yield row
    for _ in range(count, max(notes, default=-1) + 1):
        yield []


def _by_row(merged: Iterable[Merged]) -> dict[int, list[Merged]]:
    """The ranges that reach over several rows, by each row (from 0) that they cover."""
    found: dict[int, list[Merged]] = {}
    for each in merged:
        if each.first_row < each.last_row <= MOST_LINES:
            for number in range(each.first_row, each.last_row + 1):
                found.setdefault(number - 1, []).append(each)
    return found


def _fill(
    merged: Merged, row: int, cells: list[Value], notes: dict[int, Note], above: dict[int, Value]
) -> None:
    """Carry the value of a merged cell down: to whoever looks at it, it stands in each row."""
    column = merged.first_column
    if row == merged.first_row - 1:
        above[column] = cells[column] if column < len(cells) else None
    elif above.get(column) is not None:
        cells += [None] * (column + 1 - len(cells))
        if cells[column] is None:
            cells[column] = above[column]
            notes[column] = Note.MERGED


def xls(data: bytes) -> tuple[list[Sheet], bool]:
    """The sheets of an old .xls, and whether its days are counted from 1904.

    Formulas come as what they came to, and nothing tells that they were formulas.
    """
    book, complete = _old_book(data)
    found = []
    for n in range(book.nsheets):
        try:
            found.append(_old_sheet(book.sheet_by_index(n), book.datemode, complete))
        except _XLRD_FAILS:
            raise DAMAGED() from None
    return found, bool(book.datemode)


def _old_book(data: bytes) -> tuple[xlrd.Book, bool]:
    """The book, and whether its formats could be read: only they tell what is hidden."""
    for complete in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=data, formatting_info=complete, on_demand=True, logfile=io.StringIO()
            ), complete
        except _XLRD_FAILS as error:
            if "encrypted" in str(error):
                raise HAS_PASSWORD() from None
    raise DAMAGED()


def _old_sheet(sheet: xlrd.sheet.Sheet, datemode: int, complete: bool) -> Sheet:
    known = Told(set(), {}, {}, [])
    if complete:
        known.hidden_rows = {n for n, row in sheet.rowinfo_map.items() if row.hidden}
        known.merged = [
            Merged(top + 1, left, bottom, right - 1)
            for top, bottom, left, right in sheet.merged_cells[:_MOST_MERGED]
        ]
    made = _lined(sheet.name, _old_rows(sheet, datemode, known), known)
    made.hidden = sheet.visibility != 0
    if complete:
        hidden = (n for n, column in sheet.colinfo_map.items() if column.hidden)
        made.hidden_columns = tuple(sorted(n for n in hidden if n < MOST_COLUMNS))
    made.known_hidden, made.known_formulas = complete, False
    return made


def _old_rows(sheet: xlrd.sheet.Sheet, datemode: int, known: Told) -> Iterator[list[Value]]:
    """Each row's values; errors are put down in `known` before their row comes."""
    for row in range(sheet.nrows):
        cells: list[Value] = []
        for column, (kind, value) in enumerate(
            zip(sheet.row_types(row), sheet.row_values(row), strict=True)
        ):
            if kind == xlrd.XL_CELL_ERROR:
                known.notes.setdefault(row, {})[column] = Note.ERROR
                known.errors[row, column] = xlrd.error_text_from_code.get(value, "#?")
            cells.append(_old_value(kind, value, datemode))
        yield cells


def _old_value(kind: int, value: Any, datemode: int) -> Value:
    if kind == xlrd.XL_CELL_TEXT:
        return str(value) or None
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        return _old_moment(value, datemode)
    return None


def _old_moment(value: float, datemode: int) -> Value:
    """A moment; a time of day alone is a text, and what no calendar has stays a number."""
    if 0 <= value < 1:
        seconds = round(value * 86_400)
        told = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return told.removesuffix(":00")
    try:
        return Moment(xlrd.xldate_as_datetime(value, datemode).replace(microsecond=0))
    except (ArithmeticError, ValueError):
        return float(value)
