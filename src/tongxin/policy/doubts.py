"""What a person must look at: facts that cannot all be right, or that no rule speaks of.

The rules judge on meanwhile.
"""

from datetime import datetime, timedelta

from tongxin.base.clock import day_of
from tongxin.base.texts import Text
from tongxin.policy.evidence import Told
from tongxin.policy.judgement import Contradiction
from tongxin.policy.pack import Pack

_BACKWARDS = Text("停留的结束早于开始。", "A stay ends before it begins.")
_STILL_THERE = Text("到达时，另一地的停留还没有结束。", "The arrival is before the stay's end.")
_TWO_ARRIVALS = Text(
    "同一次行程有两次不同日期的到达，按最早的一次计算。",
    "One journey has arrivals on different days: the earliest counts.",
)
_TWO_DESTINATIONS = Text(
    "同一次行程到达不同的乡镇。", "One journey arrives in different townships."
)
_BOTH_ANSWERS = Text(
    "同一地点既答“去过”又答“没去过”，按去过计算。",
    "About one place both yes and no were answered: yes counts.",
)
_BOTH_RESULTS = Text(
    "同一时间的采样既有阴性又有阳性，按阳性处理。",
    "One sample is both negative and positive: positive counts.",
)
_AHEAD = Text(
    "有检测、体温、症状或消退的时间晚于登记的时间：不能据此解除，请核实时间。",
    "A test, a temperature, a symptom or a recovery is said to be later than it was recorded: it "
    "releases nobody, check the time.",
)
_NO_CONTACTS = Text(
    "有接触病例的记录，但现行规则没有写这种接触怎么办，请请示上级。",
    "A contact with a case is recorded, but these rules do not say what then: ask the county.",
)
_NO_CASES = Text(
    "已被报告为病例，但现行规则没有写病例怎么办，请请示上级。",
    "This person is reported as a case, but these rules do not say what then: ask the county.",
)
_TOWNSHIP = 9


def contradictions(told: Told, pack: Pack) -> tuple[Contradiction, ...]:
    """All contradictions, each with the facts that disagree, and what the pack is silent about."""
    return (
        *_stays(told),
        *_arrivals(told),
        *_answers(told),
        *_swabs(told),
        *_ahead(told),
        *_silences(told, pack),
    )


def _silences(told: Told, pack: Pack) -> list[Contradiction]:
    """What was told and falls into no category: it must not pass for harmless."""
    ways = [when for category in pack.categories for when in category.when]
    degrees = {when.contact for when in ways}
    unheard = tuple(e.fact for e in told.exposures if e.degree not in degrees)
    found = [Contradiction(_NO_CONTACTS, unheard)] if unheard else []
    if told.cases and not any(when.reported_case for when in ways):
        found.append(Contradiction(_NO_CASES, tuple(case.fact for case in told.cases)))
    return found


def _stays(told: Told) -> list[Contradiction]:
    found = []
    for stay in told.stays:
        if stay.from_ is not None and stay.until is not None and stay.until < stay.from_:
            found.append(Contradiction(_BACKWARDS, (stay.fact,)))
        elif stay.until is not None:
            late = [a.fact for a in told.arrivals if _before(a.at, stay.from_, stay.until)]
            if late:
                found.append(Contradiction(_STILL_THERE, (stay.fact, *late)))
    return found


def _before(at: datetime, from_: datetime | None, until: datetime) -> bool:
    """Whether an arrival lies inside a stay elsewhere (one of unknown beginning included)."""
    return at < until and (from_ is None or from_ - timedelta(days=1) < at)


def _arrivals(told: Told) -> list[Contradiction]:
    facts = tuple(arrival.fact for arrival in told.arrivals)
    found = []
    if len({day_of(arrival.at) for arrival in told.arrivals}) > 1:
        found.append(Contradiction(_TWO_ARRIVALS, facts))
    if len({arrival.to_area[:_TOWNSHIP] for arrival in told.arrivals}) > 1:
        found.append(Contradiction(_TWO_DESTINATIONS, facts))
    return found


def _answers(told: Told) -> list[Contradiction]:
    said: dict[str, dict[bool, str]] = {}
    for answer in told.answers:
        said.setdefault(answer.place, {}).setdefault(answer.inside, answer.fact)
    both = [answers for _, answers in sorted(said.items()) if len(answers) > 1]
    return [Contradiction(_BOTH_ANSWERS, (answers[True], answers[False])) for answers in both]


def _swabs(told: Told) -> list[Contradiction]:
    negative = {swab.taken_at: swab.fact for swab in reversed(told.swabs) if not swab.positive}
    return [
        Contradiction(_BOTH_RESULTS, (swab.fact, negative[swab.taken_at]))
        for swab in told.swabs
        if swab.positive and swab.taken_at in negative
    ]


def _ahead(told: Told) -> list[Contradiction]:
    facts = tuple(dict.fromkeys(one.fact for one in told.ahead))
    return [Contradiction(_AHEAD, facts)] if facts else []
