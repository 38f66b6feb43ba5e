"""The colour of a health code: from the pack's rule and evidence, never typed by anybody."""

from datetime import datetime

from tongxin.base.texts import Text
from tongxin.policy.anchors import anchor_of
from tongxin.policy.choice import Fit, fits
from tongxin.policy.clauses import CodeClause, StageClause
from tongxin.policy.course import Clock, course_of, holds_of
from tongxin.policy.evidence import Told
from tongxin.policy.judgement import Code, Plan, Reason
from tongxin.policy.origin import Origin
from tongxin.policy.pack import Pack
from tongxin.policy.swabs import by_rule

_CODE = Text("健康码：{label}。", "Health code: {label}.")


def colours_at(made: Plan, now: datetime) -> tuple[str, ...]:
    """The colours that the rules give at `now`."""
    return tuple(
        code.colour
        for code in made.codes
        if code.from_ <= now and (code.until is None or now < code.until)
    )


def codes_of(
    pack: Pack,
    origin: Origin,
    told: Told,
    home: str,
    begun_at: datetime,
) -> tuple[Code, ...]:
    """Every colour that applies, from its anchor until one way of release is reached."""
    facts = tuple(arrival.fact for arrival in told.arrivals or told.declared)
    codes = []
    for clause in pack.codes:
        if any(fits(when, origin, told, home) is Fit.YES for when in clause.when):
            from_ = anchor_of(clause.anchor, clause.when, origin, told, home, begun_at)
            until = _until(pack, clause, told, from_)
            text = _CODE.filled(label=clause.label)
            reason = Reason(text, facts, clause.clause, clause.source)
            codes.append(Code(clause.colour, from_, until, reason))
    return tuple(codes)


def _until(pack: Pack, clause: CodeClause, told: Told, from_: datetime) -> datetime | None:
    tested_at = None
    if clause.tests is not None:
        rule = pack.test_rule[clause.tests]
        tested_at = by_rule(rule, told.swabs, from_, from_).tested_at
    days = StageClause(
        source=clause.source,
        clause=clause.clause,
        mode="code_only",
        label=clause.label,
        days=clause.days,
    )
    clock, holds = Clock(from_, clause.anchor_day), holds_of(told, pack, from_)
    return course_of((days,), clause.release, clock, holds, tested_at, from_, from_).released_at
