"""Tasks of a plan and tasks that people ask for."""

from datetime import timedelta

from tests.village import MORNING, entry
from tongxin.base.clock import to_ms
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy.judgement import Reason
from tongxin.policy.judgement import Task as Planned
from tongxin.work import derive, facts, rules
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TASK_OVERDUE

HOUR = timedelta(hours=1)


def planned(key: str = "swab:1", done_by: str | None = None) -> Planned:
    return Planned(
        key=key, kind="swab", label=Text("核酸", "Test"), opens_at=MORNING, due_at=MORNING + HOUR,
        reason=Reason(Text("因", "for"), (), Text("条", "clause"), "A"),
        done_by=done_by, done_at=MORNING + HOUR if done_by else None,
    )  # fmt: skip


def asked(key: str = "asked-groceries", hours: int = 0, **header: object) -> Entry:
    at = MORNING + hours * HOUR
    body = facts.TaskOpened(task=key, title="送菜", due_at=at + 8 * HOUR)
    return entry(TASK_OPENED, body, **({"happened_at": to_ms(at)} | header))


def done(key: str = "asked-groceries", hours: int = 2, **header: object) -> Entry:
    at = MORNING + hours * HOUR
    body = facts.TaskDone(task=key, done_at=at)
    said = {"happened_at": to_ms(at), "recorded_at": to_ms(at)}
    return entry(TASK_DONE, body, **(said | header))


def late(key: str, seq: int) -> Entry:
    return entry(TASK_OVERDUE, facts.TaskOverdue(task=key, due_at=MORNING), seq=seq)


def test_nothing_is_owed_where_nobody_asks() -> None:
    assert rules.tasks([], []) == []


def test_a_planned_task_knows_who_did_it() -> None:
    swab = done("swab:1", author="account-zheng")
    (task,) = rules.tasks([planned(done_by=swab.id)], [swab])
    assert (task.done_by, task.done_author) == (swab.id, "account-zheng")


def test_what_somebody_asks_for_is_owed_until_it_is_done() -> None:
    (task,) = rules.tasks([], [asked()])
    assert (task.kind, task.done_at, task.due_at) == ("asked", None, MORNING + 8 * HOUR)
    (task,) = rules.tasks([], [asked(), done()])
    assert task.done_at == MORNING + 2 * HOUR


def test_done_twice_the_first_time_counts_in_whatever_order_it_comes() -> None:
    one, two = done(hours=2), done(hours=5)
    for entries in ([asked(), one, two], [two, one, asked()]):
        (task,) = rules.tasks([], entries)
        assert task.done_by == one.id


def test_asked_twice_it_is_one_task() -> None:
    first, again = asked(), asked(hours=1)
    (task,) = rules.tasks([], [again, first])
    assert task.opens_at == MORNING


def test_where_a_plan_and_a_person_use_one_key_it_is_the_plans() -> None:
    (task,) = rules.tasks([planned("asked-swab")], [asked("asked-swab")])
    assert task.kind == "swab"


def test_an_alarm_is_noted_at_its_task() -> None:
    tasks = rules.tasks([planned()], [asked(), late("swab:1", 7)])
    assert {task.key: task.alarm_seq for task in tasks} == {"swab:1": 7, "asked-groceries": None}


def test_something_done_that_nobody_owed_is_no_task() -> None:
    assert rules.tasks([], [done("swab:9")]) == []


def test_what_was_done_counts_on_the_day_it_was_done() -> None:
    evening = [asked("asked-a"), done("asked-a", 2), asked("asked-b"), done("asked-b", 20)]
    parts = derive.parts("episode:1", "411526108201", rules.tasks([], evening))
    assert {part["day"]: part["amount"] for part in parts} == {"2022-04-07": 1, "2022-04-08": 1}


def test_what_is_still_to_be_done_counts_for_nothing() -> None:
    assert derive.parts("episode:1", "411526108201", rules.tasks([planned()], [asked()])) == []
