"""Parts of the registry's figures: what one household, resident or member of staff counts for."""

from collections.abc import Iterable

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import day_of, from_ms
from tongxin.ledger.facts import REGISTRATION, Row

Counted = tuple[str, str, int]  # figure, area, instant (milliseconds)


def parts(counted: Iterable[Counted]) -> list[Row]:
    """Rows of `figure_part`: one for each figure, village and day, however often it counts."""
    amounts: dict[tuple[str, str, str], int] = {}
    for figure, area, at in counted:
        key = (figure, village_of(AreaCode(area)), day_of(from_ms(at)).isoformat())
        amounts[key] = amounts.get(key, 0) + 1
    return [
        {
            "figure": figure, "village": village, "day": day, "purpose": REGISTRATION,
            "amount": amount, "carried": False,
        }
        for (figure, village, day), amount in amounts.items()
    ]  # fmt: skip
