"""What the engine eats: small frozen statements, each naming the fact that makes it.

Pillars turn their decrypted facts into these; one fact may make several. What a later fact has
corrected is left out by the pillar that knows of the correction. Instants are zoned and lie
between 2000 and 2200, as `base.clock.instant` ensures. Order and repetition never matter.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from tongxin.base.clock import ZONE

# When each fact was recorded, by its id. A fact that is not in it was known as it happened.
Recorded = Mapping[str, datetime]
NOT_TOLD: Final[Recorded] = MappingProxyType({})

# How far a device's clock may be ahead of the server's without its word being doubted.
CLOCKS_DIFFER: Final = timedelta(minutes=10)


class Expectation(Struct, frozen=True):
    """Somebody said that they will arrive at `at`, coming from `from_area`."""

    fact: str
    at: datetime
    from_area: str
    to_area: str


class Arrival(Struct, frozen=True):
    """Somebody arrived. `from_area` is empty where nobody asked or nothing was told."""

    fact: str
    at: datetime
    from_area: str
    to_area: str


class Stay(Struct, frozen=True):
    """Somebody was in `area` during [`from_`, `until`). None: not told."""

    fact: str
    area: str
    from_: datetime | None
    until: datetime | None


class Answer(Struct, frozen=True):
    """Asked at `at` about one place at risk by name (`RiskArea.place`): yes or no."""

    fact: str
    at: datetime
    place: str
    inside: bool


class Exposure(Struct, frozen=True):
    """Contact with a case; `degree` is the pack's word. `known_at` is when this became known."""

    fact: str
    last_at: datetime
    known_at: datetime
    degree: str


class ReportedCase(Struct, frozen=True):
    """Those who may diagnose told that this person is a case."""

    fact: str
    reported_at: datetime
    onset_at: datetime | None = None


class Swab(Struct, frozen=True):
    """A laboratory answered. `taken_at` is when the swab was taken, not when it was reported."""

    fact: str
    taken_at: datetime
    positive: bool


class Symptom(Struct, frozen=True):
    """Somebody saw or told of a symptom."""

    fact: str
    seen_at: datetime


class Temperature(Struct, frozen=True):
    """A temperature in degrees Celsius, measured at `taken_at`."""

    fact: str
    taken_at: datetime
    celsius: float


class Recovery(Struct, frozen=True):
    """A doctor found no symptom and no fever any more at `at`: ends all seen earlier."""

    fact: str
    at: datetime


Observation = Swab | Symptom | Temperature | Recovery


class Done(Struct, frozen=True):
    """Somebody did the planned task with this key. Swabs and temperatures prove themselves."""

    fact: str
    task: str
    at: datetime


class Waiver(Struct, frozen=True):
    """An exception that a second person approved, with its reason and its end."""

    fact: str
    reason: str
    from_: datetime
    until: datetime


Evidence = (
    Expectation
    | Arrival
    | Stay
    | Answer
    | Exposure
    | ReportedCase
    | Swab
    | Symptom
    | Temperature
    | Recovery
    | Done
    | Waiver
)


class Told(Struct):
    """The same statements by kind, each once, oldest first, and when their facts were recorded.

    `ahead` are observations said to be of an instant after they were recorded: they prove nothing
    and end nothing, and are in no other list. What they warn of counts from that instant.
    """

    expectations: list[Expectation]
    arrivals: list[Arrival]
    stays: list[Stay]
    answers: list[Answer]
    exposures: list[Exposure]
    cases: list[ReportedCase]
    swabs: list[Swab]
    symptoms: list[Symptom]
    temperatures: list[Temperature]
    recoveries: list[Recovery]
    done: list[Done]
    waivers: list[Waiver]
    ahead: list[Observation]
    recorded: Recorded

    @property
    def declared(self) -> list[Expectation]:
        """The declaration that counts, if there is one: of several the one recorded last."""
        latest = max((self.recorded.get(e.fact, _NEVER) for e in self.expectations), default=_NEVER)
        return [e for e in self.expectations if self.recorded.get(e.fact, _NEVER) == latest][:1]

    def known_at(self, fact: str, at: datetime) -> datetime:
        """Since when the township could know of what this fact tells, which happened at `at`."""
        return max(at, self.recorded.get(fact, at))


def told(evidence: Iterable[Evidence], recorded: Recorded = NOT_TOLD) -> Told:
    """Sort statements by kind and age, so that the order they came in cannot matter."""
    all_ = Told([], [], [], [], [], [], [], [], [], [], [], [], [], recorded)
    for item in set(evidence):
        if isinstance(item, Observation) and _is_ahead(item, recorded):
            all_.ahead.append(item)
        else:
            _put(all_, item)
    all_.expectations.sort(key=lambda e: (e.at, e.fact, e.from_area, e.to_area))
    all_.arrivals.sort(key=lambda a: (a.at, a.fact, a.from_area, a.to_area))
    all_.stays.sort(key=_stay_order)
    all_.answers.sort(key=lambda a: (a.at, a.fact, a.place, a.inside))
    all_.exposures.sort(key=lambda e: (e.known_at, e.last_at, e.fact, e.degree))
    all_.cases.sort(key=lambda c: (c.reported_at, c.fact, c.onset_at or c.reported_at))
    all_.swabs.sort(key=lambda s: (s.taken_at, not s.positive, s.fact))
    all_.symptoms.sort(key=lambda s: (s.seen_at, s.fact))
    all_.temperatures.sort(key=lambda t: (t.taken_at, t.fact, t.celsius))
    all_.recoveries.sort(key=lambda r: (r.at, r.fact))
    all_.done.sort(key=lambda d: (d.at, d.fact, d.task))
    all_.waivers.sort(key=lambda w: (w.from_, w.until, w.fact, w.reason))
    all_.ahead.sort(key=lambda o: (_observed_at(o), o.fact, repr(o)))
    return all_


def has_happened(at: datetime, recorded_at: datetime) -> bool:
    """Whether what is said to have happened at `at` had happened when that was recorded."""
    return at <= recorded_at + CLOCKS_DIFFER


def _is_ahead(item: Observation, recorded: Recorded) -> bool:
    at = _observed_at(item)
    return not has_happened(at, recorded.get(item.fact, at))


def _observed_at(item: Observation) -> datetime:
    match item:
        case Swab() | Temperature():
            return item.taken_at
        case Symptom():
            return item.seen_at
        case Recovery():
            return item.at


def _put(all_: Told, item: Evidence) -> None:
    match item:
        case Arrival():
            all_.arrivals.append(item)
        case Stay():
            all_.stays.append(item)
        case Done():
            all_.done.append(item)
        case Temperature():
            all_.temperatures.append(item)
        case Swab():
            all_.swabs.append(item)
        case Answer():
            all_.answers.append(item)
        case Symptom():
            all_.symptoms.append(item)
        case Recovery():
            all_.recoveries.append(item)
        case Expectation():
            all_.expectations.append(item)
        case Exposure():
            all_.exposures.append(item)
        case ReportedCase():
            all_.cases.append(item)
        case Waiver():
            all_.waivers.append(item)


# A stay that does not say since when sorts before all that do.
_NEVER = datetime(1, 1, 2, tzinfo=ZONE)
_FOREVER = datetime(9999, 12, 30, tzinfo=ZONE)


def _stay_order(stay: Stay) -> tuple[datetime, datetime, str, str]:
    return stay.from_ or _NEVER, stay.until or _FOREVER, stay.fact, stay.area
