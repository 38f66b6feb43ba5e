"""Whether the first six digits of an ID number are a division that some list knows.

They decide nothing: regions are renamed and abolished, and the numbers stay. The lists go back to
2015 only, so that an older code is not found either; whoever has the card before him looks.
"""

from typing import Final

from tongxin.base.id_numbers import is_valid
from tongxin.divisions.shipped import divisions, history

_REGION: Final = 6


def is_region_unknown(number: str) -> bool:
    """Whether a valid ID number tells a region that no list knows, today's or retired."""
    region = number[:_REGION]
    return is_valid(number) and region not in divisions() and history().of(region) is None
