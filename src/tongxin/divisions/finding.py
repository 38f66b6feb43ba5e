"""Finding a place by a few characters of its name, by its pinyin, or by the initials of that."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from tongxin.base.areas import AreaCode, Level
from tongxin.divisions.gazetteer import Divisions
from tongxin.divisions.lines import Lines
from tongxin.divisions.spelling import spelled, stem

# A single common character stands in thousands of names: enough of them are looked at, and who
# wants another types one more character.
_LOOKED_AT: Final = 3000
_EXACT, _BEGINS, _INSIDE = range(3)
Ranked = tuple[int, int, int, int, str]


class Finder:
    """Finds divisions of one list. `pinyin` has each name's syllables, in the list's order."""

    def __init__(self, divisions: Divisions, pinyin: str) -> None:
        self._divisions = divisions
        self._syllables = Lines(pinyin)

    @cached_property
    def _pinyin(self) -> Lines:
        return Lines(self._syllables.text.replace(" ", ""))

    @cached_property
    def _initials(self) -> Lines:
        return Lines("\n".join("".join(s[0] for s in each.split()) for each in self._syllables))

    def find(self, text: str, *, near: str = "", most: int = 10) -> tuple[AreaCode, ...]:
        """At most `most` divisions that `text` may mean, the likeliest first.

        信阳平, 潢川, hc and huangchuan all find 潢川县 or what lies near. A county stands before a
        township of the same name, and what lies near the area `near` before what is far away.
        """
        wanted = spelled(text)
        if not wanted:
            return ()
        if wanted.isascii():
            letters = wanted.lower().replace("'", "").replace("-", "")
            if letters.isdigit():
                return self._by_code(letters, most)
            ranked = self._by_letters(letters, near)
        else:
            ranked = self._by_name(wanted, near) or self._inside_another(wanted, near)
        return tuple(AreaCode(code) for *_, code in sorted(ranked)[:most])

    def _by_code(self, digits: str, most: int) -> tuple[AreaCode, ...]:
        if digits in self._divisions:
            return (AreaCode(digits), *self._divisions.children(digits))[:most]
        return ()

    def _by_letters(self, letters: str, near: str) -> set[Ranked]:
        found: set[Ranked] = set()
        for lines, long in ((self._initials, 1), (self._pinyin, None)):
            for row, begins in _rows(lines, letters):
                if begins:
                    # The last syllable is mostly 县 or 市, and nobody types it.
                    rest = len(lines[row]) - len(letters)
                    kind = len(self._syllables[row].rpartition(" ")[2]) if long is None else long
                    found |= self._ranked(row, _EXACT if rest in (0, kind) else _BEGINS, near)
        return found

    def _by_name(self, wanted: str, near: str) -> set[Ranked]:
        found: set[Ranked] = set()
        for row, begins in _rows(self._divisions.names, wanted):
            name = spelled(self._divisions.names[row])
            kind = _EXACT if wanted in (name, stem(name)) else _BEGINS if begins else _INSIDE
            found |= self._ranked(row, kind, near)
        return found

    def _inside_another(self, wanted: str, near: str) -> set[Ranked]:
        """信阳平桥 and 河南潢川: a name that follows the names of what contains it."""
        for at in range(1, len(wanted)):
            outer, inner = wanted[:at], wanted[at:]
            found = {
                ranked
                for ranked in self._by_name(inner, near)
                if outer in self._divisions.full_name(ranked[-1])
            }
            if found:
                return found
        return set()

    def _ranked(self, row: int, kind: int, near: str) -> set[Ranked]:
        code = self._divisions.codes[row]
        if self._divisions.is_step(code):
            return set()
        wide = len(code) <= Level.COUNTY
        return {(kind, 0 if wide else 1, -_shared(code, near), len(code), code)}


def _rows(lines: Lines, wanted: str) -> Iterator[tuple[int, bool]]:
    """The lines that hold `wanted`, and whether they begin with it."""
    text, starts = lines.text, lines.starts
    at = text.find(wanted)
    for _ in range(_LOOKED_AT):
        if at < 0:
            return
        row = bisect_right(starts, at) - 1
        yield row, starts[row] == at
        at = text.find(wanted, starts[row + 1])


def _shared(code: str, near: str) -> int:
    """In how many of the divisions that contain `near` this one lies too."""
    return sum(level <= len(code) and code[:level] == near[:level] for level in Level)
