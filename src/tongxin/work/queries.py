"""How tasks are found. The remit comes first, so no query can forget it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select

from tongxin.base.areas import AreaCode, Level, village_of
from tongxin.base.remit import Remit
from tongxin.ledger.remits import anywhere, in_order, within
from tongxin.work.counting import SPANS_MS, last_end
from tongxin.work.tables import task, task_total

Row = Mapping[str, Any]
_COUNTED: Final = ("open", "overdue", "alarmed")


def open_tasks(
    remit: Remit, connection: Connection, township: str, now_ms: int, most: int, after: int = 0
) -> list[Row]:
    """Tasks to be done at `now_ms`, the most urgent first; `after` skips that many."""
    places = remit.inside("work.read", township)
    open_ = (task.c.done_at.is_(None), _is_open(now_ms))
    rows = connection.execute(
        in_order(task, township, places, open_, ("due_at", "subject", "task"), most, after)
    )
    return [dict(row._mapping) for row in rows]


def counts(remit: Remit, connection: Connection, township: str, now_ms: int) -> Row:
    """How many tasks are open, overdue and alarmed at `now_ms`.

    What is kept by village is summed, and only what has turned since is looked at. In a part of
    a village each task is looked at: there are not many.
    """
    places = remit.inside("work.read", township)
    wide = [place for place in places if len(place) <= Level.VILLAGE]
    parts = [*_kept(township, wide, now_ms), *_turned(township, wide, now_ms)] if wide else []
    if len(wide) < len(places):
        parts.append(_looked_at(township, [p for p in places if p not in wide], now_ms))
    if not parts:
        return dict.fromkeys(_COUNTED, 0)
    each = sa.union_all(*parts).subquery()
    sums = (sa.func.coalesce(sa.func.sum(each.c[name]), 0).label(name) for name in _COUNTED)
    row = connection.execute(sa.select(*sums)).one()
    return {name: int(row._mapping[name]) for name in _COUNTED}


def _kept(township: str, places: Sequence[str], now_ms: int) -> Iterator[Select[Any]]:
    """The counts at the end of the last short span: sums of the changes kept, by their span."""
    after_ms = None
    for span_ms in SPANS_MS:
        until_ms = last_end(now_ms, span_ms)
        conditions = [
            task_total.c.township == township,
            task_total.c.span == span_ms,
            task_total.c.until_at <= until_ms,
            anywhere(places, task_total.c.village),
        ]
        if after_ms is not None:
            conditions.append(task_total.c.until_at > after_ms)
        columns: list[ColumnElement[Any]] = [task_total.c[name] for name in _COUNTED]
        yield sa.select(*columns).where(*conditions)
        after_ms = until_ms


def _turned(township: str, places: Sequence[str], now_ms: int) -> Iterator[Select[Any]]:
    """What has changed since then: for each task that turned, what it counts now less then."""
    then_ms = last_end(now_ms, SPANS_MS[-1])
    now = _counting(now_ms, task.c.due_at < now_ms)
    then = _counting(then_ms, task.c.due_at <= then_ms)  # as in `counting.turns`
    changes: list[ColumnElement[Any]] = [(now[n] - then[n]).label(n) for n in _COUNTED]
    turned = [
        sa.and_(task.c.opens_at > then_ms, task.c.opens_at <= now_ms),
        sa.and_(task.c.due_at > then_ms, task.c.due_at < now_ms),
        sa.and_(task.c.lapses_at > then_ms, task.c.lapses_at <= now_ms),
    ]
    for n, way in enumerate(turned):  # each task by the first of the ways in which it turned
        yield sa.select(*changes).where(
            task.c.township == township,
            anywhere(places, task.c.area),
            task.c.done_at.is_(None),
            way,
            *(~before for before in turned[:n]),
        )


def _looked_at(township: str, places: Sequence[str], now_ms: int) -> Select[Any]:
    """All tasks of some areas, each looked at."""
    villages = {village_of(AreaCode(place)) for place in places}
    counted = _counting(now_ms, task.c.due_at < now_ms)
    columns: list[ColumnElement[Any]] = [counted[name].label(name) for name in _COUNTED]
    return sa.select(*columns).where(
        task.c.township == township,
        task.c.village.in_(sorted(villages)),
        anywhere(places, task.c.area),
        task.c.done_at.is_(None),
    )


def _counting(at_ms: int, late: ColumnElement[bool]) -> dict[str, ColumnElement[int]]:
    """What a task that is not done counts for at an instant, as 1 or 0 each."""
    open_ = _is_open(at_ms)
    conditions = {
        "open": open_,
        "overdue": sa.and_(open_, late),
        "alarmed": sa.and_(open_, task.c.alarm_seq.is_not(None)),
    }
    return {name: sa.case((met, 1), else_=0) for name, met in conditions.items()}


def _is_open(at_ms: int) -> ColumnElement[bool]:
    """Whether a task that is not done is to be done at an instant."""
    lapses_at = task.c.lapses_at
    return sa.and_(task.c.opens_at <= at_ms, sa.or_(lapses_at.is_(None), lapses_at > at_ms))


def tasks_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[Row]:
    """All tasks about one person, in the order they fall due."""
    rows = connection.execute(
        sa.select(task)
        .where(
            task.c.township == township,
            task.c.subject == subject,
            within(remit, "work.read", task.c.area),
        )
        .order_by(task.c.due_at, task.c.task)
    )
    return [dict(row._mapping) for row in rows]


def task_of(
    remit: Remit, connection: Connection, township: str, subject: str, episode: str, key: str
) -> Row | None:
    """One task, or None where it is not in the remit."""
    row = connection.execute(
        sa.select(task).where(
            task.c.township == township,
            task.c.subject == subject,
            task.c.episode == episode,
            task.c.task == key,
            within(remit, "work.read", task.c.area),
        )
    ).first()
    return None if row is None else dict(row._mapping)


def unalarmed(connection: Connection, township: str, now_ms: int, most: int) -> list[Row]:
    """Tasks overdue at `now_ms` that no alarm tells of yet: for the clock, so without a remit."""
    rows = connection.execute(
        sa.select(task)
        .where(
            task.c.township == township,
            task.c.done_at.is_(None),
            task.c.alarm_seq.is_(None),
            task.c.due_at < now_ms,
            sa.or_(task.c.lapses_at.is_(None), task.c.lapses_at > task.c.due_at),
        )
        .order_by(task.c.due_at, task.c.subject, task.c.task)
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]
