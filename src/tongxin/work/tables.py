"""The one table of tasks."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

task = derived(
    "task",
    Column("episode", Code, primary_key=True),
    Column("task", Code, primary_key=True),
    Column("kind", Code, nullable=False),
    Column("title_zh", sa.Text, nullable=False),
    Column("title_en", sa.Text, nullable=False),
    Column("area", Code, nullable=False),
    Column("opens_at", BIG, nullable=False),
    Column("due_at", BIG, nullable=False),
    Column("lapses_at", BIG),
    Column("done_at", BIG),
    Column("done_by", Code),
    Column("done_author", Code),
    Column("alarm_seq", BIG),
)

_OPEN: Final = task.c.done_at.is_(None)
Index(
    "task_open", task.c.township, task.c.area, task.c.due_at,
    sqlite_where=_OPEN, postgresql_where=_OPEN,
)  # fmt: skip
Index("task_by_due", task.c.township, task.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)

TABLES: Final = (task,)
