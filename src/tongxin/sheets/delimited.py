"""CSV as offices have it: UTF-8 with a mark or without, UTF-16, GBK, GB18030; cut by , ; or tab."""

import codecs
import csv
import io
import re
from typing import Final

from tongxin.base.problems import ProblemKind
from tongxin.sheets.book import MOST_COLUMNS, MOST_LINES, Line, Sheet, Value
from tongxin.sheets.structure import TOO_WIDE

NO_TEXT = ProblemKind(
    "sheets.no_text",
    422,
    zh="看不懂这份文件的文字编码。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。",
    en="The letters of this file cannot be made out. Open it in Excel or WPS and save it as .xlsx.",
)
BAD_QUOTES = ProblemKind(
    "sheets.bad_quotes",
    422,
    zh="第 {line} 行附近的引号不成对，后面的行会连成一格。请改正，或另存为 .xlsx 再上传。",
    en="A quotation mark near line {line} has no partner, so rows would run together. Mend it, or "
    "save the file as .xlsx.",
)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_DELIMITERS: Final = (",", "\t", ";")
_LONGEST_CELL: Final = 32_767  # as Excel's
# How programs keep Excel from taking an ID number for a number: ="4115…".
_WRAPPED: Final = re.compile(r'="(.*)"', re.DOTALL)


def text_of(data: bytes) -> tuple[str, str]:
    """The text, and its encoding; `sheets.no_text` where it is in none that we know."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name), name
    for name in ("utf-8", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text, name
    raise NO_TEXT()


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise NO_TEXT() from None


def delimiter_of(text: str) -> str:
    """What most of the first lines are cut by, as often in each."""
    lines = [line for line in text[:20_000].splitlines()[:30] if line.strip()]

    def evidence(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        return (counts.count(usual) if usual else 0), usual

    return max(_DELIMITERS, key=evidence)


def sheet_of(text: str, delimiter: str) -> Sheet:
    """The one sheet of a CSV. Every value is a text."""
    csv.field_size_limit(_LONGEST_CELL)
    sheet = Sheet("CSV", [])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        try:
            told = next(reader, None)
        except csv.Error:
            raise BAD_QUOTES(line=reader.line_num) from None
        if told is None:
            break
        row += 1
        cells: list[Value] = [_value(cell) for cell in told]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            sheet.lines.append(Line(row, cells))
            sheet.width = max(sheet.width, len(cells))
            sheet.height = row
        if row > MOST_LINES or sheet.width > MOST_COLUMNS:
            raise TOO_WIDE(
                sheet="CSV", row=row, column=sheet.width, most_rows=MOST_LINES,
                most_columns=MOST_COLUMNS,
            )  # fmt: skip
    return sheet


def _value(cell: str) -> Value:
    wrapped = _WRAPPED.fullmatch(cell)
    return (wrapped[1].replace('""', '"') if wrapped else cell) or None
