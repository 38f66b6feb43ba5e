"""Which category somebody falls into: the first in the pack's order that surely fits."""

from datetime import datetime
from enum import IntEnum

from msgspec import Struct

from tongxin.base.areas import overlap, within
from tongxin.base.texts import Text
from tongxin.policy.clauses import WIDTHS, Category, When, Word
from tongxin.policy.evidence import Told
from tongxin.policy.judgement import Reason
from tongxin.policy.origin import Been, Match, Origin
from tongxin.policy.pack import Pack

_BY_ORIGIN = Text("停留地属于“{word}”。", "The place of stay is “{word}”.")
_BY_WIDENED = Text(
    "停留的{width}里有风险地区，整个{width}按“{word}”对待。",
    "There are areas at risk in the {width} of the stay, all of which counts as “{word}”.",
)
_BY_UNKNOWN = Text(
    "从哪里来没有说，或者说的地方认不出。",
    "Where the person comes from was not told, or is not recognised.",
)
_BY_OUTSIDE = Text("从本{width}以外返回。", "Came from outside this {width}.")
_BY_CONTACT = Text("与病例有过接触。", "Was in contact with a case.")
_BY_CASE = Text("已被报告为病例。", "Was reported as a case.")
_BY_DEFAULT = Text("没有落入更严格的类别。", "No stricter category applies.")
_WIDTH_WORDS = {
    "province": Text("省", "province"),
    "city": Text("市", "city"),
    "county": Text("县", "county"),
    "township": Text("乡镇", "township"),
}


class Fit(IntEnum):
    """Whether something holds; PERHAPS: an answer would decide."""

    NO = 0
    PERHAPS = 1
    YES = 2


class Choice(Struct, frozen=True):
    """The category, the way into it, and the stricter one that an answer might bring."""

    category: Category
    when: When
    possible: Category | None
    asks_about: tuple[str, ...]


def choose(pack: Pack, origin: Origin, told: Told, home: str) -> Choice:
    """The first category that surely fits. The reader makes sure that the last fits everyone."""
    possible: Category | None = None
    asks_about: tuple[str, ...] = ()
    for category in pack.categories:
        for when in category.when:
            fit = fits(when, origin, told, home)
            if fit is Fit.YES:
                return Choice(category, when, possible, asks_about)
            if fit is Fit.PERHAPS:
                possible = possible or category
                asks_about += tuple(w for w in when.origin if w not in asks_about)
    raise AssertionError("a pack whose last category does not take everyone was let in")


def fits(when: When, origin: Origin, told: Told, home: str) -> Fit:
    """Whether one way into a category holds for this person."""
    if when.contact is not None and not _exposed(told, when.contact):
        return Fit.NO
    if when.reported_case and not told.cases:
        return Fit.NO
    if when.outside is not None and not _outside(origin, home, WIDTHS[when.outside]):
        return Fit.NO
    if not when.origin or any(_holds(word, origin) for word in when.origin):
        return Fit.YES
    return Fit.PERHAPS if any(word in origin.perhaps for word in when.origin) else Fit.NO


def _holds(word: str, origin: Origin) -> bool:
    return word in origin.sure or (bool(origin.unknown) and word == origin.unknown)


def arrival_known_at(told: Told, begun_at: datetime) -> datetime:
    """Since when the township could know of the episode: its first arrival that was recorded, or
    else what it was first told of him.
    """
    known = [told.known_at(a.fact, a.at) for a in told.arrivals]
    if not known:
        known = [told.known_at(e.fact, e.known_at) for e in told.exposures]
        known += [told.known_at(c.fact, c.reported_at) for c in told.cases]
    return min(known, default=begun_at)


def known_at(choice: Choice, origin: Origin, told: Told, home: str, begun_at: datetime) -> datetime:
    """Since when the township could know that this category applies: deadlines count from there."""
    when, since = choice.when, arrival_known_at(told, begun_at)
    if when.origin:
        since = max(since, min((m.known_at for m in _matches(when, origin)), default=since))
    if when.outside is not None:
        came = _outside(origin, home, WIDTHS[when.outside])
        since = max(since, min(been.known_at for been in came))
    if when.contact is not None:
        exposed = [e for e in told.exposures if e.degree == when.contact]
        since = max(since, min(told.known_at(e.fact, e.known_at) for e in exposed))
    if when.reported_case:
        since = max(since, min(told.known_at(c.fact, c.reported_at) for c in told.cases))
    return since


def reasons_of(choice: Choice, pack: Pack, origin: Origin, told: Told) -> tuple[Reason, ...]:
    """Why this category: one reason for each stay in each word, and each other condition."""
    category, when = choice.category, choice.when
    facts = tuple(arrival.fact for arrival in told.arrivals or told.declared)
    reasons = _origin_reasons(when, pack, origin)
    if origin.unknown and origin.unknown in when.origin:
        reasons.append(Reason(_BY_UNKNOWN, facts, pack.areas.clause, pack.areas.source))
    if when.outside is not None:
        text = _BY_OUTSIDE.filled(width=_WIDTH_WORDS[when.outside])
        reasons.append(Reason(text, facts, category.clause, category.source))
    if when.contact is not None:
        exposed = tuple(e.fact for e in told.exposures if e.degree == when.contact)
        reasons.append(Reason(_BY_CONTACT, exposed, category.clause, category.source))
    if when.reported_case:
        cases = tuple(case.fact for case in told.cases)
        reasons.append(Reason(_BY_CASE, cases, category.clause, category.source))
    if when.everyone:
        reasons.append(Reason(_BY_DEFAULT, facts, category.clause, category.source))
    return tuple(reasons)


def _origin_reasons(when: When, pack: Pack, origin: Origin) -> list[Reason]:
    seen: set[tuple[str, str]] = set()
    reasons = []
    for word in (pack.word[name] for name in when.origin if name in origin.sure):
        for match in origin.sure[word.id]:
            if (word.id, match.stay.fact) not in seen:
                seen.add((word.id, match.stay.fact))
                text = _by_word(word, match)
                facts = (match.stay.fact, match.area.fact)
                place = match.place
                reasons.append(Reason(text, facts, word.clause, word.source, place))
    return reasons


def _by_word(word: Word, match: Match) -> Text:
    """By the place itself, or only because the word is widened to all around it."""
    itself = match.area.whole and within(match.stay.area, match.area.code)
    if word.widened_to is None or itself:
        return _BY_ORIGIN.filled(word=word.label)
    return _BY_WIDENED.filled(word=word.label, width=_WIDTH_WORDS[word.widened_to])


def _matches(when: When, origin: Origin) -> list[Match]:
    return [match for word in when.origin for match in origin.sure.get(word, ())]


def _exposed(told: Told, degree: str) -> bool:
    return any(exposure.degree == degree for exposure in told.exposures)


def _outside(origin: Origin, home: str, width: int) -> list[Been]:
    """The stays outside. A place told less exactly than `width` is not held against the person."""
    inside = home[:width]
    return [been for been in origin.been if not overlap(been.stay.area, inside)]
