"""What lists say and what they make together, worked out once: a list never changes.

The townships of a county import the same files under the same ids, and share all of this.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, TypeVar

from msgspec import Struct

from tongxin.divisions.shipped import divisions
from tongxin.policy.situation import RiskArea, Situation
from tongxin.registry.facts import RiskListTold
from tongxin.registry.risklists.intervals import (
    NOTHING_YET,
    Listed,
    Timeline,
    extended,
    timeline_of,
)
from tongxin.registry.risklists.placing import Declaration, Declared, declared
from tongxin.registry.risklists.reading import RiskList, read
from tongxin.registry.rules import AreaInForce, ListInForce

K = TypeVar("K")
V = TypeVar("V")
_Ids = tuple[tuple[str, str, datetime | None], ...]

_understood: Final[OrderedDict[str, "Understood"]] = OrderedDict()
_declarations: Final[OrderedDict[str, tuple[Declaration, ...]]] = OrderedDict()
# By the lists that they follow from (proposal, digest, entry into force), oldest hour first;
# situations also by the areas that were declared one by one.
_timelines: Final[OrderedDict[_Ids, Timeline]] = OrderedDict()
_situations: Final[OrderedDict[tuple[_Ids, frozenset[RiskArea]], Situation]] = OrderedDict()
_MOST: Final = {"understood": 8, "declarations": 16, "timelines": 16, "situations": 64}
# So many lists at once are put together from the start more quickly than one after another.
_FAR: Final = 4


class Understood(Struct, frozen=True):
    """A list as it was read, and what it declares."""

    read: RiskList
    declared: Declared


def understood(body: RiskListTold) -> Understood:
    """The list in this file, read and placed by the divisions that ship."""
    found = _understood.get(body.sha256)
    if found is None:
        made = read(body.text.encode())
        found = Understood(made, declared(made, divisions()))
        _keep(_understood, body.sha256, found, _MOST["understood"])
        _keep(_declarations, body.sha256, found.declared.declarations, _MOST["declarations"])
    return found


def listed(one: ListInForce) -> Listed:
    """What a list declares, as of when, and known since when."""
    body = one.body
    found = _declarations.get(body.sha256)
    if found is None:
        found = understood(body).declared.declarations
    return Listed(one.proposal, body.published_at, found, one.known_at)


def situation(lists: Iterable[ListInForce], areas: Iterable[AreaInForce]) -> Situation:
    """The areas of all these lists, and those that were declared one by one."""
    ordered = sorted(lists, key=lambda one: (one.body.published_at, one.proposal))
    single = frozenset(each.area for each in areas)
    key = (_ids(ordered), single)
    found = _situations.get(key)
    if found is None:
        found = _timeline(ordered).situation.together(single)
        _keep(_situations, key, found, _MOST["situations"])
    return found


def _timeline(ordered: Sequence[ListInForce]) -> Timeline:
    """From the longest part that is remembered, hour by hour; from the start where that is far."""
    hours = [list(group) for _, group in groupby(ordered, key=lambda one: one.body.published_at)]
    parts = [_ids([one for hour in hours[:n] for one in hour]) for n in range(len(hours) + 1)]
    done = next((n for n in range(len(hours), 0, -1) if parts[n] in _timelines), 0)
    made = _timelines[parts[done]] if done else NOTHING_YET
    if len(hours) - done > _FAR:
        # The last few one after another: a list that comes late mostly is of the last few hours.
        done = len(hours) - _FAR
        first = [one for hour in hours[:done] for one in hour]
        made = timeline_of(listed(one) for one in first)
        _keep(_timelines, parts[done], made, _MOST["timelines"])
    for n in range(done, len(hours)):
        made = extended(made, [listed(one) for one in hours[n]])
        _keep(_timelines, parts[n + 1], made, _MOST["timelines"])
    return made


def _ids(lists: Iterable[ListInForce]) -> _Ids:
    return tuple((one.proposal, one.body.sha256, one.known_at) for one in lists)


def _keep(shelf: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    shelf[key] = value
    while len(shelf) > most:
        shelf.popitem(last=False)
