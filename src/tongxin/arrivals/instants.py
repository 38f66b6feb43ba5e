"""What somebody tells at a desk has happened by now; a clock may run a little ahead of ours.

What a device tells cannot be asked again: there the rules leave it out (`policy.evidence`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from tongxin.base.problems import ProblemKind
from tongxin.ledger.facts import Fact
from tongxin.policy.evidence import has_happened

IN_THE_FUTURE = ProblemKind(
    "arrivals.in_the_future",
    422,
    zh="时间晚于现在。请填写实际发生的时间。",
    en="That is later than now. Fill in when it really happened.",
)
# What tells when something was observed. When somebody is to come is not among it.
_OBSERVED_AT: Final = frozenset({"taken_at", "seen_at", "found_at", "visited_at", "passed_at"})


def ensure_happened(told: Fact, now: datetime) -> None:
    """Raise `arrivals.in_the_future` at the first field by which it was observed after `now`."""
    for field, at in _observed(told):
        if not has_happened(at, now):
            raise IN_THE_FUTURE(field=field)


def _observed(told: Fact) -> Iterator[tuple[str, datetime]]:
    for field in msgspec.structs.fields(told):
        if field.name in _OBSERVED_AT:
            yield field.name, getattr(told, field.name)
