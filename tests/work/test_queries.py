"""Tasks are found by remit first, then by the instant: open, late, lapsed, alarmed."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import (
    FENG,
    LI,
    MORNING,
    NEIGHBOUR,
    QIAN,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    ZHOU,
    Worker,
)  # fmt: skip
from tongxin.base.clock import to_ms
from tongxin.base.remit import Remit, remit_of
from tongxin.ledger import totals
from tongxin.ledger.inserting import Gathered
from tongxin.work import queries
from tongxin.work.counting import TASKS
from tongxin.work.tables import task

NOW = to_ms(MORNING)
HOUR = timedelta(hours=1) // timedelta(milliseconds=1)
ALL = remit_of(["work.read"], [TOWNSHIP])


def row(key: str, area: str = TAOLIN, **changed: Any) -> dict[str, Any]:
    """An open task that is due in an hour."""
    return {
        "township": TOWNSHIP, "subject": f"person-{key}", "episode": "1", "task": key,
        "kind": "swab", "title_zh": "核酸", "title_en": "Test", "area": area,
        "village": area[:12],
        "opens_at": NOW - HOUR, "due_at": NOW + HOUR, "lapses_at": None, "done_at": None,
        "done_by": None, "done_author": None, "alarm_seq": None,
    } | changed  # fmt: skip


def put(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Insert these rows, and what is kept of them."""
    connection.execute(sa.insert(task), rows)
    for township in {row["township"] for row in rows}:
        sums: totals.Changes = {TASKS.sums.name: {}}
        TASKS.gather(sums[TASKS.sums.name], [r for r in rows if r["township"] == township])
        gathered = Gathered(connection)
        totals.add(gathered, [TASKS], township, {TASKS.sums.name: {}}, sums)
        gathered.flush()


@pytest.fixture
def tasks(town: Town) -> Town:
    """One task of every sort, put into the table as the rules would."""
    rows = [
        row("soon"),
        row("late", due_at=NOW - 1),
        row("on-the-dot", due_at=NOW),
        row("not-yet", opens_at=NOW + 1),
        row("done", done_at=NOW - 5, due_at=NOW - 9),
        row("lapsed", due_at=NOW - 9, lapses_at=NOW),
        row("late-and-told", due_at=NOW - 2, alarm_seq=7),
        row("elsewhere", area=QUANJI),
        row("next-door", area="411526109202", township=NEIGHBOUR),
    ]
    with town.installation.database.writing() as connection:
        put(connection, rows)
    return town


def open_to(town: Town, remit: Remit, most: int = 50, after: int = 0) -> list[str]:
    with town.installation.database.reading() as connection:
        found = queries.open_tasks(remit, connection, TOWNSHIP, NOW, most, after)
    return [each["task"] for each in found]


def remit_for(town: Town, who: Worker) -> Remit:
    return town.believed(who).remit


def test_the_most_urgent_comes_first_and_what_is_over_not_at_all(tasks: Town) -> None:
    assert open_to(tasks, ALL) == ["late-and-told", "late", "on-the-dot", "elsewhere", "soon"]


def test_pages_of_a_list_follow_on_each_other(tasks: Town) -> None:
    assert [open_to(tasks, ALL, 2, n) for n in (0, 2, 4)] == [
        ["late-and-told", "late"], ["on-the-dot", "elsewhere"], ["soon"]
    ]  # fmt: skip


def test_everybody_sees_the_tasks_of_the_own_village(tasks: Town) -> None:
    here = ["late-and-told", "late", "on-the-dot", "soon"]
    assert open_to(tasks, remit_for(tasks, SUN)) == here
    assert open_to(tasks, remit_for(tasks, QIAN)) == here
    assert open_to(tasks, remit_for(tasks, ZHOU)) == ["elsewhere"]
    assert open_to(tasks, remit_for(tasks, FENG)) == []
    assert len(open_to(tasks, remit_for(tasks, LI))) == 5


def test_nothing_granted_nothing_seen(tasks: Town) -> None:
    assert open_to(tasks, remit_of([], [])) == []
    assert open_to(tasks, remit_of(["arrivals.read"], [TOWNSHIP])) == []


def test_counts_say_the_same_as_the_list(tasks: Town) -> None:
    with tasks.installation.database.reading() as connection:
        found = queries.counts(ALL, connection, TOWNSHIP, NOW)
    assert (found["open"], found["overdue"], found["alarmed"]) == (5, 2, 1)


def test_a_task_is_late_after_the_instant_and_not_at_it(tasks: Town) -> None:
    with tasks.installation.database.reading() as connection:
        late = queries.unalarmed(connection, TOWNSHIP, NOW, 50)
        later = queries.unalarmed(connection, TOWNSHIP, NOW + 1, 50)
    assert "on-the-dot" not in [each["task"] for each in late]
    assert "on-the-dot" in [each["task"] for each in later]


def test_the_clock_finds_what_no_alarm_tells_of_yet(tasks: Town) -> None:
    with tasks.installation.database.reading() as connection:
        found = [each["task"] for each in queries.unalarmed(connection, TOWNSHIP, NOW, 50)]
    assert found == ["lapsed", "late"], "what lapsed was late before it lapsed"


def test_the_tasks_of_somebody_outside_the_remit_are_none(tasks: Town) -> None:
    with tasks.installation.database.reading() as connection:
        for who, count in ((SUN, 1), (ZHOU, 0)):
            remit = remit_for(tasks, who)
            assert len(queries.tasks_of(remit, connection, TOWNSHIP, "person-late")) == count
            found = queries.task_of(remit, connection, TOWNSHIP, "person-late", "1", "late")
            assert (found is not None) == bool(count)
