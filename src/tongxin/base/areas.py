"""Areas are code prefixes: GB/T 2260 down to the township, then the village, `-NN` grids.

Lengths are fixed by level, so `41`, `4115`, `411526`, `411526108`, `411526108201`,
`411526108201-01` and `411526108201-01-02` nest by simple prefix.
"""

import re
from enum import IntEnum
from typing import Final, NewType

from tongxin.base.problems import BAD_AREA

AreaCode = NewType("AreaCode", str)

_CODE: Final = re.compile(r"[1-9]\d(\d\d(\d\d(\d{3}(\d{3}(-\d\d(-\d\d)?)?)?)?)?)?", re.ASCII)
# A code down to the village, for patterns of what is sent: 2, 4, 6, 9 or 12 digits.
AREA_PATTERN: Final = "[1-9][0-9]([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?"
# A village, a grid or a micro-grid: 12 digits, then `-NN`, then `-NN`.
LEAF_PATTERN: Final = "[1-9][0-9]{11}(-[0-9]{2}(-[0-9]{2})?)?"
_LENGTH_OF_VILLAGE: Final = 12
# Sorts after digits and the hyphen in every byte-wise collation.
_AFTER_ALL: Final = "~"


class Level(IntEnum):
    """How deep an area lies; the value is the length of its code."""

    PROVINCE = 2
    CITY = 4
    COUNTY = 6
    TOWNSHIP = 9
    VILLAGE = 12
    GRID = 15
    MICRO_GRID = 18


def area_code(value: str, field: str | None = None) -> AreaCode:
    """`value` as an area code, or the problem `base.bad_area`."""
    if _CODE.fullmatch(value) is None:
        raise BAD_AREA(field=field, value=value[:40])
    return AreaCode(value)


def level_of(area: AreaCode) -> Level:
    return Level(len(area))


def within(area: str, prefix: str) -> bool:
    """Whether `area` is `prefix` or lies inside it."""
    return area.startswith(prefix)


def overlap(one: str, other: str) -> bool:
    """Whether one of the two areas contains the other."""
    return one.startswith(other) or other.startswith(one)


def village_of(area: AreaCode) -> AreaCode:
    """`area`, no finer than its village: the finest that a fact's header may tell."""
    return AreaCode(area[:_LENGTH_OF_VILLAGE])


def ancestors(area: AreaCode) -> tuple[AreaCode, ...]:
    """The areas that contain `area`, widest first, `area` itself last."""
    return tuple(AreaCode(area[:level]) for level in Level if level <= len(area))


def span(prefix: str) -> tuple[str, str]:
    """The half-open range [low, high) that holds exactly the codes inside `prefix`."""
    return prefix, prefix + _AFTER_ALL
