"""The derived rows of tasks."""

from collections import Counter
from collections.abc import Iterable

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import day_of, to_ms
from tongxin.ledger.facts import Row
from tongxin.ledger.totals import part
from tongxin.work.rules import Task


def rows(episode: str, area: str, tasks: Iterable[Task]) -> list[Row]:
    """Rows of `task` for one episode, where its person is now."""
    return [
        {
            "episode": episode, "task": task.key, "kind": task.kind, "title_zh": task.title.zh,
            "title_en": task.title.en, "area": area, "opens_at": to_ms(task.opens_at),
            "village": village_of(AreaCode(area)), "due_at": to_ms(task.due_at),
            "lapses_at": None if task.lapses_at is None else to_ms(task.lapses_at),
            "done_at": None if task.done_at is None else to_ms(task.done_at),
            "done_by": task.done_by, "done_author": task.done_author,
            "alarm_seq": task.alarm_seq,
        }
        for task in tasks
    ]  # fmt: skip


def parts(purpose: str, village: str, tasks: Iterable[Task]) -> list[Row]:
    """What done tasks count for: `work.done`, by the day each was done."""
    days = Counter(day_of(task.done_at) for task in tasks if task.done_at is not None)
    return [part("work.done", village, day, purpose, amount) for day, amount in days.items()]
