"""Each row of a list: what it says in each column of ours, and what is wrong with it. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from tongxin.sheets import faults
from tongxin.sheets.book import Line, Note, Value, is_empty
from tongxin.sheets.columns import LEFT, Column
from tongxin.sheets.faults import Fault, Unfit
from tongxin.sheets.header import Header
from tongxin.sheets.values import Setting, plain


class Mapped(Struct, frozen=True):
    """What was decided about a sheet: where its data begin, and what each column is taken for.

    `sheet` counts from 0, `after` is the number of the header's last row. `titles` are the headers
    as they stand; `keys` are columns' keys, `KEPT` or `LEFT`, by column.
    """

    sheet: int
    after: int
    titles: tuple[str, ...]
    keys: tuple[str, ...]
    hidden_rows: bool = True


def mapped(header: Header, sheet: int = 0) -> Mapped:
    """The mapping that a header proposes."""
    titles = tuple(proposal.header for proposal in header.proposals)
    keys = tuple(proposal.key for proposal in header.proposals)
    return Mapped(sheet, header.last, titles, keys)


class Row(Struct):
    """One row. `values` are by key of column; `kept` are the words of other columns by header.

    `faults` are what is wrong and what is remarkable; `line` is the row as it came.
    """

    line: Line
    values: dict[str, Any]
    kept: dict[str, str]
    faults: list[Fault]

    @property
    def number(self) -> int:
        return self.line.number

    @property
    def sound(self) -> bool:
        """Whether it can go in."""
        return not any(fault.grave for fault in self.faults)


class Why(StrEnum):
    """Why a row is passed over."""

    TOTALS = "totals"
    HEADER = "header"  # the header once more, as on each printed page
    REMARK = "remark"
    BLANK = "blank"  # a number, and nothing else
    HIDDEN = "hidden"


class Passed(Struct, frozen=True):
    """A row that is passed over, and why."""

    number: int
    why: Why


_TOTALS: Final = re.compile(
    r"(合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|总人数|累计|total\b).*", re.IGNORECASE
)
_REMARK: Final = re.compile(
    r"(注|备注|说明|填表|制表|审核|填报|报送|单位|负责人|以下空白|联系人).*", re.DOTALL
)
_MOST_KEPT: Final = 400


# Of each column, what so many different cells say is remembered.
_REMEMBERED: Final = 1_000


class Said(Struct, frozen=True):
    """What a cell says, or why its column cannot take it, and what is remarkable of it."""

    value: Any
    unfit: Unfit | None
    remarks: tuple[Fault, ...]


class Reading(Struct):
    """How the rows of one sheet are read.

    The same words stand in a column many times (a village, a day, a colour), so what a cell says
    is worked out once: parsers know nothing but the cell and the setting.
    """

    mapped: Mapped
    columns: dict[str, Column]
    setting: Setting
    used: tuple[int, ...]
    said: dict[tuple[str, type, Value], Said] = {}
    seen: Counter[str] = field(default_factory=Counter)

    def rows(self, lines: Iterable[Line]) -> Iterator[Row | Passed]:
        """Each line after the header."""
        for line in lines:
            if line.number > self.mapped.after:
                yield self._row(line)

    def _row(self, line: Line) -> Row | Passed:
        why = self._passed(line)
        if why is not None:
            return Passed(line.number, why)
        row = Row(line, {}, {}, [])
        for n, key in enumerate(self.mapped.keys):
            if key != LEFT:
                self._cell(row, n, key, line.at(n))
        for key, column in self.columns.items():
            if column.required and not row.values.get(key):
                self._missing(row, key, column)
        return row

    def _cell(self, row: Row, n: int, key: str, value: Value) -> None:
        column = self.columns.get(key)
        note = row.line.notes.get(n)
        if column is None:
            self._keep(row, n, value)
        elif note is Note.NO_RESULT:
            row.faults.append(faults.NO_RESULT(n))
        elif note is Note.ERROR and not column.kept:
            row.faults.append(faults.ERROR(n, value=value))
        else:
            self._parse(row, n, column, value)

    def _parse(self, row: Row, n: int, column: Column, value: Value) -> None:
        if value is None:
            return
        # 1, 1.0 and True are equal, and not the same to a parser.
        key = (column.key, type(value), value)
        said = self.said.get(key)
        if said is None:
            said = self._said(column, value)
            if self.seen[column.key] < _REMEMBERED:
                self.seen[column.key] += 1
                self.said[key] = said
        if said.unfit is None:
            row.values[column.key] = said.value
        else:
            row.faults.append(said.unfit.fault(n))
        if said.remarks:
            row.faults += [replace(remark, column=n) for remark in said.remarks]

    def _said(self, column: Column, value: Value) -> Said:
        remarks = self.setting.remarks
        remarks.clear()
        try:
            return Said(column.parse(value, self.setting), None, tuple(remarks))
        except Unfit as unfit:
            return Said(None, unfit.with_traceback(None), tuple(remarks))

    def _keep(self, row: Row, n: int, value: Value) -> None:
        """The words of a column that is none of ours."""
        text = plain(value)
        if len(text) > _MOST_KEPT:
            row.faults.append(faults.TOO_LONG(n, length=len(text), most=_MOST_KEPT))
        elif text:
            title = self.mapped.titles[n] or f"({n + 1})"
            row.kept[title] = f"{row.kept[title]}；{text}" if title in row.kept else text

    def _missing(self, row: Row, key: str, column: Column) -> None:
        """Once only: where the cell is wrong already, that is said there."""
        place = next((n for n, known in enumerate(self.mapped.keys) if known == key), None)
        if all(fault.column != place or not fault.grave for fault in row.faults) or place is None:
            row.faults.append(
                faults.MISSING(place, title=column.title.zh, title_en=column.title.en)
            )

    def _passed(self, line: Line) -> Why | None:
        """Why a line is none of a list's rows; None for those that are."""
        if line.hidden and not self.mapped.hidden_rows:
            return Why.HIDDEN
        filled = (n for n in self.used if not is_empty(line.at(n)) or line.notes.get(n))
        two = list(islice(filled, 2))
        if not two:
            return Why.BLANK
        first = islice((value for value in line.cells if not is_empty(value)), 3)
        if any(_TOTALS.fullmatch(plain(value)) for value in first) and not self._required(line):
            return Why.TOTALS
        if len(two) == 1 and _REMARK.fullmatch(plain(line.at(two[0]))):
            return Why.REMARK
        titles = self.mapped.titles
        if len(two) > 1 and all(plain(line.at(n)) == titles[n] for n in chain(two, filled)):
            return Why.HEADER
        return None

    def _required(self, line: Line) -> bool:
        """Whether all that must be filled in is: then a row is somebody's, whatever the name."""
        wanted = {key for key, column in self.columns.items() if column.required}
        filled = {
            key for n, key in enumerate(self.mapped.keys) if key in wanted and plain(line.at(n))
        }
        return filled == wanted


def reading(mapped: Mapped, columns: Sequence[Column], setting: Setting) -> Reading:
    """How to read the rows of a sheet that was mapped so."""
    used = tuple(n for n, key in enumerate(mapped.keys) if key != LEFT)
    return Reading(mapped, {column.key: column for column in columns}, setting, used)


def lacking(mapped: Mapped, columns: Sequence[Column]) -> Mapping[str, Column]:
    """The columns that must be there and were not found, by key."""
    return {c.key: c for c in columns if c.required and c.key not in mapped.keys}
