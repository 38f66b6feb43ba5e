"""The undetermined: only parts of a place are at risk, and nobody has said in or out yet."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from tongxin.base.clock import day_of, start_of
from tongxin.base.texts import Text
from tongxin.policy.anchors import anchor_of
from tongxin.policy.choice import Choice, arrival_known_at
from tongxin.policy.clauses import Category
from tongxin.policy.course import Span, holds_of, laid_out
from tongxin.policy.evidence import Told
from tongxin.policy.judgement import Question, Reason
from tongxin.policy.origin import Match, Origin
from tongxin.policy.pack import Pack

QUESTION: Final = "question"

_DAY: Final = timedelta(days=1)
_ASK = Text(
    "停留的地方只有一部分有风险，须先逐个询问。",
    "Only parts of the place of stay are at risk: each must be asked about by name.",
)


class Asking(Struct, frozen=True):
    """What to ask, why, since when that is known, and until when an answer matters.

    `until` is None exactly where nothing is to be asked.
    """

    questions: tuple[Question, ...]
    possible: Category | None
    reason: Reason | None
    asked_at: datetime
    until: datetime | None


def asking_of(
    choice: Choice, pack: Pack, origin: Origin, told: Told, home: str, begun_at: datetime
) -> Asking:
    """The questions whose answers might bring a stricter category than the one chosen."""
    known_at = arrival_known_at(told, begun_at)
    possible = choice.possible
    if possible is None:
        return Asking((), None, None, known_at, None)
    questions = origin.questions(choice.asks_about)
    matches = [m for word in choice.asks_about for m in origin.perhaps.get(word, ())]
    asked_at = max(known_at, min(match.known_at for match in matches))
    word = pack.word[choice.asks_about[0]]
    facts = tuple(sorted({question.stay for question in questions}))
    supposed = Origin(origin.been, {**origin.perhaps, **origin.sure}, {})
    whens = possible.when
    anchor = anchor_of(possible.anchor, whens, supposed, told, home, begun_at)
    span = Span(begun_at, anchor, max(begun_at, anchor), known_at, begun_at, asked_at)
    return Asking(
        questions,
        possible,
        Reason(_ASK, facts, word.clause, word.source),
        asked_at,
        _matters_until(pack, possible, told, span, matches),
    )


def _matters_until(
    pack: Pack, possible: Category, told: Told, span: Span, matches: list[Match]
) -> datetime:
    """Until when an answer matters.

    It is until the stricter category would have released him all the same, by its days and tests.
    Where it would not have, it is until its days are over and the stay lies further back than the
    pack looks. It is never before the question itself is due.
    """
    course, _ = laid_out(pack, possible, told, span, holds_of(told, pack, span.anchor))
    due_at = span.asked_at + timedelta(hours=pack.deadline[QUESTION].hours)
    if course.released_at is not None:
        return max(course.released_at, due_at)
    left_at = max(match.left_at for match in matches)
    out_of_sight = start_of(day_of(left_at) + (pack.areas.lookback_days + 1) * _DAY)
    return max(out_of_sight, course.until or out_of_sight, due_at)
