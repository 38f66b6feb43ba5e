"""The rows that did not go in, given back: as they were, with the reason beside each cell.

Mended, the same workbook can be brought again: its columns keep their headers, and what stands
before them is known and left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from tongxin.base.texts import Language, Text
from tongxin.sheets.book import Line, lettered
from tongxin.sheets.faults import Fault
from tongxin.sheets.header import REASONS, ROW_NUMBER
from tongxin.sheets.rows import Mapped
from tongxin.sheets.writing import Cells, Wide, Written

_BEFORE: Final = 2
_NAME: Final = Text("退回的行", "Rows that came back")
_TITLE: Final = Text(
    "有 {count} 行没有登记。改好标色的格子，把这个文件重新上传即可；已登记的行不会重复。",
    "{count} rows were not recorded. Mend the coloured cells and bring this file again; nothing is "
    "recorded twice.",
)


class Returned(Struct, array_like=True):
    """A row that comes back, and why."""

    line: Line
    faults: list[Fault]


_DIFFERING: Final = Text(
    "另有 {count} 行和已登记的不同（标色的格子）：核对后在系统里更正，改这个文件不起作用。",
    "{count} more rows say otherwise than is registered (coloured cells): check them and correct "
    "them in the program; mending this file changes nothing.",
)


def workbook(
    mapped: Mapped, count: int, who: str, at: datetime, language: Language, differing: int = 0
) -> Written:
    """The workbook for `count` rows that come back and `differing` ones, without them.

    `at` has no zone.
    """
    titles = [title or lettered(n) for n, title in enumerate(mapped.titles)]
    columns = (
        Wide(REASONS.spoken(language), 40), Wide(ROW_NUMBER.spoken(language), 8, "number"),
        *(Wide(title, min(max(len(title) * 2.2, 10), 24)) for title in titles),
    )  # fmt: skip
    name = _NAME.spoken(language)
    told = [(text, n) for text, n in ((_TITLE, count), (_DIFFERING, differing)) if n]
    above = tuple(text.filled(count=n).spoken(language) for text, n in told)
    return Written(name, above, columns, f"{who} {at:%Y-%m-%d %H:%M}", who, name, at, _BEFORE)


def rows(
    returned: Iterable[Returned], titles: Sequence[str], language: Language
) -> Iterator[Cells]:
    """Each row that comes back: reasons, its number, and its cells as they were."""
    for each in returned:
        said = [_said(fault, titles, language) for fault in each.faults]
        marked = sorted(
            {0} | {fault.column + _BEFORE for fault in each.faults if fault.column is not None}
        )
        cells = [each.line.at(n) for n in range(len(titles))]
        yield Cells(["\n".join(said), each.line.number, *cells], marked)


def _said(fault: Fault, titles: Sequence[str], language: Language) -> str:
    told = fault.text.spoken(language)
    if fault.column is None:
        return told
    title = titles[fault.column] or lettered(fault.column)
    return f"{title}：{told}" if language is Language.ZH else f"{title}: {told}"
