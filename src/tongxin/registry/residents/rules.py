"""What follows from the facts of a resident or a visitor, and what a search looks for. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import get_args

from msgspec import Struct

from tongxin.base import id_numbers
from tongxin.ledger.facts import Entry
from tongxin.registry.residents import facts

Told = facts.ResidentRegistered | facts.VisitorHosted
TAIL = 4
# How long a telephone number and an ID number are, which are searched for as a whole.
_WHOLE = frozenset({11, 18})


class Away(Struct, frozen=True):
    """Since when somebody is elsewhere (milliseconds), and what was told of it."""

    since: int
    told: facts.ResidentAway


class Needs(Struct, frozen=True):
    """What somebody needs, and since when it is known (milliseconds)."""

    since: int
    needs: tuple[facts.Need, ...]


class Resident(Struct, frozen=True):
    """Somebody who belongs to a household, as a resident or as its guest."""

    told: Told
    since: int
    away: Away | None
    needs: Needs | None

    @property
    def is_visitor(self) -> bool:
        return isinstance(self.told, facts.VisitorHosted)

    @property
    def born_on(self) -> date | None:
        """By the ID number where that is valid, else as told."""
        if id_numbers.is_valid(self.told.id_number):
            return id_numbers.born_on(self.told.id_number)
        return self.told.born_on if isinstance(self.told, facts.ResidentRegistered) else None

    @property
    def sex(self) -> facts.Sex:
        """By the ID number where that is valid, else as told."""
        if id_numbers.is_valid(self.told.id_number):
            return "female" if id_numbers.is_female(self.told.id_number) else "male"
        return self.told.sex


def resident(entries: Sequence[Entry]) -> Resident | None:
    """Whom these entries make; None where somebody left the household or never belonged to one."""
    told: Told | None = None
    since = 0
    away: Away | None = None
    needs: Needs | None = None
    for entry in sorted(entries, key=lambda e: e.when):
        match entry.body:
            case facts.ResidentRegistered() | facts.VisitorHosted() as body:
                since = since if told else entry.when[0]
                told = body
            case facts.ResidentLeft():
                told, away = None, None
            case facts.ResidentAway() as body:
                away = Away(away.since if away else entry.when[0], body)
            case facts.ResidentBack():
                away = None
            case facts.NeedsNoted(needs=noted):
                needs = Needs(entry.when[0], noted) if noted else None
    return None if told is None else Resident(told, since, away, needs)


def back_at(entries: Sequence[Entry]) -> int | None:
    """When somebody last came back, or left for good (milliseconds); None where he is away now."""
    at: int | None = None
    for entry in sorted(entries, key=lambda e: e.when):
        match entry.body:
            case facts.ResidentBack() | facts.ResidentLeft():
                at = entry.when[0]
            case facts.ResidentAway():
                at = None
    return at


def household_told(body: object) -> str | None:
    """The household that a fact itself puts somebody into, if it does."""
    return body.household if isinstance(body, Told) else None


def household_of(entries: Sequence[Entry]) -> str | None:
    """The household that somebody belongs to."""
    found = resident(entries)
    return None if found is None else found.told.household


def whole(records: Mapping[str, Sequence[Entry]]) -> tuple[str | None, list[Entry]]:
    """The record by which one human being belongs to a household, and all that counts with it.

    Somebody may have been registered twice: the latest registration counts. Of the other records
    all counts but that they were registered, and left. `records` are by subject.
    """
    told = {
        name: max(e.when for e in entries if isinstance(e.body, Told))
        for name, entries in records.items()
        if household_of(entries)
    }
    by = max(told, key=lambda name: (told[name], name), default=None)
    gone = (*get_args(Told), facts.ResidentLeft)
    return by, [
        entry
        for name, entries in records.items()
        for entry in entries
        if name == by or by is None or not isinstance(entry.body, gone)
    ]


class By(StrEnum):
    """What a search goes by."""

    NAME = "name"
    LETTERS = "letters"
    DIGITS = "digits"


class Sought(Struct, frozen=True):
    """What somebody looks for: the beginning of a name, its letters, the last four of a number, or
    a whole number.
    """

    by: By
    words: str

    @property
    def is_whole_number(self) -> bool:
        """Whether a whole ID number or telephone number is looked for: finding it gives it away."""
        return self.by is By.DIGITS and len(self.words) > TAIL


def sought(typed: str) -> Sought | None:
    """What was typed, understood; None where there is nothing to look for.

    Digits are the last four of an ID number or a telephone number, which everybody is shown, or the
    whole. Of any other length the last four are looked for: a fifth digit that finds, or does not,
    would tell a masked number digit by digit to somebody who never asked to see it.
    """
    words = "".join(unicodedata.normalize("NFKC", typed).split())
    digits = words.upper().replace("-", "")
    if digits.rstrip("X").isdecimal() and digits.isascii():
        if len(digits) < TAIL:
            return None
        return Sought(By.DIGITS, digits if len(digits) in _WHOLE else digits[-TAIL:])
    if words.isascii() and words.isalpha():
        return Sought(By.LETTERS, words.lower())
    return Sought(By.NAME, words) if words else None


def plain(phone: str) -> str:
    """A telephone number without blanks and dashes, as it is searched for."""
    return "".join(c for c in phone if c not in " -")


def tail(number: str) -> str:
    """The last digits by which an ID number or a telephone number is found."""
    plain = "".join(c for c in number if c.isalnum())
    return plain[-TAIL:] if len(plain) >= TAIL else ""
