"""Made-up people: names, ID numbers with a true check digit, telephones. Nobody of them lives.

The region in their ID numbers, 411599, does not exist; all telephones begin 1990000.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final, TypeVar

from msgspec import Struct

from tongxin.base.id_numbers import check_character
from tongxin.demo.scenario import Names, Origin, Place, Scenario, Village

_REGION: Final = "411599"
_YOUNGEST, _OLDEST = 18, 68
_OTHERS: Final = 5_000  # their telephones begin here, so that nobody has another's

T = TypeVar("T", Origin, Village)


class Returnee(Struct, frozen=True):
    """One person who comes home: who, whence, whither, when."""

    name: str
    id_number: str
    phone: str
    origin: Origin
    village: Village
    address: str
    transport: str
    arrived_at: datetime


def returnees(scenario: Scenario, place: Place, now: datetime, dice: Random) -> list[Returnee]:
    """Everybody who comes to `place` over its last days, the earliest first.

    Somebody comes from each origin, as far as there are arrivals for that.
    """
    origins = scenario.origins[: place.arrivals]
    origins = origins + _drawn(scenario.origins, place.arrivals - len(origins), dice)
    dice.shuffle(origins)
    villages = _drawn(place.villages, place.arrivals, dice)
    begun = now - timedelta(days=place.over_days)
    span_s = int((now - begun).total_seconds()) - 600
    moments = sorted(begun + timedelta(seconds=dice.randrange(span_s)) for _ in origins)
    named = _people(scenario.people, now.year, dice)
    return [
        Returnee(
            *next(named), origin, village, f"{village.name}{dice.randint(1, 12)}组"
            f"{dice.randint(1, 60)}号", dice.choice(scenario.people.transport), moment,
        )
        for origin, village, moment in zip(origins, villages, moments, strict=True)
    ]  # fmt: skip


def others(scenario: Scenario, place: Place, now: datetime, dice: Random) -> Iterator[Returnee]:
    """More people for `place`, without end: nobody of those whom `returnees` gives."""
    named = _people(scenario.people, now.year, dice, _OTHERS)
    while True:
        (origin,), (village,) = _drawn(scenario.origins, 1, dice), _drawn(place.villages, 1, dice)
        address = f"{village.name}{dice.randint(1, 12)}组{dice.randint(1, 60)}号"
        yield Returnee(*next(named), origin, village, address, "自驾", now)


def _drawn(things: Sequence[T], count: int, dice: Random) -> list[T]:
    weights = [thing.weight for thing in things]
    return dice.choices(things, weights, k=max(count, 0))


def _people(
    names: Names, year: int, dice: Random, begin: int | None = None
) -> Iterator[tuple[str, str, str]]:
    """(name, ID number, telephone), no number twice."""
    number = dice.randrange(1000) if begin is None else begin
    while True:
        number += 1
        born = f"{year - dice.randint(_YOUNGEST, _OLDEST)}{dice.randint(1, 12):02}"
        digits = f"{_REGION}{born}{dice.randint(1, 28):02}{number % 1000:03}"
        name = dice.choice(names.surnames) + dice.choice(names.given)
        yield name, digits + check_character(digits), f"1990000{number % 10_000:04}"
