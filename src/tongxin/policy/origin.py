"""Where somebody comes from, in the pack's words: surely, perhaps, or not."""

from datetime import datetime, timedelta

from msgspec import Struct

from tongxin.base.areas import Level, within
from tongxin.base.clock import day_of, start_of
from tongxin.policy.clauses import WIDTHS, Word
from tongxin.policy.evidence import Answer, Stay, Told
from tongxin.policy.judgement import Question
from tongxin.policy.pack import Pack
from tongxin.policy.situation import Nearby, RiskArea, Situation

# How many places a situation remembers: more than there are counties and townships to come from.
_MOST_PLACES = 50_000


class Been(Struct, frozen=True):
    """A stay that counts, when he left there, and since when it was known that he was there.

    A place told as where he set out was left by the first arrival: the first arrival anchors.
    """

    stay: Stay
    left_at: datetime
    known_at: datetime


class Match(Struct, frozen=True):
    """A stay in an area at risk. `left_at`: when he left; `known_at`: since when we know."""

    stay: Stay
    area: RiskArea
    place: str
    left_at: datetime
    known_at: datetime


class Origin(Struct):
    """The words that surely hold, with what shows it, and those that an answer would decide.

    `unknown` is the pack's word for it where no place is known; else empty.
    """

    been: list[Been]
    sure: dict[str, list[Match]]
    perhaps: dict[str, list[Match]]
    unknown: str = ""

    def words(self, pack: Pack) -> tuple[str, ...]:
        """The words that surely hold, in the pack's order; else that of the unknown, or that of
        all other places.
        """
        held = tuple(word.id for word in pack.words if word.id in self.sure)
        return held or (self.unknown or pack.areas.otherwise.id,)

    def questions(self, words: tuple[str, ...]) -> tuple[Question, ...]:
        """The places to ask about by name, for these words, in order of their codes."""
        first: dict[str, Match] = {}
        for word in words:
            for match in self.perhaps.get(word, ()):
                first.setdefault(match.place, match)
        return tuple(
            Question(place, match.area.level, match.stay.fact, match.stay.area)
            for place, match in sorted(first.items(), key=lambda item: item[0])
        )


def origin_of(told: Told, pack: Pack, situation: Situation, begun_at: datetime | None) -> Origin:
    """Hold the stays of the days before `begun_at` against the areas at risk."""
    origin = Origin([], {}, {})
    if begun_at is None:
        return origin
    horizon = start_of(day_of(begun_at) - timedelta(days=pack.areas.lookback_days))
    answers = _answers(told)
    for stay, left_by in _stays(told, horizon, answers):
        from_, until = bounds(stay, horizon, begun_at)
        if until > horizon:
            been = Been(stay, min(until, left_by or until), told.known_at(stay.fact, begun_at))
            origin.been.append(been)
            if not situation.is_empty:
                # Only what was in these days counts, of the stay as of the time at risk.
                _match(origin, pack, situation, been, (max(from_, horizon), until), answers, told)
    if not origin.been and pack.areas.unknown is not None:
        origin.unknown = pack.areas.unknown.id
    return origin


