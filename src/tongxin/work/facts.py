"""What is recorded about tasks. What is due is for the rules to say."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.texts import Text
from tongxin.ledger.facts import ITSELF, Fact, Instant, Kind, Purpose, Words

TaskKey = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[a-z0-9:-]+$")]

# What people ask for has keys of its own, so that it is never taken for a task of a plan.
AskedKey = Annotated[str, Meta(max_length=80, pattern=r"^asked-[a-z0-9-]+$")]


class TaskOpened(Fact, frozen=True, kw_only=True):
    """Somebody asks for something to be done by an instant, about this subject."""

    task: AskedKey
    title: Words
    due_at: Instant


class TaskDone(Fact, frozen=True, kw_only=True):
    """Somebody did a task; what he says of it is for whoever reads the record."""

    task: TaskKey
    done_at: Instant
    note: Annotated[str, Meta(max_length=400)] = ""


class TaskOverdue(Fact, frozen=True, kw_only=True):
    """The clock found a task late. Recorded as of the instant it became so."""

    task: TaskKey
    due_at: Instant


_PERSON: Final = frozenset({"person"})

TASK_OPENED: Final = Kind(
    name="work.task_opened", body=TaskOpened, about=_PERSON, purpose=Purpose.EPISODE,
    may="work.open", title=Text("布置任务", "Task opened"),
)  # fmt: skip
TASK_DONE: Final = Kind(
    name="work.task_done", body=TaskDone, about=_PERSON, purpose=Purpose.EPISODE,
    may="work.do", title=Text("完成任务", "Task done"),
)  # fmt: skip
TASK_OVERDUE: Final = Kind(
    name="work.task_overdue", body=TaskOverdue, about=_PERSON, purpose=Purpose.EPISODE,
    may=None, title=Text("任务逾期告警", "Task overdue"), doors=ITSELF,
)  # fmt: skip

KINDS: Final = (TASK_OPENED, TASK_DONE, TASK_OVERDUE)
