"""What arrivals' facts say to the policy engine, and how a plan reads over time. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tongxin.arrivals import facts
from tongxin.arrivals.comings.rules import arrived, counting
from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.base.clock import DAY_MS, from_ms, to_ms
from tongxin.ledger.facts import Entry
from tongxin.policy import evidence
from tongxin.policy.judgement import Plan, StandingAt
from tongxin.work.doing import has_happened
from tongxin.work.facts import TaskDone

# GB 11643: the weights of the first seventeen digits, and the last character by their sum.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST = "10X98765432"


def id_number_fits(value: str) -> bool:
    """Whether an ID number of 18 characters has the last one that the others ask for."""
    digits, last = value[:-1], value[-1:]
    if len(value) != len(_WEIGHTS) + 1 or not (digits.isascii() and digits.isdigit()):
        return False
    return _LAST[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11] == last


class Span(Struct, frozen=True, array_like=True):
    """From this instant (milliseconds) on a person stands so, until the next span."""

    from_ms: int
    word: str
    mode: str = ""


def statements(entry: Entry) -> Iterator[evidence.Evidence]:
    """What one fact tells the engine."""
    yield from _of_travel(entry)
    yield from _of_health(entry)
    at = from_ms(entry.header.happened_at)
    match entry.body:
        case facts.PlaceAnswered(place=place, inside=inside):
            yield evidence.Answer(entry.id, at, place, inside)
        case facts.PlacesAnswered(asked=asked, inside=inside):
            was = set(inside)
            yield from (evidence.Answer(entry.id, at, place, place in was) for place in asked)
        case TaskDone(task=task, done_at=done_at) if has_happened(done_at, entry):
            yield evidence.Done(entry.id, task, done_at)


def _of_travel(entry: Entry) -> Iterator[evidence.Evidence]:
    """That somebody is expected or has arrived, and what was seen of him there."""
    match entry.body:
        case facts.ArrivalRecorded():
            yield from _arrival(entry)
        case FindingMade(celsius=celsius, visited_at=visited_at):
            yield from _arrival(entry)
            if celsius is not None:
                yield evidence.Temperature(entry.id, visited_at, celsius)
        case PassageRecorded(has_symptoms=ill, passed_at=passed_at):
            yield from _arrival(entry)
            if ill:
                yield evidence.Symptom(entry.id, passed_at)
        case ReturnDeclared() as body:
            yield from _expectation(entry, body)


def _of_health(entry: Entry) -> Iterator[evidence.Evidence]:
    """Tests, temperatures, symptoms, and that these are over."""
    match entry.body:
        case facts.SwabResulted(taken_at=taken_at, positive=positive):
            yield evidence.Swab(entry.id, taken_at, positive)
        case facts.TemperatureTaken(taken_at=taken_at, celsius=celsius):
            yield evidence.Temperature(entry.id, taken_at, celsius)
        case facts.SymptomSeen(seen_at=seen_at):
            yield evidence.Symptom(entry.id, seen_at)
        case facts.RecoveryFound(found_at=found_at):
            yield evidence.Recovery(entry.id, found_at)


def _arrival(entry: Entry) -> Iterator[evidence.Evidence]:
    """What an arrival tells; nothing where somebody has not arrived in this township."""
    body = arrived(entry)
    if body is None:
        return
    yield evidence.Arrival(entry.id, body.arrived_at, body.from_area, entry.header.area)
    yield from _stays(entry.id, body.stays)
    if body.celsius is not None:
        yield evidence.Temperature(entry.id, body.arrived_at, body.celsius)


def _expectation(entry: Entry, body: ReturnDeclared) -> Iterator[evidence.Evidence]:
    yield evidence.Expectation(entry.id, body.planned_at, body.from_area, entry.header.area)
    yield from _stays(entry.id, body.stays)
    if body.has_symptoms:
        yield evidence.Symptom(entry.id, from_ms(entry.header.happened_at))


def _stays(fact: str, stays: Sequence[facts.StayTold]) -> Iterator[evidence.Evidence]:
    for told in stays:
        if told.area:
            yield evidence.Stay(fact, told.area, told.from_, told.until)


def arrival_of(entries: Sequence[Entry]) -> tuple[Entry, facts.ArrivalRecorded] | None:
    """The arrival that an episode is about: the earliest told, whatever came in first."""
    told = [(e, body) for e in counting(entries) if (body := arrived(e)) is not None]
    return min(told, key=lambda pair: (pair[1].arrived_at, pair[0].id), default=None)


def area_of(entries: Sequence[Entry]) -> str | None:
    """Where a person is: where the latest arrival led, or else where he is expected.

    Nothing else that is recorded moves one.
    """
    told = [
        (body.arrived_at, entry.id, entry.header.area)
        for entry in counting(entries)
        if (body := arrived(entry)) is not None
        # Nobody has arrived in a future year: such a slip must not nail a person to a village.
        and to_ms(body.arrived_at) <= entry.header.recorded_at + DAY_MS
    ]
    if told:
        return max(told)[2]
    expected = [
        (entry.header.happened_at, entry.id, entry.header.area)
        for entry in entries
        if isinstance(entry.body, ReturnDeclared)
    ]
    return max(expected)[2] if expected else None


def spans(
    plan: Plan, standing_at: Callable[[Plan, datetime], StandingAt], since: datetime
) -> list[Span]:
    """Where the person stands from `since` on, as runs of one word and one mode."""
    moments = sorted({since, *(m for m in _turning_points(plan) if m > since)})
    # Word and mode do not depend on tasks and codes, so these are not compared at each instant.
    plan = replace(plan, tasks=(), codes=())
    found: list[Span] = []
    for moment in moments:
        standing = standing_at(plan, moment)
        mode = standing.stage.mode if standing.stage else ""
        if not found or (found[-1].word, found[-1].mode) != (standing.word, mode):
            found.append(Span(to_ms(moment), standing.word, mode))
    return found


def _turning_points(plan: Plan) -> Iterator[datetime]:
    """The instants at which the standing may change by itself."""
    for stage in plan.stages:
        yield stage.from_
        if stage.until is not None:
            yield stage.until
    for hold in plan.holds:
        yield hold.since
        if hold.until is not None:
            yield hold.until
    for excepted in plan.excepted:
        yield excepted.from_
        yield excepted.until
    for moment in (plan.begun_at, plan.until, plan.released_at, plan.undetermined_until):
        if moment is not None:
            yield moment


def span_at(found: Sequence[Span], now_ms: int) -> Span:
    """The span that holds at an instant; the first, before it begins."""
    current = found[0]
    for span in found:
        if span.from_ms <= now_ms:
            current = span
    return current
