"""Where a sheet's header is, and which column is what: proposals, with how sure they are."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.sheets.book import HEAD, Line, Note, Sheet, is_empty
from tongxin.sheets.columns import KEPT, LEFT, Column
from tongxin.sheets.values import Setting, plain

SURE: Final = 100
# A header of two rows is its lower part, or its upper, nearly as surely as both together.
_LOWER: Final = 95
_UPPER: Final = 90
_WEAK: Final = 60
_PART: Final = 50
_BY_VALUES: Final = 40
# Two columns named for certain make a header; one, and a part of another's name, do as well.
_ENOUGH: Final = 3
_SAMPLES: Final = 60
_FEWEST_SAMPLES: Final = 3
_MOST_OF: Final = 0.8
# The columns that a returned workbook puts before each row.
REASONS: Final = Text("退回原因", "Why it came back")
ROW_NUMBER: Final = Text("原行号", "Row before")
# Remarks beside a header: (必填), （18位）, *, ★, line breaks.
_REMARK: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|[\s*★:、,，/]+")


def bare(title: str) -> str:
    """A header without spaces and remarks, in small letters: how it is compared and remembered."""
    return _REMARK.sub("", plain(title)).lower()


_LEFT_OUT: Final = frozenset(
    {"序号", "编号", "no", "no."}
    | {bare(told) for text in (REASONS, ROW_NUMBER) for told in (text.zh, text.en)}
)


class Proposal(Struct, frozen=True):
    """What one column of a sheet is taken for: a column's key, `KEPT` or `LEFT`.

    `sure` is of 100; `why` says by what: remembered, header, part (of the header), values, none.
    """

    column: int
    header: str
    key: str
    sure: int
    why: str


class Header(Struct, frozen=True):
    """The rows (by number) from `first` to `last` are the header. `first` 0: none was found."""

    first: int
    last: int
    proposals: tuple[Proposal, ...]


def header(
    sheet: Sheet,
    columns: Sequence[Column],
    setting: Setting,
    remembered: Mapping[str, str] | None = None,
    at: int = 0,
) -> Header:
    """Find the header among the first lines, or take row `at` for its last line, and propose.

    `remembered` is what bare headers were taken for before; see `bare`.
    """
    known = remembered or {}
    first, last, titles = _found(sheet, columns, known, at)
    chosen = _assigned(titles, columns, known)
    after = [line for line in sheet.lines if line.number > last][:_SAMPLES]
    taken = {proposal.key for proposal in chosen.values()}
    for column in range(sheet.width):
        if column not in chosen:
            title = titles.at(column)
            chosen[column] = _by_values(column, title, after, columns, taken, setting)
            taken.add(chosen[column].key)
    return Header(first, last, tuple(chosen[column] for column in range(sheet.width)))


def _found(
    sheet: Sheet, columns: Sequence[Column], known: Mapping[str, str], at: int
) -> tuple[int, int, "Titles"]:
    """The header's first and last row, and the titles in it."""
    best, found = 0.0, (0, 0, Titles())
    lines = sheet.lines[:HEAD]
    for n, line in enumerate(lines):
        if at and line.number != at:
            continue
        single = Titles(lower=_titles(sheet, line))
        score = float(_score(single, columns, known))
        if at or score > best:
            best, found = score, (line.number, line.number, single)
        if at or n == 0 or lines[n - 1].number != line.number - 1:
            continue
        double = Titles(_titles(sheet, lines[n - 1]), single.lower)
        if len(set(double.upper.values())) < 2:
            continue  # a title over the sheet
        score = _score(double, columns, known)
        # Where the upper row is merged with the lower, they are one header even if it adds nothing.
        if _is_below(double.upper, line):
            score += 0.5
        if score > best:
            best, found = score, (line.number - 1, line.number, double)
    if best < _ENOUGH and not at:
        return 0, 0, Titles()
    return found


class Titles(Struct, frozen=True):
    """The texts of a header by column: of its lower row, and of the upper where it has two."""

    upper: dict[int, str] = {}
    lower: dict[int, str] = {}

    def at(self, column: int) -> str:
        """A column's title as a whole: 家庭 over 住址 is 家庭住址."""
        one, two = self.upper.get(column, ""), self.lower.get(column, "")
        return one if one == two else one + two

    def columns(self) -> set[int]:
        """The columns that have a title."""
        return self.upper.keys() | self.lower.keys()


