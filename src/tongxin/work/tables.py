"""The one table of tasks, and what is kept of it for counting."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived, summed

# `village` is that of `area`, so that a list of a village is read in the order of an index.
task = derived(
    "task",
    Column("episode", Code, primary_key=True),
    Column("task", Code, primary_key=True),
    Column("kind", Code, nullable=False),
    Column("title_zh", sa.Text, nullable=False),
    Column("title_en", sa.Text, nullable=False),
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("opens_at", BIG, nullable=False),
    Column("due_at", BIG, nullable=False),
    Column("lapses_at", BIG),
    Column("done_at", BIG),
    Column("done_by", Code),
    Column("done_author", Code),
    Column("alarm_seq", BIG),
)

# How many tasks more are open, overdue and alarmed at `until_at` than `span` milliseconds before:
# see `counting`.
task_total = summed(
    "task_total",
    Column("span", BIG, primary_key=True, autoincrement=False),
    Column("until_at", BIG, primary_key=True, autoincrement=False),
    Column("village", Code, primary_key=True),
    Column("open", sa.Integer, nullable=False),
    Column("overdue", sa.Integer, nullable=False),
    Column("alarmed", sa.Integer, nullable=False),
)


def _of_the_undone(name: str, *columns: Column[object]) -> None:
    undone = task.c.done_at.is_(None)
    Index(name, task.c.township, *columns, sqlite_where=undone, postgresql_where=undone)


# What is open or lapsed is seen in the index, and so is the order: fifty tasks are fifty rows.
_of_the_undone(
    "task_by_due", task.c.due_at, task.c.subject, task.c.task, task.c.opens_at, task.c.lapses_at,
)  # fmt: skip
_of_the_undone(
    "task_by_village", task.c.village, task.c.due_at, task.c.subject, task.c.task, task.c.area,
    task.c.opens_at, task.c.lapses_at,
)  # fmt: skip
_of_the_undone("task_by_opening", task.c.opens_at)
_of_the_undone("task_by_lapse", task.c.lapses_at)

TABLES: Final = (task,)
