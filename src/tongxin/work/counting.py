"""How many tasks are open, overdue and alarmed at an instant, without looking at each of them.

Time alone opens a task, makes it late and lets it lapse, so no count that is kept can be the one
to show. What can be kept is by how many tasks the counts of a village change within each span of
time: up to the end of any span, the count is the sum of the changes before it. There are long
spans and short ones within them, so that few have to be summed, and what has changed since the
end of the last short one is counted task by task.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement, Select

from tongxin.ledger.facts import Row
from tongxin.ledger.tables import BIG, Code
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


# The statement that counts. Its parameters: `township`, `now`, for each span the end of the last
# that is over, and for each area where its codes
# begin and end.
COUNTED: Final = ("open", "overdue", "alarmed")
_NOW: Final = sa.bindparam("now", type_=BIG)
_Given = BindParameter[int]


def is_open(at_ms: int | _Given) -> ColumnElement[bool]:
    """Whether a task that is not done is to be done at an instant."""
    lapses_at = task.c.lapses_at
    return sa.and_(task.c.opens_at <= at_ms, sa.or_(lapses_at.is_(None), lapses_at > at_ms))


@lru_cache(maxsize=32)  # built for each number of areas once: it costs more than running it
def counting(wide: int, fine: int) -> Select[Any]:
    """Counts the tasks of some villages or wider areas, and of some parts of villages."""
    parts = [*_kept(wide), *_turned(wide)] if wide else []
    each = sa.union_all(*parts, *(_looked_at(n) for n in range(fine))).subquery()
    sums = [sa.func.coalesce(sa.func.sum(each.c[name]), 0).label(name) for name in COUNTED]
    return sa.select(*sums)


def _kept(wide: int) -> Iterator[Select[Any]]:
    """The counts at the end of the last short span: sums of the changes kept, by their span."""
    after: list[ColumnElement[bool]] = []
    for span_ms in SPANS_MS:
        end = _end(span_ms)
        columns: list[ColumnElement[Any]] = [task_total.c[name] for name in COUNTED]
        yield sa.select(*columns).where(
            task_total.c.township == sa.bindparam("township"),
            task_total.c.span == span_ms,
            task_total.c.until_at <= end,
            sa.or_(*(_in_area("wide", n, task_total.c.village) for n in range(wide))),
            *after,
        )
        after = [task_total.c.until_at > end]


def _turned(wide: int) -> Iterator[Select[Any]]:
    """What has changed since then: for each task that turned, what it counts now less then."""
    end = _end(SPANS_MS[-1])
    now = _amounts(_NOW, task.c.due_at < _NOW)
    then = _amounts(end, task.c.due_at <= end)  # as in `turns`
    changes: list[ColumnElement[Any]] = [(now[n] - then[n]).label(n) for n in COUNTED]
    ways = [
        sa.and_(task.c.opens_at > end, task.c.opens_at <= _NOW),
        sa.and_(task.c.due_at > end, task.c.due_at < _NOW),
        sa.and_(task.c.lapses_at > end, task.c.lapses_at <= _NOW),
    ]
    for n, way in enumerate(ways):  # each task by the first of the ways in which it turned
        yield sa.select(*changes).where(
            task.c.township == sa.bindparam("township"),
            sa.or_(*(_in_area("wide", n, task.c.area) for n in range(wide))),
            task.c.done_at.is_(None),
            way,
            *(~before for before in ways[:n]),
        )


def _looked_at(n: int) -> Select[Any]:
    """All tasks of a part of a village, each looked at."""
    amounts = _amounts(_NOW, task.c.due_at < _NOW)
    columns: list[ColumnElement[Any]] = [amounts[name].label(name) for name in COUNTED]
    return sa.select(*columns).where(
        task.c.township == sa.bindparam("township"),
        task.c.village == sa.bindparam(f"fine_{n}_village", type_=Code),
        _in_area("fine", n, task.c.area),
        task.c.done_at.is_(None),
    )


def _amounts(at_ms: _Given, late: ColumnElement[bool]) -> dict[str, ColumnElement[int]]:
    """What a task that is not done counts for at an instant, as 1 or 0 each."""
    open_ = is_open(at_ms)
    conditions = {
        "open": open_,
        "overdue": sa.and_(open_, late),
        "alarmed": sa.and_(open_, task.c.alarm_seq.is_not(None)),
    }
    return {name: sa.case((met, 1), else_=0) for name, met in conditions.items()}


def _end(span_ms: int) -> _Given:
    return sa.bindparam(f"end_{span_ms}", type_=BIG)


def _in_area(name: str, n: int, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether `column` lies in one of the areas that are given under this name."""
    low, high = sa.bindparam(f"{name}_{n}", type_=Code), sa.bindparam(f"{name}_{n}_end", type_=Code)
    return sa.and_(column >= low, column < high)