def _titles(sheet: Sheet, line: Line) -> dict[int, str]:
    """The texts of a line; one merged over several columns stands over each of them."""
    titles = {n: plain(value) for n, value in enumerate(line.cells) if not is_empty(value)}
    for merged in sheet.merged:
        if merged.first_row <= line.number <= merged.last_row:
            over = titles.get(merged.first_column)
            # A title over the whole sheet is a title, and no header.
            if over and merged.last_column - merged.first_column < max(sheet.width - 2, 1):
                for column in range(merged.first_column, merged.last_column + 1):
                    titles.setdefault(column, over)
    return titles


def _is_below(titles: Mapping[int, str], line: Line) -> bool:
    """Whether a line is the lower part of merged headers, and says nothing new."""
    merged = [n for n, note in line.notes.items() if note is Note.MERGED]
    return bool(merged) and all(plain(line.at(n)) == titles.get(n) for n in merged)


def _score(titles: Titles, columns: Sequence[Column], known: Mapping[str, str]) -> int:
    """How much speaks for these titles: two for a column named for certain, one for a part."""
    found = {p.key: p.sure for p in _assigned(titles, columns, known).values() if p.key != LEFT}
    return sum(2 if sure >= _WEAK else 1 for sure in found.values())


def _assigned(
    titles: Titles, columns: Sequence[Column], known: Mapping[str, str]
) -> dict[int, Proposal]:
    """Each title to at most one column of ours and the other way round, the surest first."""
    offers: list[tuple[int, int, int, Proposal]] = []
    for n in sorted(titles.columns()):
        title = titles.at(n)
        name = bare(title)
        if name in known:
            offers.append((-SURE - 1, 0, n, Proposal(n, title, known[name], SURE, "remembered")))
        if name in _LEFT_OUT:
            offers.append((-SURE, 0, n, Proposal(n, title, LEFT, SURE, "header")))
        for order, column in enumerate(columns):
            sure, why = _matches(name, column)
            if titles.upper and 0 < sure < _LOWER:
                sure, why = max((sure, why), _of_parts(titles, n, column))
            if sure:
                offers.append((-sure, order, n, Proposal(n, title, column.key, sure, why)))
    chosen: dict[int, Proposal] = {}
    taken: set[str] = set()
    for *_, n, offer in sorted(offers, key=lambda each: each[:3]):
        if n not in chosen and (offer.key in (KEPT, LEFT) or offer.key not in taken):
            chosen[n] = offer
            taken.add(offer.key)
    return chosen


def _of_parts(titles: Titles, n: int, column: Column) -> tuple[int, str]:
    """How surely one row of a header of two names a column."""
    lower, upper = bare(titles.lower.get(n, "")), bare(titles.upper.get(n, ""))
    if lower in column.synonyms:
        return _LOWER, "header"
    return (_UPPER, "header") if upper in column.synonyms else (0, "")


def _matches(name: str, column: Column) -> tuple[int, str]:
    """How surely a bare header names a column."""
    if not name:
        return 0, ""
    if name in column.synonyms:
        return SURE, "header"
    if any(word in name for word in column.never):
        return 0, ""
    if name in column.weak:
        return _WEAK, "header"
    inside = [len(word) for word in column.synonyms if len(word) >= 2 and word in name]
    return (_PART + min(max(inside), 9), "part") if inside else (0, "")


def _by_values(
    column: int,
    title: str,
    lines: Sequence[Line],
    columns: Sequence[Column],
    taken: set[str],
    setting: Setting,
) -> Proposal:
    """What a column's values look like, where its header says nothing that we know."""
    values = [line.at(column) for line in lines if not is_empty(line.at(column))]
    if len(values) >= _FEWEST_SAMPLES:
        for ours in columns:
            if ours.looks is None or ours.key in taken:
                continue
            alike = sum(ours.looks(value, setting) for value in values)
            if alike >= _MOST_OF * len(values):
                return Proposal(column, title, ours.key, _BY_VALUES, "values")
    return Proposal(column, title, KEPT if title or values else LEFT, 0, "none")
