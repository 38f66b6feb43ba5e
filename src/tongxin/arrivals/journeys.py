"""Which episodes speak of the same travel, and so are one journey. Pure.

Somebody declares the return, is written down at a post and found at the door, perhaps under several
records that turn out to be one human being. What arrives, or is to arrive, within the hours that
the pack tells is one journey; whoever comes again later makes another.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from tongxin.arrivals.comings.rules import anchor_of as told_at
from tongxin.arrivals.comings.rules import arrived, counting
from tongxin.ledger.facts import Entry

Episodes = Mapping[str, Sequence[Entry]]


def journeys(episodes: Episodes, within: Callable[[str], timedelta]) -> dict[str, tuple[str, ...]]:
    """The episodes of each journey, by its key, the smallest of their ids.

    `within` tells for an episode how much later another may arrive and still be of its journey:
    counted from the first, or a carter who passes every day would be on one journey for ever. An
    episode that speaks of no arrival is one by itself.
    """
    if len(episodes) < 2:
        return {episode: (episode,) for episode in episodes}
    anchors = {episode: anchor_of(entries) for episode, entries in episodes.items()}
    found = [[episode] for episode, anchor in anchors.items() if anchor is None]
    until: datetime | None = None
    for anchor, episode in sorted((at, e) for e, at in anchors.items() if at is not None):
        if until is not None and anchor <= until:
            found[-1].append(episode)
        else:
            found.append([episode])
            until = anchor + within(episode)
    return {min(each): tuple(sorted(each)) for each in found}


def anchor_of(entries: Sequence[Entry]) -> datetime | None:
    """When the travel that an episode speaks of arrived, or else is to arrive."""
    came = [body.arrived_at for e in counting(entries) if (body := arrived(e)) is not None]
    planned = [at for entry in entries if (at := told_at(entry)) is not None]
    return min(came or planned, default=None)
