"""A remit: what somebody may do, and where. Every query that returns records takes one first."""

from collections.abc import Iterable
from typing import NewType

from msgspec import Struct

from tongxin.base.areas import AreaCode, overlap, within

Capability = NewType("Capability", str)


class Grant(Struct, frozen=True, order=True):
    """One capability in one area and all that lies inside it."""

    capability: str
    area: str


class Remit(Struct, frozen=True):
    """The grants of one account. `reads` answers for one capability, for use in a query."""

    grants: tuple[Grant, ...]

    def allows(self, capability: str, area: str) -> bool:
        """Whether `capability` is granted for `area` (and so for all inside it)."""
        return any(g.capability == capability and within(area, g.area) for g in self.grants)

    def holds(self, capability: str) -> bool:
        """Whether `capability` is granted anywhere."""
        return any(grant.capability == capability for grant in self.grants)

    def areas(self, capability: str) -> tuple[AreaCode, ...]:
        """The widest areas in which `capability` is granted, none inside another, sorted."""
        mine = sorted({grant.area for grant in self.grants if grant.capability == capability})
        kept: list[AreaCode] = []
        for area in mine:
            if not kept or not within(area, kept[-1]):
                kept.append(AreaCode(area))
        return tuple(kept)

    def inside(self, capability: str, area: str) -> tuple[AreaCode, ...]:
        """Where in `area` the capability is granted, none inside another: all of it is `area`."""
        return tuple(
            AreaCode(max(mine, area, key=len))
            for mine in self.areas(capability)
            if overlap(mine, area)
        )

    def narrowed(self, capability: str, by: str) -> "Remit":
        """The same remit, with `capability` only where `by` is granted too.

        A route asks whether somebody may do a thing anywhere; two roles in two areas must not
        make one role in both.
        """
        kept = [grant for grant in self.grants if grant.capability != capability]
        kept += [
            Grant(capability, max(mine, other, key=len))
            for mine in self.areas(capability)
            for other in self.areas(by)
            if overlap(mine, other)
        ]
        return Remit(tuple(sorted(kept)))


def remit_of(capabilities: Iterable[str], areas: Iterable[str]) -> Remit:
    """Every one of `capabilities` in every one of `areas`."""
    places = tuple(areas)
    return Remit(tuple(sorted(Grant(can, where) for can in capabilities for where in places)))
