"""Each journey of one human being, judged by all that was told of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tongxin.arrivals.comings.rules import counting as counts
from tongxin.arrivals.derive import episodes
from tongxin.arrivals.exceptions.rules import waivers
from tongxin.arrivals.journeys import journeys
from tongxin.arrivals.rules import statements
from tongxin.base.clock import from_ms
from tongxin.ledger.facts import Entry, Stream
from tongxin.policy.engine import plan
from tongxin.policy.situation import Situation
from tongxin.registry.pinning import pinned
from tongxin.registry.rules import Judged, PackInForce
from tongxin.work.doing import doubted


def plans(
    streams: Sequence[Stream], packs: Sequence[PackInForce], situation: Situation
) -> dict[str, Judged]:
    """By its key, each journey that the records of one human being speak of.

    A journey keeps the pack of the first fact told of it, also where that was taken back:
    correcting a slip changes no rules.
    """
    began = episodes(in_order(stream.readable for stream in streams))
    counting = episodes(in_order(stream.entries for stream in streams))

    def within(episode: str) -> timedelta:
        return pinned(packs, began[episode]).by.pack.join_within

    everything = in_order(stream.entries for stream in streams)
    found = {}
    for key, joined in journeys(counting, within).items():
        entries = in_order(counting[episode] for episode in joined)
        pin = pinned(packs, in_order(began[episode] for episode in joined))
        told = [said for entry in counts(entries) for said in statements(entry)]
        told += [waiver for episode in joined for waiver in waivers(everything, episode)]
        recorded = {entry.id: from_ms(entry.header.recorded_at) for entry in entries}
        judged = pin.doubted(plan(told, pin.by.pack, situation, recorded))
        judged = doubted(judged, entries)
        found[key] = Judged(tuple(entries), judged, pin.by.pack, pin.by.proposal)
    return found


def in_order(told: Iterable[Sequence[Entry]]) -> list[Entry]:
    """The facts of several records, or episodes, in the order in which they were recorded."""
    each = list(told)
    if len(each) == 1:
        return list(each[0])
    return sorted((e for entries in each for e in entries), key=lambda e: e.header.seq)
