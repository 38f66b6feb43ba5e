"""Until when an episode is kept: the retention of its pack, after its end. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tongxin.base.clock import day_of, from_ms, start_of, to_ms
from tongxin.ledger.facts import CLOCK, Entry, Row
from tongxin.policy.judgement import Plan
from tongxin.registry.rules import Judged


def forget_at(judged: Judged) -> datetime | None:
    """The instant from which an episode may be forgotten without anybody's approval.

    `retention.days` of its pack, counted in civil days from its end: the release, or the arrival
    where nothing further was asked. None while the end is not known. Whoever records something
    later still has a use for it, as one who brings in an old list: then from that day.
    """
    ended = _ended(judged.plan)
    if ended is None:
        return None
    last = max(ended, _last_recorded(judged.entries) or ended)
    return start_of(day_of(last) + timedelta(days=judged.pack.retention.days + 1))


def _ended(plan: Plan) -> datetime | None:
    ended = plan.released_at if plan.stages else plan.begun_at
    if ended is None or (plan.undetermined is not None and plan.undetermined_until is None):
        return None
    if plan.undetermined_until is not None:
        ended = max(ended, plan.undetermined_until)
    return ended


def _last_recorded(entries: Sequence[Entry]) -> datetime | None:
    """When somebody last recorded anything; the clock's alarms are nobody's."""
    told = [e.header.recorded_at for e in entries if e.header.author != CLOCK]
    return from_ms(max(told)) if told else None


def rows(plans: Mapping[str, Judged]) -> list[Row]:
    """Rows of `kept_until`: each journey whose day is known."""
    found = ((episode, forget_at(judged)) for episode, judged in sorted(plans.items()))
    return [{"episode": episode, "at": to_ms(at)} for episode, at in found if at is not None]
