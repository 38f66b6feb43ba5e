"""From when until when each place was at risk, by all lists in force together.

A list is the complete state as of its time: a place that the next later list does not name is
lifted as of that list's time. So what holds follows from the set of lists, whatever the order in
which they came in. Several lists of one hour count together until the next hour: nothing says
which of them is the newer, and no place of either is dropped.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.policy.situation import RiskArea, Situation
from tongxin.registry.risklists.placing import Declaration

Key = tuple[str, str, bool, str]


class Listed(Struct, frozen=True):
    """What one list declares as of its time; `fact` is the proposal that carries it, `known_at`
    when the township brought it into force (None: at once).
    """

    fact: str
    published_at: datetime
    declarations: tuple[Declaration, ...]
    known_at: datetime | None = None


class Change(Struct, frozen=True):
    """What is declared about a place differs from `since` on, and not before."""

    code: str
    since: datetime


def intervals(lists: Iterable[Listed]) -> Iterator[RiskArea]:
    """Each place at each level, from the first list that names it until the next without it.

    The township knows of it since it brought the first of these lists into force. The plain way,
    for many lists; `extended` adds one more at little cost.
    """
    begun: dict[Key, RiskArea] = {}
    for _, together in groupby(sorted(lists, key=_age), key=lambda one: one.published_at):
        hour = list(together)
        named = _named(hour)
        for key in [key for key in begun if key not in named]:
            yield replace(begun.pop(key), until=hour[0].published_at)
        for key, one in named.items():
            begun[key] = _known_by(begun[key], one) if key in begun else _risk_area(key, one)
    yield from begun.values()


def _age(one: Listed) -> tuple[datetime, str]:
    return one.published_at, one.fact


def _named(together: Iterable[Listed]) -> dict[Key, Listed]:
    """The places of all lists of one hour, each with a list that names it: that known first."""
    named: dict[Key, Listed] = {}
    for one in together:
        for declaration in one.declarations:
            key = declaration.key
            if key not in named or _earlier(one.known_at, named[key].known_at):
                named[key] = one
    return named


def _earlier(one: datetime | None, other: datetime | None) -> bool:
    """Whether something was known before; at once (None) is before all."""
    return other is not None and (one is None or one < other)


def _risk_area(key: Key, one: Listed) -> RiskArea:
    code, level, whole, name = key
    return RiskArea(one.fact, code, level, one.published_at, None, whole, name, one.known_at)


def _known_by(area: RiskArea, one: Listed) -> RiskArea:
    """The area as known since that list, where that was earlier."""
    return replace(area, known_at=one.known_at) if _earlier(one.known_at, area.known_at) else area


class Timeline(Struct, frozen=True):
    """What the lists up to some hour make together; the lists of a later hour extend it.

    `begun` is what is at risk at that hour, by key. Extending shares all that does not change.
    """

    begun: Mapping[Key, RiskArea]
    situation: Situation


def extended(timeline: Timeline, together: Collection[Listed]) -> Timeline:
    """The timeline with the lists of one later hour: the same as `intervals` makes of them all."""
    (at,) = {one.published_at for one in together}
    named = _named(sorted(together, key=_age))
    begun, other, fresh = {}, {}, []
    for key, area in timeline.begun.items():
        now = _known_by(area, named[key]) if key in named else replace(area, until=at)
        if now is not area:
            other[key] = now
        if key in named:
            begun[key] = now
    for key, one in named.items():
        if key not in begun:
            begun[key] = made = _risk_area(key, one)
            fresh.append(made)
    return Timeline(begun, timeline.situation.replaced(_changed(timeline, other, fresh)))


def _changed(
    timeline: Timeline, other: Mapping[Key, RiskArea], fresh: Iterable[RiskArea]
) -> dict[str, list[RiskArea]]:
    """What is declared of the codes that change: `other` instead of what is begun, and `fresh`."""
    before = timeline.situation
    changed = {key[0]: list(before.at(key[0])) for key in other}
    for code, areas in changed.items():
        changed[code] = [
            other.get(_key(area), area) if area.until is None else area for area in areas
        ]
    for area in sorted(fresh, key=lambda one: (one.level, one.name, one.fact, one.whole)):
        changed.setdefault(area.code, list(before.at(area.code))).append(area)
    return changed


def timeline_of(lists: Iterable[Listed]) -> Timeline:
    """The timeline of many lists at once."""
    situation = Situation(intervals(lists))
    return Timeline({_key(a): a for a in situation.areas if a.until is None}, situation)


NOTHING_YET: Final = Timeline({}, Situation())


def _key(area: RiskArea) -> Key:
    return area.code, area.level, area.whole, area.name


def changes(before: Situation, after: Situation) -> list[Change]:
    """Which places are declared otherwise, and since when: only stays that reach so far count.

    Of a place that is only lifted, or lifted at another instant, all that was before stays as it
    was. Where only the list is another that says the same, nothing changes.
    """
    return [
        change
        for code in before.differing(after)
        for change in _changes_at(set(before.at(code)), set(after.at(code)))
    ]


def _changes_at(old: set[RiskArea], new: set[RiskArea]) -> Iterator[Change]:
    gone = {_beginning(area): area for area in old - new}
    for area in new - old:
        was = gone.pop(_beginning(area), None)
        if was is None or was.known != area.known:
            yield Change(area.code, area.from_)
        elif was.until != area.until:
            yield Change(area.code, min(_instants(was.until, area.until)))
    for area in gone.values():
        yield Change(area.code, area.from_)


def _beginning(area: RiskArea) -> tuple[Key, datetime]:
    return _key(area), area.from_


def _instants(*moments: datetime | None) -> Sequence[datetime]:
    return [moment for moment in moments if moment is not None]
