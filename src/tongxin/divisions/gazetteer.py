"""The list itself: which divisions there are, what they are called, what lies in what."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from tongxin.base.areas import AreaCode, Level, ancestors, span
from tongxin.divisions.lines import Lines

# The national list has every place at every level. Where a place has no prefecture above it, one of
# these stands there; they are no places, and nobody is shown or asked for them.
PLACEHOLDERS: Final = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class Divisions:
    """All divisions, in the order of their codes: what lies in one follows it at once.

    A step is a row that only completes the levels: a placeholder, or a place repeated one level
    down (东莞市 4419 and 441900). Paths and children leave steps out; codes of steps stay valid.
    """

    def __init__(self, codes: Sequence[str], names: Lines) -> None:
        assert len(codes) == len(names)
        self.codes = codes
        self.names = names
        self._steps = frozenset(self._find_steps())
        self._children = lru_cache(maxsize=1024)(self._find_children)

    def is_step(self, code: str) -> bool:
        """Whether a row only completes the levels, and is shown to nobody."""
        return code in self._steps

    def __contains__(self, code: str) -> bool:
        return self._row(code) is not None

    def name(self, code: str) -> str | None:
        """What the list calls `code`, or None for a code that it does not have."""
        row = self._row(code)
        return None if row is None else self.names[row]

    def nearest(self, code: str) -> AreaCode | None:
        """The deepest division of the list that is `code` or contains it, steps left out."""
        path = self.path(code)
        return path[-1] if path else None

    def path(self, code: str) -> tuple[AreaCode, ...]:
        """The divisions from the province down to `code`, as far as the list knows them."""
        found = []
        for each in ancestors(AreaCode(code[: Level.TOWNSHIP])):
            if each not in self:
                break
            if each not in self._steps:
                found.append(each)
        return tuple(found)

    def full_name(self, code: str) -> str:
        """The names along the path, 河南省信阳市潢川县桃林铺镇; empty for an unknown province."""
        return "".join(self.name(each) or "" for each in self.path(code))

    def children(self, code: str = "") -> tuple[AreaCode, ...]:
        """The divisions directly inside `code` (of the whole country: the provinces)."""
        return self._children(code)

    def _find_children(self, code: str) -> tuple[AreaCode, ...]:
        return tuple(AreaCode(each) for each in self._inside(code))

    def _inside(self, code: str) -> Iterator[str]:
        low, high = span(code)
        row, end = bisect_left(self.codes, low), bisect_left(self.codes, high)
        if row < end and self.codes[row] == code:
            row += 1
        while row < end:
            inside = self.codes[row]
            if inside in self._steps:
                yield from self._inside(inside)
            else:
                yield inside
            row = bisect_left(self.codes, span(inside)[1], row, end)

    def _row(self, code: str) -> int | None:
        row = bisect_left(self.codes, code)
        return row if row < len(self.codes) and self.codes[row] == code else None

    def _find_steps(self) -> Iterator[str]:
        for row, code in enumerate(self.codes):
            if len(code) == Level.CITY:
                if self.names[row] in PLACEHOLDERS:
                    yield code
            elif code.endswith("00"):
                above = ancestors(AreaCode(code))[-2]
                if code == above.ljust(len(code), "0") and self.names[row] == self.name(above):
                    yield code
