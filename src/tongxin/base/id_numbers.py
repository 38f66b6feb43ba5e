"""ID numbers of residents (GB 11643-1999): 17 digits and a check character.

What decides is the format, the day of birth and the check character. A region that no list knows
decides nothing: regions are renamed and abolished, and the numbers stay.
"""

import unicodedata
from datetime import date
from typing import Final

_LENGTH: Final = 18
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_EARLIEST: Final = 1850


def normalized(typed: str) -> str:
    """What was typed without blanks and dashes, half-width, with a capital X."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(c for c in plain if not c.isspace() and c not in "-‐–—'")


def check_character(digits: str) -> str:
    """The last character that the first seventeen digits ask for."""
    return _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def is_valid(number: str) -> bool:
    """Whether format, day of birth and check character all fit."""
    digits, last = number[:-1], number[-1:]
    if len(number) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    return check_character(digits) == last and born_on(number) is not None


def born_on(number: str) -> date | None:
    """The day of birth that a number of 18 characters tells, if there is such a day."""
    told = number[6:14]
    if len(number) != _LENGTH or not (told.isascii() and told.isdigit()):
        return None
    try:
        day = date(int(told[:4]), int(told[4:6]), int(told[6:]))
    except ValueError:
        return None
    return day if day.year >= _EARLIEST else None


def is_female(number: str) -> bool | None:
    """Whether the number is a woman's; None where it does not say."""
    place = number[16:17]
    return int(place) % 2 == 0 if place.isascii() and place.isdigit() else None
