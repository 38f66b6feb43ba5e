"""What arrivals' facts say to the policy engine, and how a plan reads over time. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tongxin.arrivals import facts
from tongxin.base.clock import DAY_MS, from_ms, to_ms
from tongxin.ledger.facts import Entry
from tongxin.policy import evidence
from tongxin.policy.judgement import Plan, StandingAt
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
    fact = entry.id
    match entry.body:
        case facts.ArrivalRecorded() as body:
            yield from _arrival(fact, entry.header.area, body)
        case facts.SwabResulted(taken_at=taken_at, positive=positive):
            yield evidence.Swab(fact, taken_at, positive)
        case facts.TemperatureTaken(taken_at=taken_at, celsius=celsius):
            yield evidence.Temperature(fact, taken_at, celsius)
        case facts.SymptomSeen(seen_at=seen_at):
            yield evidence.Symptom(fact, seen_at)
        case facts.RecoveryFound(found_at=found_at):
            yield evidence.Recovery(fact, found_at)
        case facts.PlaceAnswered(place=place, inside=inside):
            yield evidence.Answer(fact, from_ms(entry.header.happened_at), place, inside)
        case facts.PlacesAnswered(asked=asked, inside=inside):
            at = from_ms(entry.header.happened_at)
            was = set(inside)
            for place in asked:
                yield evidence.Answer(fact, at, place, place in was)
        case TaskDone(task=task, done_at=done_at):
            yield evidence.Done(fact, task, done_at)


def _arrival(fact: str, to_area: str, body: facts.ArrivalRecorded) -> Iterator[evidence.Evidence]:
    yield evidence.Arrival(fact, body.arrived_at, body.from_area, to_area)
    for told in body.stays:
        if told.area:
            yield evidence.Stay(fact, told.area, told.from_, told.until)
    if body.celsius is not None:
        yield evidence.Temperature(fact, body.arrived_at, body.celsius)


def arrival_of(entries: Sequence[Entry]) -> tuple[Entry, facts.ArrivalRecorded] | None:
    """The arrival that an episode is about: the earliest told, whatever came in first."""
    told = [(e, e.body) for e in entries if isinstance(e.body, facts.ArrivalRecorded)]
    return min(told, key=lambda pair: (pair[1].arrived_at, pair[0].id), default=None)


def area_of(entries: Sequence[Entry]) -> str | None:
    """Where a person is: where the latest arrival led. Nothing else that is recorded moves one."""
    told = [
        (entry.body.arrived_at, entry.id, entry.header.area)
        for entry in entries
        if isinstance(entry.body, facts.ArrivalRecorded)
        # Nobody has arrived in a future year: such a slip must not nail a person to a village.
        and to_ms(entry.body.arrived_at) <= entry.header.recorded_at + DAY_MS
    ]
    return max(told)[2] if told else None


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
