"""Calls to people who are away in named areas (重点地区): whom, and when again."""

from datetime import datetime, timedelta

from tongxin.policy.evidence import Stay, told
from tongxin.policy.organisation import Calls
from tongxin.policy.origin import origin_of
from tongxin.policy.pack import Pack
from tongxin.policy.situation import Situation


def call_words(area: str, pack: Pack, situation: Situation, at: datetime) -> tuple[str, ...]:
    """The words of the pack for which somebody in `area` is called at `at`; empty: for none.

    A place of which only parts are at risk counts: the call is there to ask.
    """
    if pack.calls is None or not area:
        return ()
    origin = origin_of(told([Stay("away", area, None, None)]), pack, situation, at)
    held = {*origin.words(pack), *origin.perhaps}
    return tuple(word for word in pack.calls.words if word in held)


def next_call_at(calls: Calls, called_at: datetime, *, answered: bool) -> datetime:
    """When to call again after a call at `called_at`."""
    if answered:
        return called_at + timedelta(days=calls.every_days)
    return called_at + timedelta(hours=calls.retry_hours)
