"""What a person is told: why, until when, what is owed, how to object."""

from datetime import datetime, timedelta
from typing import Final

from tongxin.base.clock import ZONE
from tongxin.policy.engine import judge
from tongxin.policy.evidence import Arrival, Evidence, Swab, Waiver
from tongxin.policy.explain import Line, Topic, explain
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation

HENAN: Final = shipped_pack("henan-2022-04")
ARRIVED: Final = datetime(2022, 4, 1, 2, 30, tzinfo=ZONE)
CAME: Final = Arrival("came", ARRIVED, "310115", "411526108201")
RISK: Final = Situation([RiskArea("list", "310115", "medium", ARRIVED - timedelta(days=9))])


def lines(*more: Evidence, after: timedelta = timedelta(hours=1)) -> list[Line]:
    return list(explain(judge([CAME, *more], HENAN, RISK, ARRIVED + after), HENAN))


def about(topic: Topic, told: list[Line]) -> list[str]:
    return [line.text.en for line in told if line.topic is topic]


def test_why_names_facts_place_clause_and_source() -> None:
    why = next(line for line in lines() if line.topic is Topic.WHY)
    assert why.text.zh == "停留地属于“中风险地区”。"
    assert why.facts == ("came", "list")
    assert why.place == "310115"
    assert why.clause == HENAN.word["medium"].clause
    assert why.source == HENAN.sources["A"].title


def test_until_names_the_last_whole_day() -> None:
    until = next(line for line in lines() if line.topic is Topic.UNTIL)
    assert until.text.zh == "至2022年4月8日24时。"
    assert until.text.en == "Through 8 April 2022."


def test_until_within_a_day_is_told_in_civil_time_of_the_township() -> None:
    waiver = Waiver("w", "透析", ARRIVED, ARRIVED + timedelta(hours=8))
    until = next(line for line in lines(waiver) if line.topic is Topic.UNTIL)
    assert until.text.zh == "至2022年4月1日 10:30。"
    assert until.text.en == "Until 2022-04-01 10:30."


def test_what_is_asked_has_its_deadline_and_says_when_it_is_late() -> None:
    assert "Check the registration at the door: by 2022-04-01 04:30." in about(Topic.ASKED, lines())
    late = about(Topic.ASKED, lines(after=timedelta(hours=3)))
    assert "Check the registration at the door: was due by 2022-04-01 04:30, overdue." in late


def test_what_is_owed_names_carers_and_the_promise_of_the_article() -> None:
    owed = about(Topic.OWED, lines())
    assert len(owed) == 3 + 5
    assert any("brought to your door" in line for line in owed)


def test_a_choice_of_the_program_is_called_one() -> None:
    objection = next(line for line in lines() if line.topic is Topic.OBJECT)
    assert objection.source is not None
    assert objection.source.en == "A choice of this program; no public source"


def test_held_says_what_is_lacking() -> None:
    told = lines(after=timedelta(days=9))
    assert "Not all tests asked for are negative yet." in about(Topic.WHY, told)
    assert "not known yet" in about(Topic.UNTIL, told)[0]


def test_released_says_since_when_and_asks_no_test_any_more() -> None:
    swabs = [Swab(f"s{n}", ARRIVED + timedelta(hours=24 * n), False) for n in (0, 1)]
    told = lines(*swabs, after=timedelta(days=9))
    assert about(Topic.UNTIL, told) == ["Released at 2022-04-09 00:00."]
    assert not any("Test" in line for line in about(Topic.ASKED, told))


def test_an_exception_is_told_with_its_reason_as_written() -> None:
    waiver = Waiver("w", "{透析} 100%", ARRIVED, ARRIVED + timedelta(days=1))
    assert "An exception was approved: {透析} 100%" in about(Topic.WHY, lines(waiver))
