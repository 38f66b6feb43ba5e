"""What somebody is told who declares a return: what to bring, what will be asked, no punishment."""

from datetime import datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_engine import instants, packs, situations, told
from tongxin.base.clock import ZONE
from tongxin.policy.declaring import Ahead, ahead_of, in_time
from tongxin.policy.evidence import Evidence, Expectation
from tongxin.policy.explain import Topic
from tongxin.policy.pack import Pack
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation

HENAN: Final = shipped_pack("henan-2022-04")
PLANNED: Final = datetime(2022, 4, 5, 18, tzinfo=ZONE)
PUDONG: Final = Situation([RiskArea("list", "310115", "medium", PLANNED - timedelta(days=9))])


def declared(from_area: str = "310115", before: timedelta = timedelta(days=3)) -> Ahead:
    evidence = [Expectation("told", PLANNED, from_area, "411526108201")]
    return ahead_of(evidence, HENAN, PUDONG, PLANNED - before, PLANNED - before)


def said(ahead: Ahead, topic: Topic) -> list[str]:
    return [line.text.zh for line in ahead.lines if line.topic is topic]


def test_what_to_bring_and_since_when_the_certificate_must_be() -> None:
    assert said(declared(), Topic.BRING) == [
        "到村口请出示：健康码、行程码、核酸阴性证明。没有手机的带上身份证，不因为没有码拦人。",
        "证明从出报告起 48 小时内有效：按 2022年4月5日 18:00 到达，"
        "要在 2022年4月3日 18:00 以后出报告。",
        "没有证明也可以回家，到后补做一次检测。",
    ]


def test_what_will_be_asked_for_how_long() -> None:
    asked = said(declared(), Topic.ASKED)
    assert "到达后：居家健康监测 7 天。" in asked
    assert "到达后：三天两检。" in asked
    assert "到达后：每天测温 2 次。" in asked
    assert "按计划到达的话，至2022年4月12日24时。" in asked


def test_somebody_of_a_low_risk_area_is_asked_to_register_only() -> None:
    ahead = declared("410105")
    assert ahead.judgement.plan.category == "low-risk"
    assert said(ahead, Topic.ASKED) == ["登记后正常生活，有症状马上告诉村医。"]


def test_declared_late_is_said_and_changes_nothing() -> None:
    early, late = declared(), declared(before=timedelta(days=1))
    assert (early.in_time, late.in_time) == (True, False)
    assert said(early, Topic.MISSED) == []
    assert said(late, Topic.MISSED) == ["报备要提前 3 天，这次晚了：照样受理，不因此受罚。"]
    assert early.judgement.plan == late.judgement.plan


def test_days_ahead_are_civil_days() -> None:
    three_days = PLANNED.replace(day=2, hour=23, minute=59)
    assert in_time(three_days, PLANNED, HENAN) is True
    assert in_time(three_days + timedelta(minutes=1), PLANNED, HENAN) is False
    assert in_time(three_days, PLANNED, shipped_pack("watch")) is None


@given(told, packs, situations, instants, instants, st.booleans())
def test_whatever_is_declared_gets_an_answer(
    evidence: list[Evidence],
    pack: Pack,
    risks: list[RiskArea],
    declared_at: datetime,
    now: datetime,
    again: bool,
) -> None:
    evidence = [Expectation("told", PLANNED, "310115", "411526108201"), *evidence]
    ahead = ahead_of(evidence, pack, Situation(risks), declared_at, now)
    assert ahead.lines
    assert all(line.text.zh and line.text.en for line in ahead.lines)
    turned = [*reversed(evidence), *evidence] if again else [*reversed(evidence)]
    assert ahead_of(turned, pack, Situation(risks), declared_at, now) == ahead
