"""The engine. Pure: evidence, pack and areas at risk in, a plan out; `now` only where it stands.

It is total: any evidence, in any order and repeated, gets an answer. `plan` does not depend on
the time, so it can be stored; every word that does is a comparison in `standing.standing_at`.
"""

from collections.abc import Iterable
from datetime import datetime

from tongxin.base.texts import Text
from tongxin.policy.anchors import anchor_of
from tongxin.policy.asking import Asking, asking_of
from tongxin.policy.choice import Choice, arrival_known_at, choose, known_at, reasons_of
from tongxin.policy.clauses import Category
from tongxin.policy.codes import codes_of
from tongxin.policy.course import Course, Span, holds_of, laid_out
from tongxin.policy.doubts import contradictions
from tongxin.policy.due import tasks_of
from tongxin.policy.evidence import NOT_TOLD, Evidence, Recorded, Told, told
from tongxin.policy.judgement import (
    Carer,
    Code,
    Excepted,
    Hold,
    Judgement,
    Owed,
    Plan,
    Reason,
    Task,
)
from tongxin.policy.origin import Origin, origin_of
from tongxin.policy.pack import Pack
from tongxin.policy.situation import Situation
from tongxin.policy.standing import standing_at

__all__ = ["judge", "plan", "standing_at"]

_NOTHING = Text(
    "还没有到达、预报、接触或病例的记录，无法判断。",
    "No arrival, declaration, contact or case is recorded yet: there is nothing to judge.",
)
_UNJUDGED = Text("尚未判断", "Not judged yet")
_STAGE = Text("{label}，{days} 天。", "{label}, {days} days.")


def judge(
    evidence: Iterable[Evidence],
    pack: Pack,
    situation: Situation,
    now: datetime,
    recorded: Recorded = NOT_TOLD,
) -> Judgement:
    """The plan, and where it stands at `now`."""
    made = plan(evidence, pack, situation, recorded)
    return Judgement(made, standing_at(made, now))


def plan(
    evidence: Iterable[Evidence], pack: Pack, situation: Situation, recorded: Recorded = NOT_TOLD
) -> Plan:
    """All that follows from the evidence of one episode, whatever the time is now.

    `recorded` tells when its facts were recorded: nothing is due before the township could know.
    """
    said = told(evidence, recorded)
    begun_at, home = _begun(said)
    if begun_at is None:
        return _unjudged(pack, said)
    origin = origin_of(said, pack, situation, begun_at)
    choice = choose(pack, origin, said, home)
    asking = asking_of(choice, pack, origin, said, home, begun_at)
    category = choice.category
    anchor = anchor_of(category.anchor, category.when, origin, said, home, begun_at)
    span = Span(
        begun_at,
        anchor,
        anchor if category.anchor == "crossing" else max(begun_at, anchor),
        arrival_known_at(said, begun_at),
        known_at(choice, origin, said, home, begun_at),
        asking.asked_at,
    )
    holds = holds_of(said, pack, span.anchor)
    codes = codes_of(pack, origin, said, home, begun_at)
    course, series = laid_out(pack, category, said, span, holds)
    tasks = tasks_of(pack, choice, said, span, course, series, holds, asking)
    provisional = not (said.arrivals or said.exposures or said.cases)
    return _plan(
        pack,
        choice,
        asking,
        course,
        said,
        words=origin.words(pack),
        provisional=provisional,
        begun_at=begun_at,
        holds=course.holds if choice.category.stages else holds,
        tasks=() if provisional else tasks,
        codes=codes,
        reasons=_reasons(choice, pack, origin, said),
    )


def _plan(
    pack: Pack,
    choice: Choice,
    asking: Asking,
    course: Course,
    said: Told,
    *,
    words: tuple[str, ...],
    provisional: bool,
    begun_at: datetime,
    holds: tuple[Hold, ...],
    tasks: tuple[Task, ...],
    codes: tuple[Code, ...],
    reasons: tuple[Reason, ...],
) -> Plan:
    category = choice.category
    return Plan(
        pack=pack.pack.id,
        version=pack.pack.version,
        fingerprint=pack.fingerprint,
        category=category.id,
        label=category.label,
        words=words,
        provisional=provisional,
        begun_at=begun_at,
        stages=course.stages,
        until=course.until,
        released_at=course.released_at,
        lacking=course.lacking,
        missed=course.missed,
        holds=holds,
        tasks=tasks,
        questions=asking.questions,
        possible=asking.possible.id if asking.possible else None,
        undetermined=asking.reason,
        undetermined_until=asking.until,
        codes=codes,
        excepted=_excepted(said),
        team=_team(pack, category),
        owed=tuple(Owed(one.text, one.clause, one.source) for one in category.owed),
        advice=category.advice,
        objection=_objection(pack),
        reasons=reasons,
        contradictions=contradictions(said, pack),
    )


def _begun(said: Told) -> tuple[datetime | None, str]:
    """From when the episode counts, and the township it is in. The first arrival counts."""
    if said.arrivals:
        return said.arrivals[0].at, said.arrivals[0].to_area
    known = [exposure.known_at for exposure in said.exposures]
    known += [case.reported_at for case in said.cases]
    if known:
        return min(known), ""
    for declared in said.declared:
        return declared.at, declared.to_area
    return None, ""


def _team(pack: Pack, category: Category) -> tuple[Carer, ...]:
    if category.team is None:
        return ()
    return tuple(Carer(role.id, role.label) for role in pack.team[category.team].roles)


def _reasons(choice: Choice, pack: Pack, origin: Origin, said: Told) -> tuple[Reason, ...]:
    stages = tuple(
        Reason(
            _STAGE.filled(label=stage.label, days=stage.days),
            (),
            stage.clause,
            stage.source,
        )
        for stage in choice.category.stages
    )
    return reasons_of(choice, pack, origin, said) + stages


def _excepted(said: Told) -> tuple[Excepted, ...]:
    return tuple(Excepted(one.reason, one.from_, one.until, one.fact) for one in said.waivers)


def _objection(pack: Pack) -> Owed:
    return Owed(pack.objection.text, pack.objection.clause, pack.objection.source)


def _unjudged(pack: Pack, said: Told) -> Plan:
    facts = tuple(sorted({item.fact for item in said.stays}))
    reason = Reason(_NOTHING, facts, pack.areas.clause, pack.areas.source)
    return Plan(
        pack=pack.pack.id,
        version=pack.pack.version,
        fingerprint=pack.fingerprint,
        category=None,
        label=_UNJUDGED,
        excepted=_excepted(said),
        objection=_objection(pack),
        reasons=(reason,),
    )
