"""ID numbers as they are told: which check fails, and what may be kept all the same. Pure.

A number that cannot be right is kept as told where somebody insists: the record must not be lost.
It is marked as doubtful wherever it is shown, and nobody is ever linked by it.
"""

from datetime import date
from enum import StrEnum
from typing import Final

from tongxin.base.id_numbers import born_on, check_character, is_valid, normalized

__all__ = ["Fault", "born_on", "check_character", "fault", "is_valid", "kept", "normalized"]

_LENGTH: Final = 18


class Fault(StrEnum):
    """Which check an ID number fails, the first of them."""

    FORMAT = "format"
    DATE = "date"
    CHECK = "check"


def fault(number: str, today: date) -> Fault | None:
    """The first check that a number fails; None for one that may be right, or is empty."""
    if not number:
        return None
    body, last = number[:-1], number[-1:]
    digits = body.isascii() and body.isdigit() and (last == "X" or last in "0123456789")
    if len(number) != _LENGTH or not digits:
        return Fault.FORMAT
    born = born_on(number)
    if born is None or born > today:
        return Fault.DATE
    return None if is_valid(number) else Fault.CHECK


def kept(number: str) -> tuple[str, str]:
    """(ID number, other document): a number that is not of the form of one goes beside it."""
    body, last = number[:-1], number[-1:]
    formed = len(number) == _LENGTH and body.isascii() and body.isdigit()
    return (number, "") if formed and (last == "X" or last.isdigit()) else ("", number[:40])
