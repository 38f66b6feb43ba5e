"""Parts of the registry's figures: what one household, resident or member of staff counts for."""

from collections import Counter
from collections.abc import Iterable

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import day_of, from_ms
from tongxin.ledger.facts import REGISTRATION, Row
from tongxin.ledger.totals import part

Counted = tuple[str, str, int]  # figure, area, instant (milliseconds)


def parts(counted: Iterable[Counted]) -> list[Row]:
    """Rows of `figure_part`: one for each figure, village and day, however often it counts."""
    amounts = Counter(
        (figure, village_of(AreaCode(area)), day_of(from_ms(at))) for figure, area, at in counted
    )
    return [part(*where, REGISTRATION, amount) for where, amount in amounts.items()]
