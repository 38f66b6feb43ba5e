"""How tasks are found. The remit comes first, so no query can forget it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.remit import Remit
from tongxin.ledger.remits import covers, unindexed, within
from tongxin.work.tables import task

Row = Mapping[str, Any]


def open_tasks(
    remit: Remit, connection: Connection, township: str, now_ms: int, most: int, after: int = 0
) -> list[Row]:
    """Tasks to be done at `now_ms`, the most urgent first; `after` skips that many."""
    everywhere = covers(remit, "work.read", township)
    due_at = task.c.due_at if everywhere else unindexed(task.c.due_at)
    rows = connection.execute(
        sa.select(task)
        .where(
            task.c.township == township,
            within(remit, "work.read", task.c.area, township),
            task.c.done_at.is_(None),
            task.c.opens_at <= now_ms,
            sa.or_(task.c.lapses_at.is_(None), task.c.lapses_at > now_ms),
        )
        .order_by(due_at, task.c.subject, task.c.task)
        .limit(most)
        .offset(after)
    )
    return [dict(row._mapping) for row in rows]


def counts(remit: Remit, connection: Connection, township: str, now_ms: int) -> Row:
    """How many tasks are open, overdue and alarmed at `now_ms`."""
    row = connection.execute(
        sa.select(
            sa.func.count().label("open"),
            sa.func.coalesce(sa.func.sum(sa.case((task.c.due_at < now_ms, 1), else_=0)), 0).label(
                "overdue"
            ),
            sa.func.count(task.c.alarm_seq).label("alarmed"),
        ).where(
            task.c.township == township,
            within(remit, "work.read", task.c.area),
            task.c.done_at.is_(None),
            task.c.opens_at <= now_ms,
            sa.or_(task.c.lapses_at.is_(None), task.c.lapses_at > now_ms),
        )
    ).one()
    return dict(row._mapping)


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
