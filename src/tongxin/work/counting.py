"""How many tasks are open, overdue and alarmed at an instant, without looking at each of them.

Time alone opens a task, makes it late and lets it lapse, so no count that is kept can be the one
to show. What can be kept is by how many tasks the counts of a village change within each span of
time: up to the end of any span, the count is the sum of the changes before it. There are long
spans and short ones within them, so that few have to be summed, and what has changed since the
end of the last short one is counted task by task.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tongxin.ledger.facts import Row
from tongxin.ledger.totals import Amounts, Place, Total
from tongxin.work.tables import task, task_total

_MINUTE_MS: Final = 60_000
# Each is a part of the one before.
SPANS_MS: Final = (360 * _MINUTE_MS, 5 * _MINUTE_MS)


def end_of(at_ms: int, span_ms: int) -> int:
    """The end of the span that holds an instant; a span holds its end and not its beginning."""
    return -(-at_ms // span_ms) * span_ms


def last_end(now_ms: int, span_ms: int) -> int:
    """The end of the last span that is over before `now_ms`."""
    return (now_ms - 1) // span_ms * span_ms


def turns(row: Row) -> Iterator[tuple[int, Amounts]]:
    """When a task's row begins or ceases to count, and as what: (open, overdue, alarmed).

    The same comparisons as in `queries.counts`, turned into instants: a task is open from
    `opens_at` until before `lapses_at`. It turns overdue at `due_at`, though it counts only
    after: whoever reads looks at a later instant than the end of the span. So the many tasks that
    are due at noon have been summed when noon is past.
    """
    if row["done_at"] is not None:
        return
    opens_at, lapses_at = row["opens_at"], row["lapses_at"]
    if lapses_at is not None and lapses_at <= opens_at:
        return
    late_at = max(row["due_at"], opens_at)
    alarmed = 0 if row["alarm_seq"] is None else 1
    yield opens_at, (1, 0, alarmed)
    if lapses_at is None:
        yield late_at, (0, 1, 0)
    elif late_at < lapses_at:
        yield late_at, (0, 1, 0)
        yield lapses_at, (-1, -1, -alarmed)
    else:
        yield lapses_at, (-1, 0, -alarmed)


def counted(row: Row) -> Iterable[tuple[Place, Amounts]]:
    """Where a task's row counts: its turns, by span."""
    village = row["village"]
    return [
        ((span_ms, end_of(at, span_ms), village), amounts)
        for at, amounts in turns(row)
        for span_ms in SPANS_MS
    ]


TASKS: Final = Total(task_total, task, counted)
