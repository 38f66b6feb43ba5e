"""The undetermined: only parts of a place are at risk, and nobody has said in or out yet."""

from datetime import datetime

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.policy.choice import Choice, anchor_of
from tongxin.policy.clauses import Category
from tongxin.policy.course import Clock, stages_of
from tongxin.policy.evidence import Told
from tongxin.policy.judgement import Question, Reason
from tongxin.policy.origin import Origin
from tongxin.policy.pack import Pack

_ASK = Text(
    "停留的地方只有一部分有风险，须先逐个询问。",
    "Only parts of the place of stay are at risk: each must be asked about by name.",
)


class Asking(Struct, frozen=True):
    """What to ask, why, since when that is known, and until when an answer matters."""

    questions: tuple[Question, ...]
    possible: Category | None
    reason: Reason | None
    asked_at: datetime
    until: datetime | None


def asking_of(choice: Choice, pack: Pack, origin: Origin, told: Told, begun_at: datetime) -> Asking:
    """The questions whose answers might bring a stricter category than the one chosen.

    An answer matters until the days of that category would be over.
    """
    possible = choice.possible
    if possible is None:
        return Asking((), None, None, begun_at, None)
    questions = origin.questions(choice.asks_about)
    matches = [m for word in choice.asks_about for m in origin.perhaps.get(word, ())]
    supposed = Origin(origin.stays, {**origin.perhaps, **origin.sure}, {})
    clock = Clock(anchor_of(possible, supposed, told, begun_at), possible.anchor_day)
    stages = stages_of(possible.stages, clock, ())
    word = pack.word[choice.asks_about[0]]
    facts = tuple(sorted({question.stay for question in questions}))
    return Asking(
        questions,
        possible,
        Reason(_ASK, facts, word.clause, word.source),
        max(begun_at, min(match.known_at for match in matches)),
        stages[-1].until if stages else None,
    )
