"""What arrivals say to the engine, and how a plan reads over time."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.village import (
    CHEN,
    HE_LI,
    MORNING,
    QUANJI,
    RETURNEES,
    TAOLIN,
    Returnee,
    arrival,
    entry,
)
from tongxin.arrivals import facts, rules
from tongxin.arrivals.facts import (
    ARRIVAL_RECORDED,
    PLACE_ANSWERED,
    RECOVERY_FOUND,
    SWAB_RESULTED,
    SYMPTOM_SEEN,
    TEMPERATURE_TAKEN,
)
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Entry
from tongxin.policy import evidence
from tongxin.policy.engine import plan, standing_at
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation
from tongxin.work.facts import TASK_DONE, TaskDone

HOUR = timedelta(hours=1)


def came(hours: int = 0, area: str = TAOLIN, **told: object) -> Entry:
    return entry(ARRIVAL_RECORDED, arrival(CHEN, MORNING + hours * HOUR, **told), area=area)


def said(told: Entry) -> list[evidence.Evidence]:
    return list(rules.statements(told))


def test_an_arrival_says_where_from_and_where_to() -> None:
    one = came()
    assert said(one) == [evidence.Arrival(one.id, MORNING, "310115", TAOLIN)]


def test_stays_and_a_temperature_at_the_post_are_said_too() -> None:
    stay = facts.StayTold(area="320505", until=MORNING - HOUR)
    nowhere = facts.StayTold(area="", name="路上")
    one = came(stays=(stay, nowhere), celsius=37.9)
    assert said(one)[1:] == [
        evidence.Stay(one.id, "320505", None, MORNING - HOUR),
        evidence.Temperature(one.id, MORNING, 37.9),
    ]


def test_every_observation_says_one_thing() -> None:
    observed: dict[type[Any], Entry] = {
        evidence.Swab: entry(SWAB_RESULTED, facts.SwabResulted(taken_at=MORNING, positive=True)),
        evidence.Temperature: entry(
            TEMPERATURE_TAKEN, facts.TemperatureTaken(taken_at=MORNING, celsius=38)
        ),
        evidence.Symptom: entry(SYMPTOM_SEEN, facts.SymptomSeen(seen_at=MORNING)),
        evidence.Recovery: entry(RECOVERY_FOUND, facts.RecoveryFound(found_at=MORNING)),
        evidence.Answer: entry(PLACE_ANSWERED, facts.PlaceAnswered(place="公园", inside=False)),
        evidence.Done: entry(TASK_DONE, TaskDone(task="swab:1", done_at=MORNING)),
    }
    for kind, told in observed.items():
        (statement,) = said(told)
        assert isinstance(statement, kind)
        assert statement.fact == told.id


def test_an_emergency_is_an_arrival_like_any_other_to_the_rules() -> None:
    told = entry(ARRIVAL_RECORDED, arrival(HE_LI))
    assert [type(s) for s in said(told)] == [evidence.Arrival]


def test_the_earliest_arrival_told_is_the_episodes() -> None:
    first, later = came(0), came(3)
    for entries in ([first, later], [later, first]):
        found = rules.arrival_of(entries)
        assert found is not None and found[0] == first


def test_no_arrival_no_episode() -> None:
    assert rules.arrival_of([]) is None
    assert rules.area_of([]) is None


def test_somebody_is_where_the_latest_arrival_led() -> None:
    first, later = came(0, TAOLIN), came(5, QUANJI)
    assert rules.area_of([later, first]) == rules.area_of([first, later]) == QUANJI


def test_nothing_but_an_arrival_moves_anybody() -> None:
    seen = entry(SYMPTOM_SEEN, facts.SymptomSeen(seen_at=MORNING + HOUR), area=QUANJI)
    assert rules.area_of([came(), seen]) == TAOLIN


@pytest.mark.parametrize("who", RETURNEES, ids=lambda who: who.name)
def test_the_casts_id_numbers_have_their_last_character(who: Returnee) -> None:
    assert rules.id_number_fits(who.id_number)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_an_id_number(text: str) -> None:
    rules.id_number_fits(text)


@given(st.sampled_from(RETURNEES), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(who: Returnee, place: int, by: int) -> None:
    digits = who.id_number
    wrong = str((int(digits[place]) + by) % 10)
    assert not rules.id_number_fits(digits[:place] + wrong + digits[place + 1 :])


HENAN = shipped_pack("henan-2022-04")
PUDONG = Situation([RiskArea("f", "310115", "high", MORNING - 7 * 24 * HOUR, None)])


def test_spans_say_at_every_hour_what_the_engine_says() -> None:
    judged = plan(said(came()), HENAN, PUDONG)
    found = rules.spans(judged, standing_at, MORNING)
    for hour in range(0, 24 * 25, 7):
        now = MORNING + hour * HOUR
        standing = standing_at(judged, now)
        span = rules.span_at(found, to_ms(now))
        assert span.word == standing.word, now
        assert span.mode == (standing.stage.mode if standing.stage else ""), now


def test_neighbouring_spans_differ() -> None:
    found = rules.spans(plan(said(came()), HENAN, PUDONG), standing_at, MORNING)
    assert len(found) > 1
    assert all((a.word, a.mode) != (b.word, b.mode) for a, b in pairwise(found))
    assert [span.from_ms for span in found] == sorted({span.from_ms for span in found})


def test_before_it_begins_the_first_span_holds() -> None:
    found = [rules.Span(100, "registered"), rules.Span(200, "monitored", "home")]
    assert rules.span_at(found, 0) == found[0]
    assert rules.span_at(found, 199) == found[0]
    assert rules.span_at(found, 200) == found[1]
