"""Each journey of one human being, judged by all that was told of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tongxin.arrivals.comings.rules import counting as counts
from tongxin.arrivals.derive import episodes
from tongxin.arrivals.exceptions.rules import waivers
from tongxin.arrivals.journeys import journeys
from tongxin.arrivals.rules import statements
from tongxin.arrivals.whence import understood
from tongxin.base.clock import from_ms
from tongxin.ledger.facts import Entry, Stream
from tongxin.policy.engine import plan
from tongxin.policy.evidence import Evidence
from tongxin.policy.judgement import Plan
from tongxin.policy.situation import Situation
from tongxin.registry.moving import Judge, Move, moved
from tongxin.registry.pinning import pinned
from tongxin.registry.rules import Judged, PackInForce
from tongxin.work.doing import doubted


def plans(
    streams: Sequence[Stream],
    packs: Sequence[PackInForce],
    moves: Sequence[Move],
    situation: Situation,
) -> dict[str, Judged]:
    """By its key, each journey that the records of one human being speak of.

    A journey keeps the pack of the first fact told of it, also where that was taken back:
    correcting a slip changes no rules. Where open cases were moved to another, it is that one.
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
        seen = understood(counts(entries), situation)
        told: list[Evidence] = [said for entry in seen for said in statements(entry)]
        told += [waiver for episode in joined for waiver in waivers(everything, episode)]
        judge = _judge(told, entries, situation)
        by, judged = moved(pin.by, pin.first.seq, packs, moves, judge)
        judged = pin.doubted(judged) if by == pin.by else judged
        judged = doubted(judged, entries)
        found[key] = Judged(tuple(entries), judged, by.pack, by.proposal)
    return found


def _judge(told: Sequence[Evidence], entries: Sequence[Entry], situation: Situation) -> Judge:
    """What follows under any pack; after a move nothing is due before it."""
    recorded = {entry.id: from_ms(entry.header.recorded_at) for entry in entries}

    def judge(by: PackInForce, since: datetime | None) -> Plan:
        known = recorded if since is None else {f: max(at, since) for f, at in recorded.items()}
        return plan(told, by.pack, situation, known)

    return judge


def in_order(told: Iterable[Sequence[Entry]]) -> list[Entry]:
    """The facts of several records, or episodes, in the order in which they were recorded."""
    each = list(told)
    if len(each) == 1:
        return list(each[0])
    return sorted((e for entries in each for e in entries), key=lambda e: e.header.seq)
