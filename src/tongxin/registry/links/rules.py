"""Who looks after a household. Pure."""

from collections.abc import Sequence

from tongxin.ledger.facts import Entry
from tongxin.registry.links import facts


def links(entries: Sequence[Entry]) -> dict[str, int]:
    """The members linked to a household, and since when each of them is (milliseconds)."""
    found: dict[str, int] = {}
    for entry in sorted(entries, key=lambda e: e.when):
        match entry.body:
            case facts.HouseholdLinked(staff=staff):
                found.setdefault(staff, entry.when[0])
            case facts.HouseholdUnlinked(staff=staff):
                found.pop(staff, None)
    return found
