"""Workbooks that leave the program: who took them and why stands in them, and nothing in them runs.

Texts are written as texts, whatever they begin with; rows are written as they come, in constant
memory, and never lie on a disk (what must be put aside goes to memory's own file system).
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Literal, TypeVar

import xlsxwriter
from msgspec import Struct
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tongxin.sheets.book import Moment, Value

Kind = Literal["text", "number", "moment"]
T = TypeVar("T")
# Where memory's own file system is, on Linux.
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 private files, gone at the end
_LONGEST: Final = 32_767
_TEXT: Final = 49  # the number of the built-in format @
# What a spreadsheet would take for a formula when the cell is edited, or saved as CSV.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Wide(Struct, frozen=True, array_like=True):
    """A column that is written: its title, its width in characters, what it holds."""

    title: str
    width: float = 12
    kind: Kind = "text"


class Written(Struct, frozen=True):
    """A workbook of one sheet, besides its rows.

    `above` are lines over the header, the first of them the title. `mark` is printed at the foot
    of every page. `frozen` columns stay in sight. `at` is when it was made, without a zone.
    """

    name: str
    above: tuple[str, ...]
    columns: tuple[Wide, ...]
    mark: str
    author: str
    subject: str
    at: datetime
    frozen: int = 0


class Cells(Struct, array_like=True):
    """One row to write, and the columns in it that are to be seen at once."""

    cells: Sequence[Value]
    marked: Sequence[int] = ()


def write(what: Written, rows: Iterable[Cells], target: BinaryIO) -> int:
    """Write the workbook; how many rows it has."""
    if _IN_MEMORY.is_dir():
        made = {"constant_memory": True, "tmpdir": str(_IN_MEMORY)}
    else:
        made = {"in_memory": True}
    # Nothing is taken for a formula, a number or an address because it looks like one.
    safe = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, made | safe)
    book.set_properties(
        {"title": what.name, "author": what.author, "subject": what.subject, "comments": what.mark,
         "created": what.at}
    )  # fmt: skip
    sheet = book.add_worksheet(what.name)
    formats = Formats(book)
    _frame(sheet, what, formats)
    count = 0
    for n, row in enumerate(rows, start=len(what.above) + 1):
        _write_row(sheet, n, row, what.columns, formats)
        count += 1
    book.close()
    return count


class Formats:
    """The formats of one workbook: plain or marked, for each kind of value, quoted or not."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        border = {"border": 1, "border_color": "#C8C8C8", "valign": "top"}
        self.title = book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"})
        self.over = book.add_format({"font_color": "#444444", "valign": "vcenter"})
        self.head = book.add_format(
            border | {"bold": True, "bg_color": "#E8EEF2", "text_wrap": True, "valign": "vcenter"}
        )
        # Of cells below the last row. Whoever types into a column of texts types texts: an ID
        # number stays whole.
        self.below = {
            "text": book.add_format({"num_format": _TEXT}),
            "number": None,
            "moment": None,
        }
        self._known: dict[tuple[str, bool], Format] = {}
        for marked in (False, True):
            fill = {"bg_color": "#FFD9B3"} if marked else {}
            for name, more in (
                ("text", {"num_format": _TEXT}),
                ("quoted", {"num_format": _TEXT, "quote_prefix": True}),
                ("number", {}),
                ("day", {"num_format": "yyyy-mm-dd"}),
                ("moment", {"num_format": "yyyy-mm-dd hh:mm"}),
            ):
                self._known[name, marked] = book.add_format(border | fill | more)

    def of(self, name: str, marked: bool) -> Format:
        return self._known[name, marked]


def _frame(sheet: Worksheet, what: Written, formats: Formats) -> None:
    """All but the rows: widths, lines above, header, what is printed on each page."""
    last = len(what.columns) - 1
    for n, column in enumerate(what.columns):
        sheet.set_column(n, n, column.width, formats.below[column.kind])
    head = len(what.above)
    for n, line in enumerate(what.above):
        format_ = formats.title if n == 0 else formats.over
        sheet.set_row(n, 24 if n == 0 else 18, format_)
        sheet.write_string(n, 0, _bounded(line), format_)
    for n, column in enumerate(what.columns):
        sheet.write_string(head, n, column.title, formats.head)
    sheet.freeze_panes(head + 1, what.frozen)
    sheet.autofilter(head, 0, head, last)
    sheet.repeat_rows(head)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    mark = what.mark.replace("&", "&&")[:200]
    sheet.set_header(f"&L{what.name.replace('&', '&&')[:60]}&R&D")
    sheet.set_footer(f"&L{mark}&R&P / &N")


def _write_row(
    sheet: Worksheet, n: int, row: Cells, columns: Sequence[Wide], formats: Formats
) -> None:
    marked = frozenset(row.marked)
    for column, value in enumerate(row.cells):
        here = column in marked
        if isinstance(value, str):
            name = "quoted" if value.startswith(FORMULA) else "text"
            sheet.write_string(n, column, _bounded(value), formats.of(name, here))
        elif value is None:
            kind = "text" if columns[column].kind == "text" else "number"
            sheet.write_blank(n, column, None, formats.of(kind, here))
        elif isinstance(value, Moment):
            name = "day" if value.is_day else "moment"
            sheet.write_datetime(n, column, value.at, formats.of(name, here))
        elif isinstance(value, bool):
            sheet.write_boolean(n, column, value, formats.of("number", here))
        else:
            sheet.write_number(n, column, value, formats.of("number", here))


def _bounded(text: str) -> str:
    return text[:_LONGEST]


def written(what: Written, rows: Iterable[Cells]) -> bytes:
    """The workbook as bytes."""
    target = io.BytesIO()
    write(what, rows, target)
    return target.getvalue()


def chunked(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """`things` in lists of at most `size`, as they come."""
    part: list[T] = []
    for thing in things:
        part.append(thing)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
