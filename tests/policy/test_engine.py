"""What must hold of every judgement, whatever was told, in whatever order and however often."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.policy.shape import shape_pack
from tongxin.base.clock import ZONE
from tongxin.policy.engine import judge, plan
from tongxin.policy.evidence import (
    Answer,
    Arrival,
    Done,
    Evidence,
    Expectation,
    Exposure,
    Recovery,
    ReportedCase,
    Stay,
    Swab,
    Symptom,
    Temperature,
    Waiver,
)
from tongxin.policy.explain import Topic, explain
from tongxin.policy.judgement import Plan, Standing
from tongxin.policy.pack import Pack
from tongxin.policy.shipped import shipped_pack
from tongxin.policy.situation import RiskArea, Situation
from tongxin.policy.standing import standing_at

HENAN: Final = shipped_pack("henan-2022-04")
PACKS: Final = (HENAN, shipped_pack("watch"), shape_pack())
HOME: Final = "411526108201"
START: Final = datetime(2022, 4, 1, tzinfo=ZONE)
CODES: Final = ("31", "3101", "310115", "310115139", "310115139001", "4101", "410105", "411526108")
PART: Final = "310115#某小区"

# A month around the arrival; whole days often, so that edges meet.
instants = st.one_of(
    st.integers(-20, 20).map(lambda days: START + timedelta(days=days)),
    st.integers(-28_000, 28_000).map(lambda minutes: START + timedelta(minutes=minutes)),
)
facts = st.sampled_from([f"f{n}" for n in range(12)])
areas = st.sampled_from(CODES)
maybe = st.one_of(st.none(), instants)
answered = st.sampled_from([PART, "310115139"])

statements: st.SearchStrategy[Evidence] = st.one_of(
    st.builds(Arrival, facts, instants, st.one_of(st.just(""), areas), st.just(HOME)),
    st.builds(Expectation, facts, instants, areas, st.just(HOME)),
    st.builds(Stay, facts, areas, maybe, maybe),
    st.builds(Answer, facts, instants, answered, st.booleans()),
    st.builds(Exposure, facts, instants, instants, st.sampled_from(["close", "second"])),
    st.builds(ReportedCase, facts, instants, maybe),
    st.builds(Swab, facts, instants, st.booleans()),
    st.builds(Symptom, facts, instants),
    st.builds(Temperature, facts, instants, st.sampled_from([36.5, 37.2, 37.3, 39.0])),
    st.builds(Recovery, facts, instants),
    st.builds(
        Done, facts, st.sampled_from(["register", "control", "swab-1", "nonsense"]), instants
    ),
    st.builds(Waiver, facts, st.sampled_from(["看病", "{0}"]), instants, instants),
)
told = st.lists(statements, max_size=12)
risk_areas = st.one_of(
    st.builds(
        RiskArea,
        facts,
        st.sampled_from(CODES[:5]),
        st.sampled_from(["high", "medium", "affected", "unheard-of"]),
        instants,
        maybe,
    ),
    st.builds(
        lambda fact, since, until: RiskArea(
            fact, "310115", "medium", since, until, whole=False, name="某小区"
        ),
        facts,
        instants,
        maybe,
    ),
)
recorded = st.dictionaries(facts, instants)
situations = st.lists(risk_areas, max_size=5)
packs = st.sampled_from(PACKS)
orders = st.randoms(use_true_random=False)


@given(told, situations, packs, instants, orders, recorded)
def test_order_and_repetition_change_nothing(
    evidence: list[Evidence],
    risks: list[RiskArea],
    pack: Pack,
    now: datetime,
    order: Random,
    recorded: dict[str, datetime],
) -> None:
    first = judge(evidence, pack, Situation(risks), now, recorded)
    again, twice = [*evidence, *evidence[:5]], [*risks, *risks[:2]]
    order.shuffle(again)
    order.shuffle(twice)
    assert judge(again, pack, Situation(twice), now, recorded) == first


@given(told, situations, packs, instants)
def test_nothing_is_due_before_anybody_could_know_of_it(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack, known_at: datetime
) -> None:
    late = [structs.replace(risk, known_at=known_at) for risk in risks]
    recorded = dict.fromkeys((item.fact for item in evidence), known_at)
    made = plan(evidence, pack, Situation(late), recorded)
    assert all(task.due_at >= known_at for task in made.next_tasks)


@given(told, situations, packs, instants, recorded)
def test_when_it_was_recorded_changes_no_category_and_no_days(
    evidence: list[Evidence],
    risks: list[RiskArea],
    pack: Pack,
    known_at: datetime,
    recorded: dict[str, datetime],
) -> None:
    evidence = [item for item in evidence if not isinstance(item, Expectation)]
    late = [structs.replace(risk, known_at=known_at) for risk in risks]
    one = plan(evidence, pack, Situation(late), recorded)
    other = plan(evidence, pack, Situation(risks))
    assert (one.category, one.words, one.questions) == (
        other.category,
        other.words,
        other.questions,
    )
    assert (one.begun_at, one.codes) == (other.begun_at, other.codes)


@given(told, situations, packs, instants)
def test_every_judgement_says_why_and_how_to_object(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack, now: datetime
) -> None:
    judgement = judge(evidence, pack, Situation(risks), now)
    assert judgement.plan.reasons
    assert judgement.standing.because
    known = {item.fact for item in evidence} | {risk.fact for risk in risks}
    lines = explain(judgement, pack)
    assert all(line.text.zh and line.text.en for line in lines)
    assert {fact for line in lines for fact in line.facts} <= known
    wanted = {Topic.STANDING, Topic.WHY, Topic.UNTIL, Topic.OBJECT, Topic.PACK}
    assert wanted <= {line.topic for line in lines}


@given(told, situations, packs)
def test_stages_follow_one_another_without_overlap(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack
) -> None:
    made = plan(evidence, pack, Situation(risks))
    for stage in made.stages:
        assert stage.until is None or stage.from_ < stage.until or stage.until == made.released_at
    for before, after in pairwise(made.stages):
        assert before.until == after.from_


@given(told, situations, packs)
def test_one_task_of_each_kind_is_next_and_keys_are_unique(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack
) -> None:
    made = plan(evidence, pack, Situation(risks))
    kinds = [task.kind for task in made.next_tasks]
    assert len(kinds) == len(set(kinds))
    keys = [task.key for task in made.tasks]
    assert len(keys) == len(set(keys))
    assert all(task.opens_at <= task.due_at for task in made.tasks)


@given(told, situations, packs, instants, instants)
def test_what_is_released_stays_released(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack, one: datetime, other: datetime
) -> None:
    """As long as nothing new is told, and no exception or question is in the way."""
    made = plan(evidence, pack, Situation(risks))
    if standing_at(made, min(one, other)).word is Standing.RELEASED:
        later = standing_at(made, max(one, other)).word
        assert later is Standing.RELEASED or made.excepted


@given(told, situations, packs)
def test_everybody_counts_under_exactly_one_exclusive_word(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack
) -> None:
    made = plan([Arrival("arrival", START, "", HOME), *evidence], pack, Situation(risks))
    counted = pack.counted_as(made.words)
    assert len([word for word in counted if word in pack.exclusive]) == 1
    assert set(counted) <= set(made.words)


def burden(made: Plan) -> tuple[int, int, int, int]:
    """How much is asked: rank of the category, days, tests and carers."""
    assert made.category is not None
    category = HENAN.categories[HENAN.rank[made.category]]
    days = sum(stage.days for stage in category.stages)
    tests = HENAN.test_rule[category.tests].count if category.tests else 0
    return len(HENAN.categories) - HENAN.rank[made.category], days, tests, len(made.team)


@given(told, situations, risk_areas, instants, areas)
def test_more_risk_never_asks_less(
    evidence: list[Evidence], risks: list[RiskArea], more: RiskArea, at: datetime, code: str
) -> None:
    evidence = [Arrival("arrival", at, code, HOME), *evidence]
    less_asked = burden(plan(evidence, HENAN, Situation(risks)))
    more_asked = burden(plan(evidence, HENAN, Situation([*risks, more])))
    assert all(before <= after for before, after in zip(less_asked, more_asked, strict=True))


@given(told, situations, packs)
def test_a_symptom_that_lasts_never_releases(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack
) -> None:
    arrival = Arrival("arrival", START - timedelta(days=30), "310115", HOME)
    ill = Symptom("ill", START - timedelta(days=30))
    lasting = [item for item in evidence if not isinstance(item, Recovery | ReportedCase)]
    made = plan([*lasting, arrival, ill], pack, Situation(risks))
    assert made.released_at is None
    if made.stages:
        assert standing_at(made, START + timedelta(days=60)).word is Standing.HELD


@given(told, situations, packs)
def test_only_a_waiver_can_except(
    evidence: list[Evidence], risks: list[RiskArea], pack: Pack
) -> None:
    plain = [item for item in evidence if not isinstance(item, Waiver)]
    made = plan(plain, pack, Situation(risks))
    for days in range(-20, 30, 3):
        standing = standing_at(made, START + timedelta(days=days))
        assert standing.word is not Standing.EXCEPTED


def test_instants_of_other_offsets_mean_the_same() -> None:
    here = Arrival("a", datetime(2022, 4, 1, 0, 30, tzinfo=ZONE), "310115", HOME)
    there = Arrival("a", here.at.astimezone(tz=None), "310115", HOME)
    risk = RiskArea("r", "310115", "medium", START - timedelta(days=9))
    assert plan([here], HENAN, Situation([risk])) == plan([there], HENAN, Situation([risk]))
