"""Calls to people who are away: when the next falls due, and when none does."""

from datetime import timedelta
from typing import Any

import pytest

from tests.arrivals.homecoming import at_post
from tests.town import Town
from tests.village import LI, MA, MORNING, TAOLIN, TOWNSHIP, entry
from tongxin.arrivals.calls import queries
from tongxin.arrivals.calls.facts import AWAY_CALLED, AwayCalled
from tongxin.arrivals.calls.rules import called
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.clockwork import tick
from tongxin.ledger.facts import EPISODE, Draft, Outcome
from tongxin.policy.organisation import Calls
from tongxin.policy.shipped import shipped_pack
from tongxin.work.queries import tasks_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rules() -> Calls:
    found = shipped_pack("henan-2022-04").calls
    assert found is not None
    return found


def call(outcome: Any, after: timedelta = timedelta(0)) -> Any:
    at = MORNING + after
    body = AwayCalled(name=MA.name, called_at=at, outcome=outcome)
    return entry(AWAY_CALLED, body, happened_at=to_ms(at))


def test_somebody_noted_is_to_be_called_at_once() -> None:
    found = called([call("")], rules())
    assert found is not None
    assert found.next_at == MORNING


@pytest.mark.parametrize("outcome", ["returns", "stays", "unsure", "refused"])
def test_once_reached_the_next_call_waits_some_days(outcome: str) -> None:
    found = called([call(outcome)], rules())
    assert found is not None
    assert found.next_at == MORNING + rules().every_days * DAY


def test_not_reached_is_tried_again_after_hours_and_counted() -> None:
    told = [call("stays"), call("not_reached", HOUR), call("not_reached", 5 * HOUR)]
    for order in (told, told[::-1]):
        found = called(order, rules())
        assert found is not None
        assert found.unanswered == 2
        assert found.next_at == MORNING + 5 * HOUR + rules().retry_hours * HOUR


def test_no_call_follows_a_wrong_number_or_rules_that_ask_for_none() -> None:
    for found in (called([call("wrong_number")], rules()), called([call("stays")], None)):
        assert found is not None
        assert found.next_at is None


def noted(town: Town, outcome: Any = "", like: Draft | None = None) -> Draft:
    fact = new_id()
    body = AwayCalled(
        name=MA.name, called_at=town.now, outcome=outcome, phone=MA.phone, away_area=MA.from_area
    )
    draft = town.draft(
        AWAY_CALLED, body, by=LI, subject=like.subject if like else f"person-{fact}",
        purpose=like.purpose if like else f"{EPISODE}:{fact}", area=TAOLIN, id=fact,
    )  # fmt: skip
    (verdict,) = town.record(draft)
    assert verdict.outcome is Outcome.RECORDED, verdict
    return draft


def due(town: Town) -> list[str]:
    remit = town.believed(LI).remit
    with town.installation.database.reading() as connection:
        rows = queries.calls(remit, connection, TOWNSHIP, to_ms(town.now), 50)
        assert len(rows) == queries.how_many(remit, connection, TOWNSHIP, to_ms(town.now))
    return [row["name"] for row in rows]


def test_a_call_is_due_until_it_is_made(henan: Town) -> None:
    first = noted(henan)
    assert due(henan) == [MA.name]
    henan.clock.advance(minutes=5)
    noted(henan, "stays", first)
    assert due(henan) == []
    henan.clock.advance(days=rules().every_days)
    assert due(henan) == [MA.name]


def test_who_has_come_is_not_called_any_more(henan: Town) -> None:
    first = noted(henan)
    henan.clock.advance(minutes=5)
    at_post(henan, MA, like=first)
    assert due(henan) == []


def test_a_call_is_a_task_that_raises_one_alarm(henan: Town) -> None:
    first = noted(henan)
    henan.clock.advance(hours=30)
    for _ in range(2):
        tick(henan.installation, henan.now)
    remit = henan.believed(LI).remit
    with henan.installation.database.reading() as connection:
        (task,) = tasks_of(remit, connection, TOWNSHIP, first.subject)
    assert task["kind"] == "call"
    assert task["alarm_seq"] is not None
    stream = henan.stream(first.subject)
    assert stream is not None
    assert len(stream.entries) == 2
