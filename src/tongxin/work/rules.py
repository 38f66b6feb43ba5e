"""What follows for tasks. Pure.

Tasks come from a plan (policy) or from a person (`work.task_opened`). A task that a plan no
longer holds goes; done ones stay as long as the plan or a person names them. Where both use one
key, it is the plan's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from tongxin.base.clock import day_of, from_ms
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy.judgement import Task as Planned
from tongxin.work.doing import first_done
from tongxin.work.facts import TaskDone, TaskOpened, TaskOverdue


class Task(Struct, frozen=True):
    """One thing owed. Whether it is open or overdue is a comparison made when it is read."""

    key: str
    kind: str
    title: Text
    opens_at: datetime
    due_at: datetime
    lapses_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    done_author: str | None
    alarm_seq: int | None


# Tasks that no word does, but a record of what was found: by kind, what is to be recorded.
PROVED_BY: Final[Mapping[str, str]] = MappingProxyType(
    {"swab": "swab", "temperature": "temperature", "question": "questions"}
)


# Tasks done on a page of their own, by kind: its address, asked for the person and the episode.
PROVED_AT: Final[Mapping[str, str]] = MappingProxyType({"call": "/calls/new"})


class Urgency(StrEnum):
    """How a task stands at an instant. `LATER` has not opened yet; `LAPSED` is no longer owed."""

    DONE = "done"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    DUE = "due"  # today
    OPEN = "open"
    LATER = "later"


def urgency(
    now: datetime,
    opens_at: datetime,
    due_at: datetime,
    lapses_at: datetime | None,
    done_at: datetime | None,
) -> Urgency:
    """How a task with these times stands at `now`: nothing but comparisons."""
    if done_at is not None:
        return Urgency.DONE
    if lapses_at is not None and now >= lapses_at:
        return Urgency.LAPSED
    if now < opens_at:
        return Urgency.LATER
    if now > due_at:
        return Urgency.OVERDUE
    return Urgency.DUE if day_of(due_at) == day_of(now) else Urgency.OPEN


def tasks(planned: Sequence[Planned], entries: Sequence[Entry]) -> list[Task]:
    """The tasks of one episode: those its plan holds and those that people opened in it."""
    authors = {entry.id: entry.header.author for entry in entries}
    alarms = {e.body.task: e.header.seq for e in entries if isinstance(e.body, TaskOverdue)}
    found = [
        Task(
            key=plan.key, kind=plan.kind, title=plan.label, opens_at=plan.opens_at,
            due_at=plan.due_at, lapses_at=plan.lapses_at, done_at=plan.done_at,
            done_by=plan.done_by, done_author=authors.get(plan.done_by or ""),
            alarm_seq=alarms.get(plan.key),
        )
        for plan in planned
    ]  # fmt: skip
    planned_keys = {plan.key for plan in planned}
    asked = _opened_by_people(entries, alarms)
    return found + [task for task in asked if task.key not in planned_keys]


def _opened_by_people(entries: Sequence[Entry], alarms: dict[str, int]) -> list[Task]:
    opened: dict[str, Task] = {}
    for entry in sorted(entries, key=lambda e: (e.header.happened_at, e.id)):
        body = entry.body
        if not isinstance(body, TaskOpened) or body.task in opened:
            continue
        opened_at = from_ms(entry.header.happened_at)
        ended = first_done(body.task, opened_at, entries)
        opened[body.task] = Task(
            key=body.task, kind="asked", title=Text(body.title, body.title),
            opens_at=opened_at, due_at=body.due_at, lapses_at=None,
            done_at=ended.body.done_at if ended and isinstance(ended.body, TaskDone) else None,
            done_by=ended.id if ended else None,
            done_author=ended.header.author if ended else None,
            alarm_seq=alarms.get(body.task),
        )  # fmt: skip
    return list(opened.values())
