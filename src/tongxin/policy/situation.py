"""Which areas are declared at risk, and since and until when: found fast for one place."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
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
        self.areas = tuple(sorted(set(areas), key=_order))
        self._codes = [area.code for area in self.areas]
        self._by_code: dict[str, list[RiskArea]] = {}
        for area in self.areas:
            self._by_code.setdefault(area.code, []).append(area)
        self.nearby: dict[tuple[int, str], tuple[object, Nearby]] = {}

    def around(self, prefix: str, code: str) -> tuple[RiskArea, ...]:
        """The declarations that contain `code` or lie inside `prefix`, which contains it too."""
        outer = [
            area for end in range(1, len(prefix)) for area in self._by_code.get(code[:end], ())
        ]
        low, high = span(prefix)
        inner = self.areas[bisect_left(self._codes, low) : bisect_left(self._codes, high)]
        return (*outer, *inner)


def _order(area: RiskArea) -> tuple[str, datetime, str, str, str, bool, float, datetime]:
    until = area.until.timestamp() if area.until else inf
    return area.code, area.from_, area.level, area.name, area.fact, area.whole, until, area.known
