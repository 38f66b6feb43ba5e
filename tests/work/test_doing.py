"""A task is done by a word that can be true: not before it began, nor after it was said."""

from datetime import datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN, MORNING, SUN, TOWNSHIP, ZHAO, entry
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Draft, Entry
from tongxin.policy.evidence import CLOCKS_DIFFER
from tongxin.work.doing import first_done, has_happened
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TaskDone, TaskOpened
from tongxin.work.tables import task as tasks

HOUR = timedelta(hours=1)
LONG_AGO = datetime.fromisoformat("2001-01-01T00:00:00+08:00")


def done(at: datetime, recorded_at: datetime = MORNING, task: str = "asked-x") -> Entry:
    return entry(TASK_DONE, TaskDone(task=task, done_at=at), recorded_at=to_ms(recorded_at))


@pytest.mark.parametrize(
    ("after", "happened"),
    [(-HOUR, True), (timedelta(0), True), (CLOCKS_DIFFER, True), (HOUR, False)],
)
def test_nothing_has_happened_after_it_was_said(after: timedelta, happened: bool) -> None:
    said = done(MORNING + after)
    assert has_happened(MORNING + after, said) is happened


def test_the_first_word_that_counts_counts() -> None:
    late, early, future = done(MORNING, MORNING + HOUR), done(LONG_AGO), done(MORNING + HOUR)
    assert first_done("asked-x", MORNING - HOUR, [future, late, early]) == late
    assert first_done("asked-x", MORNING - HOUR, [early, future]) is None
    assert first_done("asked-y", MORNING - HOUR, [late]) is None


def said(town: Town, about: Draft, task: str, at: datetime) -> None:
    draft = town.draft(
        TASK_DONE, TaskDone(task=task, done_at=at), by=SUN, subject=about.subject,
        purpose=about.purpose, area=about.area,
    )  # fmt: skip
    assert town.record(draft)[0].outcome == "recorded"


def open_tasks(town: Town, person: str) -> set[str]:
    with town.installation.database.reading() as connection:
        rows = connection.execute(tasks.select().where(tasks.c.subject == person))
        return {row.task for row in rows if row.done_at is None}


def explained(client: TestClient[Litestar], signed_in: SignedIn, person: str) -> str:
    path = f"/api/v1/arrivals/{person}/explanation"
    return client.get(path, headers=signed_in(ZHAO)).text


@pytest.mark.parametrize(
    ("at", "told"),
    [(LONG_AGO, "before it began"), (MORNING + 30 * HOUR, "done in the future")],
)
def test_a_task_of_the_plan_is_not_done_at_an_instant_that_cannot_be(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn, at: datetime, told: str
) -> None:
    came = henan.arrive(CHEN)
    assert "register" in open_tasks(henan, came.subject)
    said(henan, came, "register", at)
    assert "register" in open_tasks(henan, came.subject)
    assert told in explained(client, signed_in, came.subject)
    page = client.get(
        f"/arrivals/{came.subject}", headers={**signed_in(ZHAO), "Accept": "text/html"}
    )
    assert "不算完成" in page.text
    said(henan, came, "register", henan.now)
    assert "register" not in open_tasks(henan, came.subject)
    assert findings(henan) == []
    henan.installation.rebuild(TOWNSHIP)
    assert "register" not in open_tasks(henan, came.subject)


def test_what_somebody_asked_for_is_not_done_before_it_was_asked(
    henan: Town, client: TestClient[Litestar], signed_in: SignedIn
) -> None:
    came = henan.arrive(CHEN)
    henan.clock.advance(hours=3)
    asked = TaskOpened(task="asked-milk", title="送奶粉", due_at=henan.now + HOUR)
    henan.record(
        henan.draft(
            TASK_OPENED, asked, by=ZHAO, subject=came.subject, purpose=came.purpose, area=came.area
        )
    )
    said(henan, came, "asked-milk", henan.now - HOUR)
    assert "asked-milk" in open_tasks(henan, came.subject)
    assert "before it began" in explained(client, signed_in, came.subject)
    said(henan, came, "asked-milk", henan.now)
    assert "asked-milk" not in open_tasks(henan, came.subject)
