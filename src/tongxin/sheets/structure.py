"""What the reader of values does not tell of an .xlsx: hidden rows and columns, formulas, errors.

The same pass finds how far a sheet reaches before anybody makes room for it, and that its XML is
whole. Names of elements are taken without their prefix, for some programs write one.
"""

import posixpath
import zipfile
from typing import Final
from xml.parsers import expat

from msgspec import Struct

from tongxin.base.problems import ProblemKind
from tongxin.sheets.book import MOST_COLUMNS, MOST_LINES, Note
from tongxin.sheets.safety import DAMAGED, fed

TOO_WIDE = ProblemKind(
    "sheets.too_wide",
    422,
    zh="“{sheet}”表在第 {row} 行、第 {column} 列还有内容，超出了能读的范围"
    "（{most_rows} 行、{most_columns} 列）。"
    "请删去远处的零星内容，或把需要的部分复制到新表。",
    en="Sheet “{sheet}” still has something in row {row}, column {column}, beyond what can be read "
    "({most_rows} rows, {most_columns} columns). Delete what stands far out, or copy the part you "
    "need to a new sheet.",
)
_YES: Final = frozenset({"1", "true", "on"})
_WORKBOOK: Final = "xl/workbook.xml"


class Part(Struct, frozen=True):
    """One sheet of a workbook: its name, and its entry in the ZIP."""

    name: str
    path: str
    hidden: bool


class Workbook(Struct, frozen=True):
    """The sheets in their order, and from which year their days are counted."""

    parts: tuple[Part, ...]
    from_1904: bool


class Shape(Struct):
    """What a sheet's XML tells besides values. Rows and columns count from 0.

    `notes` are by row and column; `errors` hold what Excel shows where it could not compute.
    """

    hidden_rows: set[int]
    hidden_columns: set[int]
    notes: dict[int, dict[int, Note]]
    errors: dict[tuple[int, int], str]


def workbook(archive: zipfile.ZipFile) -> Workbook:
    """The sheets of a workbook; dialogs and charts are left out by whoever reads values."""
    found: list[tuple[str, str, bool]] = []
    from_1904 = False
    targets = _targets(archive)

    def start(tag: str, told: dict[str, str]) -> None:
        nonlocal from_1904
        match _local(tag):
            case "workbookPr":
                from_1904 = told.get("date1904", "") in _YES
            case "sheet":
                named = {_local(name): value for name, value in told.items()}
                hidden = named.get("state", "visible") != "visible"
                reference = next((v for n, v in told.items() if n.endswith(":id")), "")
                found.append((named.get("name", ""), reference, hidden))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    fed(archive, _WORKBOOK, parser)
    parts = [Part(name, targets.get(ref, ""), hidden) for name, ref, hidden in found]
    return Workbook(tuple(parts), from_1904)


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The entry that each relationship of the workbook names."""
    found: dict[str, str] = {}

    def start(tag: str, told: dict[str, str]) -> None:
        if _local(tag) == "Relationship" and told.get("TargetMode") != "External":
            target = told.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[told.get("Id", "")] = posixpath.normpath(inside)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    fed(archive, "xl/_rels/workbook.xml.rels", parser)
    return found


def shape(archive: zipfile.ZipFile, part: Part) -> Shape:
    """One pass over a sheet's XML. Problems: `sheets.damaged`, `sheets.too_wide`."""
    reading = _Reading(part.name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    reading.parser = parser
    parser.StartElementHandler = reading.start
    if part.path not in archive.namelist():
        raise DAMAGED()
    fed(archive, part.path, parser)
    return reading.shape


class _Reading:
    """Where the pass is. Handlers for texts and ends are on only inside cells that need them."""

    def __init__(self, sheet: str) -> None:
        self.shape = Shape(set(), set(), {}, {})
        self.parser: expat.XMLParserType | None = None
        self._sheet = sheet
        self._names: dict[str, str] = {}
        self._row, self._column = -1, -1
        self._type, self._awaits = "", False
        self._text: list[str] = []

    def start(self, tag: str, told: list[str]) -> None:
        """An element begins; `told` are its attributes, names and values by turns."""
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = _local(tag)
        if name == "c":
            self._cell(told)
        elif name in ("v", "is"):
            self._value()
        elif name == "f":
            self._formula()
        elif name == "row":
            self._begin_row(dict(zip(told[::2], told[1::2], strict=True)))
        elif name == "col":
            self._columns(dict(zip(told[::2], told[1::2], strict=True)))

    def _begin_row(self, told: dict[str, str]) -> None:
        number = told.get("r", "")
        self._row = int(number) - 1 if number.isdigit() else self._row + 1
        self._column = -1
        if told.get("hidden", "") in _YES:
            self.shape.hidden_rows.add(self._row)

    def _columns(self, told: dict[str, str]) -> None:
        if told.get("hidden", "") in _YES:
            first, last = int(told.get("min", "1")) - 1, int(told.get("max", "0"))
            self.shape.hidden_columns.update(range(first, min(last, MOST_COLUMNS)))

    def _cell(self, told: list[str]) -> None:
        self._column += 1
        self._type, self._awaits = "", False
        for n in range(0, len(told), 2):
            if told[n] == "r":
                self._column = column_of(told[n + 1])
            elif told[n] == "t":
                self._type = told[n + 1]

    def _value(self) -> None:
        """A cell holds something; only then does it count that it stands far out."""
        row, column = self._row, self._column
        if row >= MOST_LINES or column >= MOST_COLUMNS:
            raise TOO_WIDE(
                sheet=self._sheet[:40], row=row + 1, column=column + 1, most_rows=MOST_LINES,
                most_columns=MOST_COLUMNS,
            )  # fmt: skip
        if self._awaits or self._type == "e":
            self._listen()

    def _note(self, note: Note) -> None:
        self.shape.notes.setdefault(self._row, {})[self._column] = note

    def _formula(self) -> None:
        """Until a result is seen, there is none. An empty text is a result too."""
        self._awaits = self._type != "str"
        self._note(Note.NO_RESULT if self._awaits else Note.FORMULA)

    def _listen(self) -> None:
        if self.parser is not None:
            self._text.clear()
            self.parser.CharacterDataHandler = self._text.append
            self.parser.EndElementHandler = self._end

    def _end(self, _tag: str) -> None:
        if self.parser is None:
            return
        self.parser.CharacterDataHandler = None
        self.parser.EndElementHandler = None
        text = "".join(self._text).strip()
        if self._type == "e":
            self._note(Note.ERROR)
            self.shape.errors[self._row, self._column] = text or "#?"
        elif text:
            self._note(Note.FORMULA)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def column_of(reference: str) -> int:
    """The column that a reference such as AB12 names, counted from 0."""
    column = 0
    for letter in reference:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column - 1
