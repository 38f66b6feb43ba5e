"""Stages one after the other, test days, anchors: by hand, on a pack after the ninth edition."""

from datetime import datetime

from tests.policy.shape import shape_pack
from tongxin.base.clock import ZONE
from tongxin.policy.engine import plan
from tongxin.policy.evidence import (
    Arrival,
    Evidence,
    Exposure,
    Recovery,
    ReportedCase,
    Stay,
    Swab,
    Symptom,
)
from tongxin.policy.situation import RiskArea, Situation
from tongxin.policy.standing import standing_at

PACK = shape_pack()
HOME = "411526108201"


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant of July 2022."""
    return datetime(2022, 7, day, hour, minute, tzinfo=ZONE)


def contact(*more: Evidence) -> list[Evidence]:
    return [Exposure("met", at(1, 18), at(2, 9), "close"), *more]


def test_a_contact_does_seven_days_central_and_three_at_home_from_the_last_exposure() -> None:
    made = plan(contact(), PACK, Situation())
    assert [(stage.mode, stage.from_, stage.until) for stage in made.stages] == [
        ("central", at(1, 18), at(9)),
        ("home_monitor", at(9), at(12)),
    ]
    assert standing_at(made, at(8, 23, 59)).stage == made.stages[0]
    assert standing_at(made, at(9)).stage == made.stages[1]


def test_the_next_test_day_follows_the_test_that_was_taken() -> None:
    made = plan(contact(Swab("s1", at(2, 10), False)), PACK, Situation())
    asked = [task for task in made.tasks if task.kind == "swab"]
    assert [(task.key, task.done_by) for task in asked] == [("swab-1", "s1"), ("swab-2", None)]
    assert (asked[1].opens_at, asked[1].due_at) == (at(3), at(4))


def test_two_swabs_of_one_day_count_as_one_and_a_missed_day_is_made_up() -> None:
    swabs = [Swab("s1", at(2, 10), False), Swab("s2", at(2, 20), False), Swab("s3", at(5), False)]
    made = plan(contact(*swabs), PACK, Situation())
    done = {task.key: task.done_by for task in made.tasks if task.kind == "swab"}
    assert done == {"swab-1": "s1", "swab-2": "s3", "swab-3": None}


def test_all_tests_and_days_release() -> None:
    days = (2, 3, 4, 6, 8, 11)
    swabs = [Swab(f"s{day}", at(day, 9), False) for day in days]
    made = plan(contact(*swabs), PACK, Situation())
    assert made.released_at == at(12)
    assert plan(contact(*swabs[:-1]), PACK, Situation()).released_at is None


def test_a_lasting_symptom_leaves_the_end_and_the_next_stage_open() -> None:
    made = plan(contact(Symptom("ill", at(5, 8))), PACK, Situation())
    assert [(stage.mode, stage.until) for stage in made.stages] == [("central", None)]
    assert made.until is None


def test_days_with_symptoms_do_not_count() -> None:
    ill: list[Evidence] = [
        Symptom("ill", at(5, 8)),
        Symptom("again", at(6, 8)),
        Recovery("well", at(7, 8)),
    ]
    made = plan(contact(*ill), PACK, Situation())
    assert [stage.until for stage in made.stages] == [at(12), at(15)]


def test_a_case_counts_from_the_onset_and_that_day_is_the_first() -> None:
    made = plan([ReportedCase("told", at(3, 12), at(1, 20))], PACK, Situation())
    assert made.category == "case"
    assert made.until == at(6)
    assert made.tasks[0].due_at == at(3, 14)


def test_leaving_the_area_starts_the_days() -> None:
    stays: list[Evidence] = [
        Stay("s1", "310115", at(1), at(3, 7)),
        Stay("s2", "310101", at(3, 7), at(4, 19)),
        Arrival("came", at(6, 2), "3301", HOME),
    ]
    risks = Situation([RiskArea("r1", "310115", "medium", at(1))])
    made = plan(stays, PACK, risks)
    assert made.category == "medium"
    assert made.stages[0].from_ == at(3, 7)
    assert made.until == at(11)


def test_a_place_that_is_told_from_when_to_when_outweighs_the_place_of_departure() -> None:
    told: list[Evidence] = [
        Arrival("came", at(10), "3101", HOME),
        Stay("stay", "310115", at(8), at(9)),
    ]
    lowered = Situation([RiskArea("r1", "310115", "medium", at(1), at(8))])
    assert plan(told, PACK, lowered).category == "low"
    assert plan(told[:1], PACK, lowered).possible == "medium"
