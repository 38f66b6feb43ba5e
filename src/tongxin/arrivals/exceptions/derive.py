"""The derived rows of exceptions."""

from collections.abc import Iterable

from tongxin.arrivals.exceptions.rules import wishes
from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Entry, Row


def rows(entries: Iterable[Entry], area: str) -> dict[str, list[Row]]:
    """Rows of `exception` for somebody who is now in `area`, by all facts about him."""
    found = [
        {
            "proposal": wish.entry.id, "episode": wish.entry.header.purpose.partition(":")[2],
            "area": area, "reason": wish.body.reason, "from_at": to_ms(wish.body.from_),
            "until_at": to_ms(wish.body.until), "proposed_by": wish.entry.header.author,
            "proposed_at": wish.entry.header.recorded_at,
            "approved_by": wish.approved.header.author if wish.approved else None,
        }
        for wish in wishes(entries)
    ]  # fmt: skip
    return {"exception": found}
