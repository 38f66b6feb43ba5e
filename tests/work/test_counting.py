"""Counts that are summed from what is kept are those that looking at each task gives."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.town import Town
from tests.village import CHEN, CHEN_FAMILY, LI, LIN, MORNING, QUANJI, TAOLIN, TOWNSHIP, ZHAO
from tests.work.test_queries import put, row
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.remit import Remit, remit_of
from tongxin.installation import Installation
from tongxin.work import queries
from tongxin.work.counting import SPANS_MS, TASKS, last_end
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TaskDone, TaskOpened
from tongxin.work.rules import Urgency, urgency
from tongxin.work.tables import task

LONG, SHORT = SPANS_MS
# The end of a long span, so that every sort of boundary is near.
NOW = last_end(to_ms(MORNING), LONG) + LONG
AREAS = (TAOLIN, f"{TAOLIN}-01", f"{TAOLIN}-02", QUANJI, TOWNSHIP)
REMITS = ([TOWNSHIP], [TAOLIN], [f"{TAOLIN}-01"], [QUANJI, f"{TAOLIN}-02"], ["4115"], ["41152612"])

near = st.sampled_from([0, -SHORT, SHORT, -LONG, LONG, 2 * LONG + 3 * SHORT]).flatmap(
    lambda base: st.sampled_from([-2, -1, 0, 1, 2, 70_000]).map(lambda by: NOW + base + by)
)
one = st.fixed_dictionaries(
    {
        "opens_at": near, "due_at": near, "lapses_at": st.none() | near,
        "done_at": st.none() | st.none() | near, "alarm_seq": st.none() | st.just(7),
        "area": st.sampled_from(AREAS),
    }
)  # fmt: skip


def looked_at(rows: list[dict[str, Any]], remit: Remit, now_ms: int) -> dict[str, int]:
    """The counts by the rule itself, one task after the other."""
    found = {"open": 0, "overdue": 0, "alarmed": 0}
    for each in rows:
        times = (each["opens_at"], each["due_at"], each["lapses_at"], each["done_at"])
        moments = [None if at is None else from_ms(at) for at in times]
        state = urgency(from_ms(now_ms), *moments)  # type: ignore[arg-type]  # the first two are never None
        if not remit.allows("work.read", each["area"]):
            continue
        is_open = state in (Urgency.OPEN, Urgency.DUE, Urgency.OVERDUE)
        found["open"] += is_open
        found["overdue"] += state is Urgency.OVERDUE
        found["alarmed"] += is_open and each["alarm_seq"] is not None
    return found


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=st.lists(one, min_size=1, max_size=12), now_ms=near, areas=st.sampled_from(REMITS))
def test_the_counts_are_those_of_looking_at_each_task(
    installation: Installation, told: list[dict[str, Any]], now_ms: int, areas: list[str]
) -> None:
    rows = [row(f"t{n}", village=each["area"][:12], **each) for n, each in enumerate(told)]
    remit = remit_of(["work.read"], areas)
    with installation.database.writer.connect() as connection:
        transaction = connection.begin()
        put(connection, rows)
        found = queries.counts(remit, connection, TOWNSHIP, now_ms)
        transaction.rollback()
    assert found == looked_at(rows, remit, now_ms)


def told_of(town: Town) -> Iterator[None]:
    """Some days in the village, one step at a time."""
    came = [town.arrive(who, at=town.now) for who in (*CHEN_FAMILY, LIN)]
    yield
    asked = TaskOpened(task="asked-groceries", title="送菜", due_at=town.now + timedelta(hours=3))
    one, *_ = came
    about: Any = {"subject": one.subject, "purpose": one.purpose, "area": one.area}
    town.record(town.draft(TASK_OPENED, asked, by=ZHAO, **about))
    yield
    town.at_risk("310115")
    yield
    for key in ("register", "asked-groceries"):
        town.record(town.draft(TASK_DONE, TaskDone(task=key, done_at=town.now), by=LI, **about))
        yield
    town.arrive(CHEN, person=one.subject, area=QUANJI, at=town.now)
    yield
    town.installation.forgetting.forget(TOWNSHIP, one.subject, [one.purpose], "期满", town.now)
    yield


def test_they_stay_so_whatever_is_recorded_and_however_time_goes(henan: Town) -> None:
    remit = remit_of(["work.read"], [TOWNSHIP])
    for _ in told_of(henan):
        with henan.installation.database.reading() as connection:
            rows = [dict(each._mapping) for each in connection.execute(sa.select(task))]
            for hours in (0, 1, 5, 12, 24, 24 * 7, 24 * 30):
                now_ms = to_ms(henan.now + timedelta(hours=hours, milliseconds=hours))
                found = queries.counts(remit, connection, TOWNSHIP, now_ms)
                assert found == looked_at(rows, remit, now_ms)
        henan.clock.advance(minutes=7)


def test_many_tasks_due_at_one_instant_are_not_looked_at_one_by_one(town: Town) -> None:
    """Due at noon, looked at a minute later: they were summed when noon was past."""
    noon = NOW + LONG
    rows = [
        row(f"t{n}", opens_at=noon - LONG, due_at=noon, lapses_at=noon + LONG) for n in range(9)
    ]
    with town.installation.database.writing() as connection:
        put(connection, rows)
        connection.execute(sa.delete(task))  # so that only what is kept can answer
        found = queries.counts(
            remit_of(["work.read"], [TOWNSHIP]), connection, TOWNSHIP, noon + 60_000
        )
    assert (found["open"], found["overdue"]) == (9, 9)


def test_what_is_kept_of_a_done_task_is_nothing() -> None:
    sums: dict[Any, Any] = {}
    TASKS.gather(sums, [row("done", done_at=NOW)])
    assert sums == {}