def bounds(stay: Stay, since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """The stay's two instants in order; what was not told lies at `since` and `until`."""
    end = stay.until if stay.until is not None else max(until, stay.from_ or until)
    begin = stay.from_ if stay.from_ is not None else min(since, end)
    return (begin, end) if begin <= end else (end, begin)


def _answers(told: Told) -> dict[str, Answer]:
    """One answer for each place: a yes outweighs any no, for caution; the oldest counts."""
    kept: dict[str, Answer] = {}
    for answer in told.answers:
        if answer.place not in kept or (answer.inside and not kept[answer.place].inside):
            kept[answer.place] = answer
    return kept


def _stays(
    told: Told, horizon: datetime, answers: dict[str, Answer]
) -> list[tuple[Stay, datetime | None]]:
    """The stays that were told, and for each arrival the place it came from, left at the latest
    by the first. Where only a province or city was told, the counties of it that he said yes to.

    That place counts as a stay since `horizon`, unless a told stay is more exact about it and
    reaches up to the journey: one that ended long before says nothing of where he set out. A told
    stay that is wider lends its beginning. Where no arrival tells a place, the one declared counts.
    """
    stays: list[tuple[Stay, datetime | None]] = [(stay, None) for stay in told.stays]
    came = [arrival for arrival in told.arrivals if arrival.from_area]
    first = told.arrivals[0].at if told.arrivals else None
    for arrival in came or told.declared:
        area, at = arrival.from_area, arrival.at if came or first is None else first
        if not area or any(_leads_to(stay, at, area) for stay in told.stays):
            continue
        wider = [stay.from_ or horizon for stay in told.stays if within(area, stay.area)]
        since = min(wider, default=horizon)
        stays.append((Stay(arrival.fact, area, min(since, at), at), first))
    return stays + [
        (Stay(answer.fact, county, stay.from_, stay.until), left_by)
        for stay, left_by in stays
        if len(stay.area) < Level.COUNTY
        for county, answer in answers.items()
        if answer.inside and len(county) == Level.COUNTY and within(county, stay.area)
    ]


def _leads_to(stay: Stay, arrived_at: datetime, area: str) -> bool:
    """Whether this stay in `area` lasted up to the journey: the arrival's day or the one before."""
    if not within(stay.area, area):
        return False
    return stay.until is None or stay.until >= start_of(day_of(arrived_at) - timedelta(days=1))


def _match(
    origin: Origin,
    pack: Pack,
    situation: Situation,
    been: Been,
    during: tuple[datetime, datetime],
    answers: dict[str, Answer],
    told: Told,
) -> None:
    """A county may have hundreds of places at risk: of the sure ones only the first counts.

    A province has thousands: where he told no more, he is asked about its counties first.
    """
    from_, until = during
    reached = until + timedelta(days=pack.areas.reach_back_days)
    surest: dict[str, Match] = {}
    is_wide = len(been.stay.area) < Level.COUNTY
    for area, named, readings in _around(pack, situation, been.stay.area):
        if not area.held_during(from_, reached):
            continue
        asks_county = is_wide and len(area.code) >= Level.COUNTY
        place = area.code[: Level.COUNTY] if asks_county else named
        if asks_county and place in answers:
            continue  # he was not there, or a stay of its own says that he was
        answer = answers.get(place) if answers else None
        known = max(area.known, been.known_at)
        for word, reading in readings:
            inside, known_at = reading, known
            if inside is None and answer is not None:
                inside = answer.inside
                known_at = max(known, told.known_at(answer.fact, answer.at))
            if inside is None:
                found = Match(been.stay, area, place, been.left_at, known_at)
                origin.perhaps.setdefault(word, []).append(found)
            elif inside and (word not in surest or known_at < surest[word].known_at):
                surest[word] = Match(been.stay, area, place, been.left_at, known_at)
    for word, match in surest.items():
        origin.sure.setdefault(word, []).append(match)


def _around(pack: Pack, situation: Situation, code: str) -> Nearby:
    """The areas at risk around a place, each with its name and what every word makes of it.

    Kept beside the situation: people come from few places, and one list serves them all.
    """
    words = pack.words
    kept = situation.nearby.get((id(words), code))
    if kept is not None:
        return kept[1]
    found: list[tuple[RiskArea, str, tuple[tuple[str, bool | None], ...]]] = []
    for area in situation.around(pack.reach(code), code):
        read = [(word.id, _inside(code, area, word)) for word in pack.words_of.get(area.level, ())]
        readings = tuple((word, inside) for word, inside in read if inside is not False)
        if readings:
            found.append((area, area.place, readings))
    # The words are kept too, so that their id cannot come to mean others.
    if len(situation.nearby) >= _MOST_PLACES:
        situation.nearby.clear()
    situation.nearby[id(words), code] = (words, tuple(found))
    return tuple(found)


def _inside(place: str, area: RiskArea, word: Word) -> bool | None:
    """Whether `place` lies in `area` as `word` understands it; None: it must be asked."""
    code, whole = area.code, area.whole
    if word.widened_to is not None and len(code) >= WIDTHS[word.widened_to]:
        code, whole = code[: WIDTHS[word.widened_to]], True
    if within(place, code):
        return True if whole else None
    return None if within(code, place) else False
