"""Weddings, funerals and the like: who decides, by the number of people."""

from tongxin.policy.clauses import Tier
from tongxin.policy.pack import Pack


def tier_of(pack: Pack, kind: str, people: int) -> Tier | None:
    """The tier of a gathering of `people`; None where the pack says nothing about it.

    `up_to` counts itself in: 150 people are in the tier of up to 150.
    """
    for gathering in pack.gatherings:
        if gathering.id == kind:
            for tier in gathering.tiers:
                if tier.up_to is None or people <= tier.up_to:
                    return tier
    return None
