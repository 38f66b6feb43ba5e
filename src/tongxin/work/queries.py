"""How tasks are found. The remit comes first, so no query can forget it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.areas import Level, span, village_of
from tongxin.base.remit import Remit
from tongxin.ledger.clusters import lead_of
from tongxin.ledger.remits import in_order, within
from tongxin.registry.identity.queries import whole
from tongxin.work.counting import COUNTED, SPANS_MS, counting, is_open, last_end
from tongxin.work.tables import task

Row = Mapping[str, Any]


def open_tasks(
    remit: Remit, connection: Connection, township: str, now_ms: int, most: int, after: int = 0
) -> list[Row]:
    """Tasks to be done at `now_ms`, the most urgent first; `after` skips that many."""
    places = remit.inside("work.read", township)
    open_ = (task.c.done_at.is_(None), is_open(now_ms))
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
    if not places:
        return dict.fromkeys(COUNTED, 0)
    wide = [place for place in places if len(place) <= Level.VILLAGE]
    fine = [place for place in places if len(place) > Level.VILLAGE]
    given: dict[str, Any] = {"township": township, "now": now_ms} | {
        f"end_{span_ms}": last_end(now_ms, span_ms) for span_ms in SPANS_MS
    }
    for name, areas in (("wide", wide), ("fine", fine)):
        for n, area in enumerate(areas):
            given[f"{name}_{n}"], given[f"{name}_{n}_end"] = span(area)
            if name == "fine":
                given[f"{name}_{n}_village"] = village_of(area)
    row = connection.execute(counting(len(wide), len(fine)), given).one()
    return {name: int(row._mapping[name]) for name in COUNTED}


def tasks_of(remit: Remit, connection: Connection, township: str, subject: str) -> list[Row]:
    """All tasks about one person, in the order they fall due; any record of the person will do."""
    subject = lead_of(connection, township, subject)
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
    """One task, or None where it is not in the remit; any record of the person will do."""
    subject, episode = whole(connection, township, subject, episode)
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
