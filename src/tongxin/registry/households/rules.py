"""What follows from the facts of a household. Pure: by what happened when, in whatever order."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from tongxin.ledger.facts import Entry
from tongxin.registry.households import facts

_DIGITS: Final = re.compile(r"[0-9]+")
_WIDTH: Final = 6


class Visit(Struct, frozen=True):
    """One knock at the door; `at` in milliseconds."""

    at: int
    result: facts.Met
    author: str


class Recheck(Struct, frozen=True):
    """One comparison of the card with the household, by somebody who had no part in the card."""

    at: int
    right: tuple[facts.Point, ...]
    wrong: tuple[facts.Point, ...]


class Household(Struct, frozen=True):
    """A household as its facts leave it. Instants are milliseconds; visits in order of time."""

    told: facts.HouseholdRegistered
    grid: str
    since: int
    visits: tuple[Visit, ...]
    recheck: Recheck | None

    @property
    def last(self) -> Visit | None:
        """The last visit, whatever came of it."""
        return self.visits[-1] if self.visits else None

    @property
    def met(self) -> tuple[Visit, ...]:
        """The visits at which somebody was met."""
        return tuple(visit for visit in self.visits if visit.result == "met")


def household(entries: Sequence[Entry]) -> Household | None:
    """The household that these entries make; None where it is dissolved or was never registered."""
    told: facts.HouseholdRegistered | None = None
    since, grid = 0, ""
    for entry in sorted(entries, key=lambda e: e.when):
        match entry.body:
            case facts.HouseholdRegistered() as body:
                since = since if told else entry.when[0]
                told, grid = body, body.grid
            case facts.HouseholdPlaced():
                grid = entry.body.grid
            case facts.HouseholdDissolved():
                told = None
    if told is None:
        return None
    return Household(told, grid, since, _visits(entries), _recheck(entries))


def place_told(body: object) -> str | None:
    """The grid or village where a fact itself puts a household, if it does."""
    if isinstance(body, facts.HouseholdRegistered | facts.HouseholdPlaced):
        return body.grid
    return None


def door(address: str) -> str:
    """The address as it is sorted by: 3组2号 stands before 3组12号."""
    plain = unicodedata.normalize("NFKC", address)
    return _DIGITS.sub(lambda found: found[0].rjust(_WIDTH, "0"), plain)


def _visits(entries: Sequence[Entry]) -> tuple[Visit, ...]:
    return tuple(
        Visit(e.when[0], e.body.result, e.header.author)
        for e in sorted(entries, key=lambda e: e.when)
        if isinstance(e.body, facts.HouseholdVisited)
    )


def _recheck(entries: Sequence[Entry]) -> Recheck | None:
    """The last second look. Whoever made the card does not prove it right."""
    made_by = {
        e.header.author
        for e in entries
        if isinstance(e.body, facts.HouseholdRegistered | facts.HouseholdVisited)
    }
    looks = [
        (e.when, e.body)
        for e in entries
        if isinstance(e.body, facts.HouseholdRechecked) and e.header.author not in made_by
    ]
    if not looks:
        return None
    (at, _), body = max(looks, key=lambda look: look[0])
    return Recheck(at, body.right, body.wrong)


def sample(households: Collection[str], day: date, count: int) -> list[str]:
    """The households to be checked again on a day: drawn by lot, the same lot for everybody.

    Nobody can choose them, and nobody knows them before the day's list is known.
    """
    lots = sorted(
        (hashlib.sha256(f"{day.isoformat()} {household}".encode()).digest(), household)
        for household in households
    )
    return [household for _, household in lots[:count]]
