"""What one list changes: added, raised, lowered, lifted, against what would hold without it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from tongxin.registry.risklists.intervals import Listed

# The stricter, the higher.
STRICTNESS: Final = {"high": 3, "medium": 2, "affected": 1, "low": 0}
_Place = tuple[str, bool, str]


class Turn(StrEnum):
    """What becomes of a place."""

    ADDED = "added"
    RAISED = "raised"
    LOWERED = "lowered"
    LIFTED = "lifted"


class Difference(Struct, frozen=True):
    """One place whose level a list changes; an empty level: not listed."""

    turn: Turn
    code: str
    whole: bool
    name: str
    was: str
    level: str


class Against(Struct, frozen=True):
    """What a list is held against: the time of the lists before it and of the next one, if any."""

    since: datetime | None
    until: datetime | None
    differences: tuple[Difference, ...]
    unchanged: int


def against(mine: Listed, beside: Collection[Listed], until: datetime | None = None) -> Against:
    """What `mine` changes of what `beside` declare: the lists of its own hour, or of the last hour
    before it. `until`: the hour of the next later list, which is the last word.

    Where there are others of its very hour, it adds to them and lifts nothing.
    """
    others = [one for one in beside if one.fact != mine.fact]
    before = _levels(others)
    same_hour = [one for one in others if one.published_at == mine.published_at]
    after = _levels([mine, *same_hour])
    found = tuple(_differences(before, after))
    same = sum(before.get(place) == level for place, level in after.items())
    since = max((one.published_at for one in others), default=None)
    return Against(since, until, found, same)


def _levels(lists: Iterable[Listed]) -> dict[_Place, str]:
    """Each place with its strictest level."""
    found: dict[_Place, str] = {}
    for one in lists:
        for each in one.declarations:
            place = (each.code, each.whole, each.name)
            if place not in found or STRICTNESS[each.level] > STRICTNESS[found[place]]:
                found[place] = each.level
    return found


def _differences(before: dict[_Place, str], after: dict[_Place, str]) -> Iterator[Difference]:
    for place in sorted({*before, *after}):
        was, level = before.get(place, ""), after.get(place, "")
        if was != level:
            yield Difference(_turn(was, level), *place, was, level)


def _turn(was: str, level: str) -> Turn:
    if not was:
        return Turn.ADDED
    if not level:
        return Turn.LIFTED
    return Turn.RAISED if STRICTNESS[level] > STRICTNESS[was] else Turn.LOWERED
