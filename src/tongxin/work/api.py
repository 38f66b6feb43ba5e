"""Tasks for programs: what is to be done, and that it was done."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.clusters import keeper
from tongxin.ledger.facts import EPISODE, Told, Verdict
from tongxin.work import queries
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TaskDone, TaskOpened


class Task(Struct, frozen=True):
    """One thing owed. `overdue` and `open` are as of the answer."""

    person: str
    episode: str
    task: str
    kind: str
    title: Text
    area: str
    opens_at: datetime
    due_at: datetime
    done_at: datetime | None
    overdue: bool
    alarmed: bool


class Tasks(Struct, frozen=True):
    """Tasks to be done now, the most urgent first, and how many there are in all."""

    open: int
    overdue: int
    tasks: list[Task]


class Doing(Told, frozen=True, forbid_unknown_fields=True):
    """That a task was done, when, and a note."""

    done_at: datetime | None = None
    note: Annotated[str, Meta(max_length=400)] = ""


class Asking(Told, frozen=True, forbid_unknown_fields=True):
    """Something that somebody asks to be done about a person, by an instant."""

    episode: str
    task: Annotated[str, Meta(pattern=r"^asked-[a-z0-9-]{1,60}$")]
    title: Annotated[str, Meta(min_length=1, max_length=400)]
    due_at: Annotated[datetime, Meta(tz=True)]


@get("/api/v1/tasks", opt={"may": "work.read"}, sync_to_thread=True)
def list_tasks(
    desk: AtDesk,
    most: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Tasks:
    """Open tasks in the asker's remit."""
    now_ms = to_ms(desk.now)
    counted = queries.counts(desk.remit, desk.connection, desk.township, now_ms)
    rows = queries.open_tasks(desk.remit, desk.connection, desk.township, now_ms, most, after)
    return Tasks(counted["open"], counted["overdue"], [shown(row, desk.now) for row in rows])


@post(
    "/api/v1/tasks/{person:str}/{episode:str}/{task:str}/done",
    opt={"may": "work.do"},
    sync_to_thread=True,
)
def do_task(
    desk: AtDesk,
    person: FromPath[str],
    episode: FromPath[str],
    task: FromPath[str],
    data: JSONBody[Doing],
) -> Verdict:
    """Record that a task was done."""
    return done(desk, person, episode, task, data)


@post("/api/v1/tasks/{person:str}", opt={"may": "work.open"}, sync_to_thread=True)
def ask_for(desk: AtDesk, person: FromPath[str], data: JSONBody[Asking]) -> Verdict:
    """Ask for something to be done about a person."""
    subject = subject_id(person, "person")
    rows = queries.tasks_of(desk.remit, desk.connection, desk.township, subject)
    here = next((row["area"] for row in rows if row["episode"] == data.episode), None)
    if here is None:
        raise NOT_FOUND()
    purpose = f"{EPISODE}:{data.episode}"
    return desk.record(
        TASK_OPENED, TaskOpened(task=data.task, title=data.title, due_at=data.due_at),
        subject=keeper(desk.records(subject), purpose), purpose=purpose, area=here,
    )  # fmt: skip


def done(desk: Desk, person: str, episode: str, task: str, doing: Doing) -> Verdict:
    """Record that a task in the asker's remit was done, or `base.not_found`."""
    subject = subject_id(person, "person")
    row = queries.task_of(desk.remit, desk.connection, desk.township, subject, episode, task)
    if row is None:
        raise NOT_FOUND()
    purpose = f"{EPISODE}:{episode}"
    moment = doing.done_at if doing.done_at and doing.done_at.tzinfo else desk.now
    return desk.record(
        TASK_DONE, TaskDone(task=task, done_at=moment, note=doing.note),
        subject=keeper(desk.records(subject), purpose), purpose=purpose, area=row["area"],
        happened_at=moment,
    )  # fmt: skip


def shown(row: queries.Row, now: datetime) -> Task:
    """A task's row as it is shown at `now`."""
    return Task(
        person=row["subject"], episode=row["episode"], task=row["task"], kind=row["kind"],
        title=Text(row["title_zh"], row["title_en"]), area=row["area"],
        opens_at=from_ms(row["opens_at"]), due_at=from_ms(row["due_at"]),
        done_at=None if row["done_at"] is None else from_ms(row["done_at"]),
        overdue=row["done_at"] is None and row["due_at"] < to_ms(now),
        alarmed=row["alarm_seq"] is not None,
    )  # fmt: skip


HANDLERS: list[Any] = [list_tasks, do_task, ask_for]
