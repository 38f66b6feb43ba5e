"""When somebody away is to be called next. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from tongxin.arrivals.calls.facts import AwayCalled
from tongxin.arrivals.comings.rules import arrived, counting
from tongxin.base.clock import to_ms
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy.organisation import Calls
from tongxin.work.facts import TaskOverdue
from tongxin.work.rules import Task

CALL = "call"
TITLE = Text("电话联系在外人员", "Call somebody who is away")
# A call is on the list from the morning of its day at the latest; it may be made earlier.
_EARLY = timedelta(hours=12)
_UNANSWERED = frozenset({"not_reached"})
# Nobody is reached at a wrong number: it has to be mended first, and a new call says so.
_ENDED = frozenset({"wrong_number"})


class Called(Struct, frozen=True):
    """The calls of one episode: the latest, how often nobody answered since, and what is next.

    `next_at` is when the next call falls due: at once where nobody has called yet, None where
    none is to be made (he has come, the number is wrong, or the rules ask for none).
    """

    entry: Entry
    body: AwayCalled
    unanswered: int
    next_at: datetime | None


def called(
    entries: Sequence[Entry], rules: Calls | None, back_at: int | None = None
) -> Called | None:
    """What the calls of an episode come to, or None where there are none.

    `back_at`: when the registry last knew a resident to be at home again (milliseconds).
    """
    told = sorted(_calls(entries), key=lambda pair: (pair[0].header.happened_at, pair[0].id))
    if not told:
        return None
    entry, body = told[-1]
    unanswered = 0
    for _, each in reversed(told):
        if each.outcome not in _UNANSWERED:
            break
        unanswered += 1
    came = any(arrived(e) is not None for e in counting(entries))
    came = came or (back_at is not None and back_at >= to_ms(body.called_at))
    next_at = None if came or rules is None else _next(body, rules)
    return Called(entry, body, unanswered, next_at)


def task_of(
    entries: Sequence[Entry], rules: Calls | None, back_at: int | None = None
) -> list[Task]:
    """The next call as a task; its key is that of the call before, so that it changes with it."""
    found = called(entries, rules, back_at)
    if found is None or found.next_at is None:
        return []
    key = f"{CALL}:{found.entry.id}"
    alarms = [
        e.header.seq for e in entries if isinstance(e.body, TaskOverdue) and e.body.task == key
    ]
    opens_at = found.next_at - min(_EARLY, found.next_at - found.body.called_at)
    return [
        Task(
            key=key, kind=CALL, title=TITLE, opens_at=opens_at,
            due_at=found.next_at, lapses_at=None, done_at=None, done_by=None, done_author=None,
            alarm_seq=alarms[-1] if alarms else None,
        )
    ]  # fmt: skip


def _next(body: AwayCalled, rules: Calls) -> datetime | None:
    if body.outcome in _ENDED:
        return None
    if not body.outcome:
        return body.called_at
    if body.outcome in _UNANSWERED:
        return body.called_at + timedelta(hours=rules.retry_hours)
    return body.called_at + timedelta(days=rules.every_days)


def _calls(entries: Iterable[Entry]) -> list[tuple[Entry, AwayCalled]]:
    return [(entry, entry.body) for entry in entries if isinstance(entry.body, AwayCalled)]
