"""Which codes were retired between two editions of the list, and what took their place.

Nobody publishes that for townships, so it is worked out: a village keeps its name when the
township above it gets another code, so where most of a retired township's villages are found
again, there it went. Where no village tells, a township of the same name in the same county does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

CITY, COUNTY, TOWNSHIP = 4, 6, 9
# A successor holds at least this part of the villages that were found again: a few villages go to
# a neighbour in many a reform, and are no successor.
_SHARE: Final = 0.15
_KINDS: Final = ("街道办事处", "街道", "苏木", "镇", "乡", "县", "区", "市")
_PLACEHOLDERS: Final = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# Within which part of a code a name is looked for, the nearest first: county, city, province.
_WIDTHS: Final = (6, 4, 2)

Names = Mapping[str, str]


class Edition(NamedTuple):
    """Names by code, down to the township, and the villages' names by code where there are any."""

    as_of: str
    names: Names
    villages: Names


class Retired(NamedTuple):
    """A code that the next edition no longer has; `successors` are codes of that next one."""

    code: str
    name: str
    last_seen: str
    successors: tuple[str, ...]


def retired(old: Edition, new: Edition) -> Iterator[Retired]:
    """The codes of cities, counties and townships that `new` has no more."""
    gone = [
        code
        for code, name in old.names.items()
        if code not in new.names and len(code) >= CITY and name not in _PLACEHOLDERS
    ]
    voices = _voices(old, set(gone))
    found = _Places(new)
    into: dict[str, tuple[str, ...]] = {}
    for code in sorted(gone, key=len, reverse=True):
        if len(code) == TOWNSHIP:
            into[code] = found.by_villages(code, voices.get(code, [])) or found.by_name(
                code, old.names[code]
            )
        else:
            into[code] = _of_parts(code, old.names, new.names, into) or found.by_name(
                code, old.names[code]
            )
        yield Retired(code, old.names[code], old.as_of, into[code])


def _voices(old: Edition, gone: set[str]) -> dict[str, list[str]]:
    """The names of the villages of each retired township."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in old.villages.items():
        if code[:TOWNSHIP] in gone:
            found[code[:TOWNSHIP]].append(name)
    return found


def _of_parts(
    code: str, old: Names, new: Names, into: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Where the townships of a retired county, or the counties of a retired city, are now."""
    part = TOWNSHIP if len(code) == COUNTY else COUNTY
    votes: Counter[str] = Counter()
    for inside in old:
        if len(inside) == part and inside.startswith(code):
            after = into.get(inside, (inside,) if inside in new else ())
            votes.update({each[: len(code)] for each in after})
    return _chosen(votes)


def _chosen(votes: Counter[str]) -> tuple[str, ...]:
    total = votes.total()
    return tuple(code for code, n in votes.most_common() if n >= total * _SHARE)


class _Places:
    """Where villages and townships of one name are in an edition."""

    def __init__(self, edition: Edition) -> None:
        self._villages: dict[tuple[str, str], set[str]] = defaultdict(set)
        for code, name in edition.villages.items():
            for width in _WIDTHS[:2]:
                self._villages[code[:width], name].add(code[:TOWNSHIP])
        self._names: dict[tuple[int, str, str], set[str]] = defaultdict(set)
        for code, name in edition.names.items():
            for width in _WIDTHS:
                for form in {name, _stem(name)}:
                    self._names[len(code), code[:width], form].add(code)

    def by_villages(self, code: str, villages: list[str]) -> tuple[str, ...]:
        """The townships in which the villages of `code` are found again, most of them first."""
        votes: Counter[str] = Counter()
        for name in villages:
            for width in _WIDTHS[:2]:
                where = self._villages.get((code[:width], name), set())
                if len(where) == 1:
                    votes.update(where)
                if where:
                    break
        return _chosen(votes)

    def by_name(self, code: str, name: str) -> tuple[str, ...]:
        """The one place of the same name nearby, whatever kind of township or county it is now."""
        for width in _WIDTHS:
            if width < len(code):
                for form in (name, _stem(name)):
                    where = self._names.get((len(code), code[:width], form), set())
                    if len(where) == 1:
                        return tuple(where)
        return ()


def _stem(name: str) -> str:
    """桃林铺 for 桃林铺镇, so that a township that became a town is known again."""
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name
