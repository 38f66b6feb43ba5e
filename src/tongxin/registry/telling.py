"""What pages and programs tell the registry: one record at a time, of what has happened."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from tongxin.base.problems import ProblemKind
from tongxin.ledger.facts import Fact, Kind

ONE_RECORD = ProblemKind(
    "registry.one_record",
    422,
    zh="一次只记一件事，这次有 {count} 件。可选：{known}。",
    en="Tell one thing at a time; this has {count}. Choose one of: {known}.",
)
NOT_YET = ProblemKind(
    "registry.not_yet",
    422,
    zh="这个时间还没有到。请填已经发生的时间。",
    en="This time has not come yet. Fill in when it happened.",
)
# Clocks differ a little; nobody has to wait for the server's.
_SLACK: Final = timedelta(minutes=5)


def only(told: Struct, kinds: Mapping[str, Kind]) -> tuple[Kind, Fact]:
    """The one record that `told` holds, by the names of its fields; `registry.one_record`."""
    found = [
        (kind, body) for name, kind in kinds.items() if (body := getattr(told, name)) is not None
    ]
    if len(found) != 1:
        raise ONE_RECORD(count=len(found), known="、".join(kinds))
    return found[0]


def happened(at: datetime | None, now: datetime) -> datetime:
    """When it happened: as told, or now; `registry.not_yet` for what has not."""
    if at is not None and at > now + _SLACK:
        raise NOT_YET(field="at")
    return min(at or now, now)
