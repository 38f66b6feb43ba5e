"""What was read of a file: sheets, their lines, and what is to be told about single cells.

A value is a text, a number, a truth or a moment; None is an empty cell. A number is what the file
holds, so an ID number that Excel took for a number is a float here, and stays one.
"""

from datetime import datetime, time
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct


class Moment(Struct, frozen=True, array_like=True, tag=True):
    """A date or a date with a time, as a spreadsheet holds it: without a zone."""

    at: datetime

    @property
    def is_day(self) -> bool:
        """Whether only the day was told."""
        return self.at.time() == time()


Value = str | int | float | bool | Moment | None


class Note(StrEnum):
    """What is to be told of a cell besides its value."""

    FORMULA = "formula"  # the value is what the file says the formula came to
    NO_RESULT = "no_result"  # a formula, and the file does not say what it came to
    ERROR = "error"  # the value is what Excel shows, such as #N/A
    MERGED = "merged"  # the value stands in a merged cell above


class Line(Struct, array_like=True):
    """One row that is not empty. `number` is the row's number in Excel; cells begin at column A.

    `notes` are by column, counted from 0.
    """

    number: int
    cells: list[Value]
    notes: dict[int, Note] = {}
    hidden: bool = False

    def at(self, column: int) -> Value:
        """The value in a column; None beyond the last."""
        return self.cells[column] if column < len(self.cells) else None


class Merged(Struct, frozen=True, array_like=True):
    """A merged range: rows by their number, columns counted from 0, both ends in it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Sheet(Struct):
    """One sheet. `hidden_columns` count from 0; `width` is that of the widest line.

    `merged` are the ranges among the first lines, where headers are; those below are in the lines.
    `formulas` counts the cells that hold one. `known_hidden` and `known_formulas` say whether the
    format tells of such things at all.
    """

    name: str
    lines: list[Line]
    width: int = 0
    height: int = 0
    hidden: bool = False
    hidden_rows: int = 0
    formulas: int = 0
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[Merged, ...] = ()
    known_hidden: bool = True
    known_formulas: bool = True


class Book(Struct):
    """One file. `kind` is xlsx, xls, ods or csv; `digest` is SHA-256 of its bytes, in hex.

    `encoding` and `delimiter` are those of a CSV. `from_1904`: days are counted from 1904.
    """

    kind: str
    digest: str
    sheets: list[Sheet]
    encoding: str = ""
    delimiter: str = ""
    from_1904: bool = False


# Among this many lines a header is looked for.
HEAD: Final = 40
MOST_LINES: Final = 200_000
MOST_COLUMNS: Final = 256
# An ID number has 18 digits; a float holds 15 of them for certain.
EXACT: Final = 10**15


def shown(value: Value) -> str:
    """A value as the person who keeps the file sees it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case Moment(at=at):
            day = f"{at.year}-{at.month}-{at.day}"
            return day if value.is_day else f"{day} {at:%H:%M:%S}".removesuffix(":00")
        case str():
            return value
    return _number(value)


def _number(value: float) -> str:
    if abs(value) >= 1e11 and isinstance(value, float):
        if value.is_integer() and abs(value) < EXACT:
            return str(int(value))
        return f"{value:.5E}".replace("E+0", "E+")
    return f"{value:.15g}"


def lettered(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing, or only space."""
    return value is None or (isinstance(value, str) and not value.strip())
