"""The derived rows of calls."""

from collections.abc import Mapping

from tongxin.arrivals.calls.rules import called
from tongxin.arrivals.comings.rules import ms
from tongxin.base.areas import AreaCode, village_of
from tongxin.ledger.facts import Row
from tongxin.registry.rules import Judged


def rows(area: str, plans: Mapping[str, Judged], back_at: int | None) -> list[Row]:
    """A row for each episode in which somebody away was called."""
    found: list[Row] = []
    for episode, judged in plans.items():
        latest = called(judged.entries, judged.pack.calls, back_at)
        if latest is None:
            continue
        body = latest.body
        found.append(
            {
                "episode": episode, "area": area, "village": village_of(AreaCode(area)),
                "name": body.name, "phone": body.phone, "address": body.address,
                "away_area": body.away_area, "away_name": body.away_name,
                "outcome": body.outcome, "called_at": ms(body.called_at),
                "unanswered": latest.unanswered, "returns_on": ms(body.returns_on),
                "next_at": ms(latest.next_at),
            }
        )  # fmt: skip
    return found
