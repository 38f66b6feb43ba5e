"""One travel is one journey, whoever wrote it down and under how many records."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.arrivals.homecoming import at_post, met, told
from tests.ledger.console import findings
from tests.ledger.test_forgetting import figures
from tests.ledger.twins import clusters, subjects
from tests.town import Town
from tests.village import (
    CHEN,
    LI,
    MA,
    MORNING,
    QUANJI,
    SUN,
    TAOLIN,
    TOWNSHIP,
    arrival,
    entry,
    wire,
)
from tongxin.arrivals import facts
from tongxin.arrivals.comings.queries import coming_of
from tongxin.arrivals.facts import ARRIVAL_RECORDED
from tongxin.arrivals.journeys import journeys
from tongxin.base.ids import id_at, new_id
from tongxin.ledger.facts import EPISODE, REGISTRATION, Draft, Entry, Kind
from tongxin.registry.residents.facts import RESIDENT_REGISTERED, ResidentRegistered
from tongxin.work.facts import TASK_DONE, TaskDone
from tongxin.work.queries import task_of

HOUR = timedelta(hours=1)
DAYS_3 = timedelta(hours=72)


def came(hours: float) -> list[Entry]:
    return [entry(ARRIVAL_RECORDED, arrival(CHEN, MORNING + timedelta(hours=hours)))]


def joined(*hours: float) -> list[tuple[str, ...]]:
    """How episodes that arrive so many hours after the morning are joined; named a, b, c, …"""
    episodes = {chr(97 + n): came(each) for n, each in enumerate(hours)}
    return sorted(journeys(episodes, lambda _: DAYS_3).values())


def test_what_arrives_within_the_hours_of_the_pack_is_one_journey() -> None:
    assert joined(0, 72) == [("a", "b")]
    assert joined(0, 72.1) == [("a",), ("b",)]
    assert joined(72, 0) == [("a", "b")]


def test_hours_are_counted_from_the_first_so_that_a_daily_carter_comes_anew() -> None:
    assert joined(0, 24, 48, 72, 96, 120) == [("a", "b", "c", "d"), ("e", "f")]


def test_an_episode_that_speaks_of_no_arrival_is_one_by_itself() -> None:
    seen = [entry(facts.SYMPTOM_SEEN, facts.SymptomSeen(seen_at=MORNING))]
    found = journeys({"a": came(0), "b": seen, "c": came(1)}, lambda _: DAYS_3)
    assert found == {"a": ("a", "c"), "b": ("b",)}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_each_episode_is_of_one_journey_whatever_the_order(hours: list[int], dice: Any) -> None:
    episodes = {f"e{n}": came(each) for n, each in enumerate(hours)}
    shuffled = list(episodes.items())
    dice.shuffle(shuffled)
    found = journeys(dict(shuffled), lambda _: DAYS_3)
    assert found == journeys(episodes, lambda _: DAYS_3)
    assert sorted(e for each in found.values() for e in each) == sorted(episodes)
    assert all(key == min(each) for key, each in found.items())


# On an installation.


def rows(town: Town, table: str) -> list[Any]:
    with town.installation.database.reading() as connection:
        return list(connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY subject")))


def test_declared_passed_and_found_under_three_records_is_one_coming(henan: Town) -> None:
    declared = told(henan, in_hours=10)
    henan.clock.advance(hours=12)
    passed = at_post(henan)
    henan.clock.advance(hours=6)
    found = met(henan)
    assert clusters(henan) == {subjects(declared, passed, found)}
    (journey,), (coming,) = rows(henan, "journey"), rows(henan, "coming")
    assert journey.subject == coming.subject == min(subjects(declared, passed, found))
    assert (coming.word, journey.name) == ("came", CHEN.name)
    counted = figures(henan)
    assert (counted["arrivals.screened"], counted["arrivals.recorded"]) == (1, 1)
    assert findings(henan) == []


def test_who_comes_again_later_makes_another_journey_of_one_person(henan: Town) -> None:
    henan.arrive(CHEN)
    henan.clock.advance(days=10)
    henan.arrive(CHEN)
    assert len(rows(henan, "journey")) == 2
    counted = figures(henan)
    assert (counted["arrivals.screened"], counted["arrivals.recorded"]) == (1, 2)
    assert len(clusters(henan)) == 1


def stood(town: Town) -> tuple[str, int | None, int]:
    (row,) = rows(town, "journey")
    return row.category, row.until_at, row.arrived_at


def test_a_second_arrival_in_a_journey_does_not_begin_it_anew(henan: Town) -> None:
    henan.at_risk("310115")
    first = henan.arrive(CHEN)
    before = stood(henan)
    henan.clock.advance(days=2)
    henan.arrive(CHEN, person=first.subject, from_area="411526", from_name="县城")
    assert stood(henan) == before


def test_a_second_arrival_adds_where_it_came_from(henan: Town) -> None:
    henan.arrive(MA, from_area="430104")
    lax, _, at = stood(henan)
    henan.clock.advance(days=1)
    henan.arrive(MA, from_area="310115")
    assert stood(henan)[0] == lax
    henan.at_risk("310115")  # found by the second arrival's origin
    strict, until, still = stood(henan)
    assert strict == "risk-area"
    assert still == at, "the first arrival is when it began"
    assert until is not None
    assert findings(henan) == []


def test_an_older_link_to_any_record_leads_to_the_journey(henan: Town) -> None:
    one = henan.arrive(CHEN)
    other = henan.arrive(CHEN, at=MORNING + HOUR)
    (journey,) = rows(henan, "journey")
    remit = henan.believed(LI).remit
    for each in (one, other):
        episode = each.purpose.partition(":")[2]
        with henan.installation.database.reading() as connection:
            coming = coming_of(remit, connection, TOWNSHIP, each.subject, episode)
            task = task_of(remit, connection, TOWNSHIP, each.subject, episode, "register")
        assert coming is not None and task is not None
        found = {(row["subject"], row["episode"]) for row in (coming, task)}
        assert found == {(journey.subject, journey.episode)}


def registered(town: Town, who: Any = CHEN, area: str = TAOLIN) -> Draft:
    """`who` lives here: a record of the registry, with no journey."""
    body = ResidentRegistered(household="household-1", name=who.name, id_number=who.id_number)
    draft = town.draft(
        RESIDENT_REGISTERED, body, by=SUN, subject=f"person-{id_at(MORNING, 'resident')}",
        purpose=REGISTRATION, area=area,
    )  # fmt: skip
    assert town.record(draft)[0].outcome == "recorded"
    return draft


def test_a_resident_who_comes_home_is_the_returnee(henan: Town) -> None:
    lives = registered(henan)
    came_home = henan.arrive(CHEN)
    assert clusters(henan) == {subjects(lives, came_home)}
    (journey,), (resident,) = rows(henan, "journey"), rows(henan, "resident")
    assert journey.subject == resident.subject == lives.subject
    assert journey.episode == came_home.purpose.partition(":")[2]
    assert figures(henan)["registry.residents"] == 1
    assert findings(henan) == []


def said_by_phone(town: Town, phone: Any, kind: Kind, body: Any, journey: Any) -> str:
    """What a telephone sends about the journey as it holds it."""
    raw = wire(
        phone, kind, body, subject=journey.subject, purpose=f"{EPISODE}:{journey.episode}",
        id=new_id(), at=town.now,
    )  # fmt: skip
    return str(town.sent([raw])[0].outcome)


def test_a_telephone_speaks_of_the_journey_by_its_first_record(henan: Town) -> None:
    registered(henan)
    henan.arrive(CHEN)
    phone = henan.device(SUN)
    (journey,) = rows(henan, "journey")
    taken = facts.TemperatureTaken(taken_at=henan.now, celsius=38.5)
    assert said_by_phone(henan, phone, facts.TEMPERATURE_TAKEN, taken, journey) == "recorded"
    done = TaskDone(task="register", done_at=henan.now)
    assert said_by_phone(henan, phone, TASK_DONE, done, journey) == "recorded"
    (journey,) = rows(henan, "journey")
    assert '"held"' in journey.spans
    assert figures(henan)["work.done"] == 1
    assert findings(henan) == []


def test_what_a_telephone_sends_late_about_a_forgotten_journey_is_refused(henan: Town) -> None:
    registered(henan)
    came_home = henan.arrive(CHEN)
    phone = henan.device(SUN)
    (journey,) = rows(henan, "journey")
    henan.installation.forgetting.forget(
        TOWNSHIP, came_home.subject, [came_home.purpose], "期满", henan.now
    )
    taken = facts.TemperatureTaken(taken_at=henan.now, celsius=36.5)
    assert said_by_phone(henan, phone, facts.TEMPERATURE_TAKEN, taken, journey) == "refused"
    assert findings(henan) == []


def test_a_person_is_where_the_latest_arrival_of_all_records_led(henan: Town) -> None:
    registered(henan)
    henan.arrive(CHEN, area=QUANJI)
    (journey,) = rows(henan, "journey")
    assert journey.area == QUANJI


@pytest.mark.parametrize("hours", [1, 100])
def test_the_same_word_twice_changes_nothing(henan: Town, hours: int) -> None:
    draft = henan.arrive(CHEN)
    again = henan.arrival(CHEN, at=MORNING + timedelta(hours=hours))
    henan.clock.advance(hours=hours)
    henan.record(again)
    before = [rows(henan, table) for table in ("journey", "task", "figure_part", "member")]
    henan.record(draft, again)
    assert before == [rows(henan, t) for t in ("journey", "task", "figure_part", "member")]
