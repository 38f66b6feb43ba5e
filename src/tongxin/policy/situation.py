"""Which areas are declared at risk, and since and until when: found fast for one place."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from math import inf

from msgspec import Struct

from tongxin.base.areas import span


class RiskArea(Struct, frozen=True):
    """One declaration: `code` is at `level` during [`from_`, `until`); None: until further notice.

    Where only a part of `code` is meant (a compound, a street known by name alone), `whole` is
    false and `name` keeps the declared words. `known_at` is when the township brought it into
    force (None: at once): nothing that follows from it is due before.
    """

    fact: str
    code: str
    level: str
    from_: datetime
    until: datetime | None = None
    whole: bool = True
    name: str = ""
    known_at: datetime | None = None

    @property
    def known(self) -> datetime:
        """Since when the township could know of it."""
        return self.from_ if self.known_at is None else max(self.from_, self.known_at)

    @property
    def place(self) -> str:
        """What an answer refers to: the same for the same place in every later list."""
        return f"{self.code}#{self.name}" if self.name else self.code

    def held_during(self, from_: datetime, until: datetime) -> bool:
        """Whether the declaration held at some instant of [`from_`, `until`), or at `from_`."""
        if self.until is not None and self.until <= from_:
            return False
        return self.from_ < until or self.from_ <= from_


# Areas around a place: the area, its name, and for each word whether the place lies in it.
Nearby = tuple[tuple[RiskArea, str, tuple[tuple[str, bool | None], ...]], ...]


class Situation:
    """All declarations that may matter, past ones included. Never changed once made.

    `nearby` is the memory of `origin`, by words and place; it holds nothing that is not derived.
    """

    def __init__(self, areas: Iterable[RiskArea] = ()) -> None:
        found: dict[str, list[RiskArea]] = {}
        for area in set(areas):
            found.setdefault(area.code, []).append(area)
        self._hold({code: tuple(sorted(each, key=_order)) for code, each in found.items()})

    def _hold(self, by_code: dict[str, tuple[RiskArea, ...]]) -> None:
        self._by_code = by_code
        self._codes = sorted(by_code)
        self.nearby: dict[tuple[int, str], tuple[object, Nearby]] = {}

    def replaced(self, changed: Mapping[str, Sequence[RiskArea]]) -> "Situation":
        """Another situation in which these codes have these declarations, in their order, and all
        others share what they have here: a list that changes little costs little.
        """
        by_code = self._by_code | {code: tuple(areas) for code, areas in changed.items() if areas}
        for code, areas in changed.items():
            if not areas:
                by_code.pop(code, None)
        made = Situation()
        made._hold(by_code)
        return made

    def together(self, areas: Iterable[RiskArea]) -> "Situation":
        """This one and some more declarations."""
        more: dict[str, set[RiskArea]] = {}
        for area in areas:
            more.setdefault(area.code, set(self.at(area.code))).add(area)
        return self.replaced({code: sorted(each, key=_order) for code, each in more.items()})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever declared."""
        return not self._by_code

    @cached_property
    def areas(self) -> tuple[RiskArea, ...]:
        """All declarations, by code and time."""
        return tuple(area for code in self._codes for area in self._by_code[code])

    def at(self, code: str) -> tuple[RiskArea, ...]:
        """The declarations about exactly this code, oldest first."""
        return self._by_code.get(code, ())

    def differing(self, other: "Situation") -> Iterator[str]:
        """The codes about which two situations do not say the same."""
        for code in {*self._by_code, *other._by_code}:
            mine, theirs = self.at(code), other.at(code)
            if mine is not theirs and mine != theirs:
                yield code

    def around(self, prefix: str, code: str) -> tuple[RiskArea, ...]:
        """The declarations that contain `code` or lie inside `prefix`, which contains it too."""
        outer = [area for end in range(1, len(prefix)) for area in self.at(code[:end])]
        low, high = span(prefix)
        inside = self._codes[bisect_left(self._codes, low) : bisect_left(self._codes, high)]
        return (*outer, *(area for each in inside for area in self._by_code[each]))


def _order(area: RiskArea) -> tuple[datetime, str, str, str, bool, float, datetime]:
    """Of declarations about one code."""
    until = area.until.timestamp() if area.until else inf
    return area.from_, area.level, area.name, area.fact, area.whole, until, area.known
