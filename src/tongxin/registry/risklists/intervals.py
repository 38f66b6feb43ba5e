"""From when until when each place was at risk, by all lists in force together.

A list is the complete state as of its time: a place that the next later list does not name is
lifted as of that list's time. So what holds follows from the set of lists, whatever the order in
which they came in. Several lists of one hour count together until the next hour: nothing says
which of them is the newer, and no place of either is dropped.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from tongxin.policy.situation import RiskArea
from tongxin.registry.risklists.placing import Declaration

Key = tuple[str, str, bool, str]


class Listed(Struct, frozen=True):
    """What one list declares as of its time; `fact` is the proposal that carries it."""

    fact: str
    published_at: datetime
    declarations: tuple[Declaration, ...]


class Change(Struct, frozen=True):
    """What is declared about a place differs from `since` on, and not before."""

    code: str
    since: datetime


def intervals(lists: Iterable[Listed]) -> Iterator[RiskArea]:
    """Each place at each level, from the first list that names it until the next without it."""
    begun: dict[Key, tuple[str, datetime]] = {}
    for at, together in groupby(sorted(lists, key=_age), key=lambda one: one.published_at):
        named = _named(together)
        for key in [key for key in begun if key not in named]:
            yield _risk_area(key, *begun.pop(key), at)
        for key, fact in named.items():
            begun.setdefault(key, (fact, at))
    for key, (fact, since) in begun.items():
        yield _risk_area(key, fact, since, None)


def _age(one: Listed) -> tuple[datetime, str]:
    return one.published_at, one.fact


def _named(together: Iterable[Listed]) -> dict[Key, str]:
    """The places of all lists of one hour, each with the list that names it."""
    named: dict[Key, str] = {}
    for one in together:
        for declaration in one.declarations:
            named.setdefault(declaration.key, one.fact)
    return named


def _risk_area(key: Key, fact: str, since: datetime, until: datetime | None) -> RiskArea:
    code, level, whole, name = key
    return RiskArea(fact, code, level, since, until, whole, name)


def changes(before: Collection[RiskArea], after: Collection[RiskArea]) -> list[Change]:
    """Which places are declared otherwise, and since when: only stays that reach so far count.

    Of a place that is only lifted, or lifted at another instant, all that was before stays as it
    was. Where only the list is another that says the same, nothing changes.
    """
    old, new = set(before), set(after)
    ends = {_beginning(area): area.until for area in old - new}
    found = []
    for area in new - old:
        begin = _beginning(area)
        if begin not in ends:
            found.append(Change(area.code, area.from_))
            continue
        ended = ends.pop(begin)
        if ended != area.until:
            found.append(Change(area.code, min(_instants(ended, area.until))))
    return found + [Change(begin[0], begin[4]) for begin in ends]


def _beginning(area: RiskArea) -> tuple[str, str, bool, str, datetime]:
    return area.code, area.level, area.whole, area.name, area.from_


def _instants(*moments: datetime | None) -> Sequence[datetime]:
    return [moment for moment in moments if moment is not None]
