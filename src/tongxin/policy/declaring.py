"""What somebody who declares a return is told at once: what to bring, and what will be asked.

Nothing of it is a standing yet: it holds if he comes as he says and the areas at risk stay as they
are. Declaring late is said, and has no consequence.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from tongxin.base.clock import day_of
from tongxin.base.texts import Text
from tongxin.policy.engine import judge
from tongxin.policy.evidence import NOT_TOLD, Arrival, Evidence, Recorded, told
from tongxin.policy.explain import Line, Topic, explain, source_of
from tongxin.policy.judgement import Judgement
from tongxin.policy.origin import origin_of
from tongxin.policy.pack import Pack
from tongxin.policy.papers import papers_for, to_bring
from tongxin.policy.situation import Situation

_LATE = Text(
    "报备要提前 {days} 天，这次晚了：照样受理，不因此受罚。",
    "A return is declared {days} days ahead; this one is late. It is taken all the same, and "
    "nothing follows from it.",
)


class Ahead(Struct, frozen=True):
    """What is told ahead. `in_time` None: the pack asks for no days. `judgement` is provisional."""

    lines: tuple[Line, ...]
    in_time: bool | None
    judgement: Judgement


def in_time(declared_at: datetime, planned_at: datetime, pack: Pack) -> bool | None:
    """Whether a return was declared as many civil days ahead as the pack asks for."""
    if pack.declaration is None:
        return None
    ahead = day_of(planned_at) - day_of(declared_at)
    return ahead >= timedelta(days=pack.declaration.days_ahead)


def ahead_of(
    evidence: Iterable[Evidence],
    pack: Pack,
    situation: Situation,
    declared_at: datetime,
    now: datetime,
    recorded: Recorded = NOT_TOLD,
) -> Ahead:
    """What to tell somebody who declared at `declared_at` and has not arrived yet.

    An arrival among the evidence is left out: what was told ahead does not change by it.
    """
    before = [item for item in evidence if not isinstance(item, Arrival)]
    judgement = judge(before, pack, situation, now, recorded)
    said = told(before, recorded)
    lines: list[Line] = []
    early = None
    for declared in said.declared:
        origin = origin_of(said, pack, situation, declared.at)
        papers = papers_for(pack, origin, said, declared.to_area)
        lines += to_bring(pack, papers, declared.at) if papers else []
        early = in_time(declared_at, declared.at, pack)
    lines += explain(judgement, pack)
    if early is False and pack.declaration is not None:
        rule = pack.declaration
        text = _LATE.filled(days=rule.days_ahead)
        lines.append(Line(Topic.MISSED, text, (), rule.clause, source_of(rule.source, pack)))
    return Ahead(tuple(lines), early, judgement)
