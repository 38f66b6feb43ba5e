"""What follows from how a village is divided: leaves, and sizes out of bounds. Pure."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from tongxin.base.areas import Level
from tongxin.ledger.facts import Entry
from tongxin.policy.organisation import Grids, GridSize
from tongxin.registry.grids import facts


class Grid(Struct, frozen=True, order=True):
    """A grid that is drawn and not closed."""

    code: str
    name: str


def grid(entries: Sequence[Entry]) -> Grid | None:
    """The grid that these entries make of a place; None where there is none, or none any more."""
    drawn: facts.GridDrawn | None = None
    for entry in sorted(entries, key=lambda e: e.when):
        match entry.body:
            case facts.GridDrawn() as body:
                drawn = body
            case facts.GridClosed():
                drawn = None
    return None if drawn is None else Grid(drawn.code, drawn.name)


def leaves(codes: Collection[str]) -> tuple[str, ...]:
    """The grids that contain no other: every household belongs to exactly one of them."""
    parents = {code[: Level.GRID] for code in codes if len(code) > Level.GRID}
    return tuple(sorted(code for code in codes if code not in parents))


class Size(Struct, frozen=True):
    """How large a grid is."""

    households: int
    people: int


def out_of_bounds(code: str, size: Size, sizes: Grids | None) -> list[str]:
    """Which bounds of the pack a grid breaks: `few_households`, `many_households`, `many_people`.

    They warn; nothing is refused. A pack that says nothing warns of nothing.
    """
    bound = _bound(code, sizes)
    if bound is None:
        return []
    found = []
    if bound.household_min is not None and size.households < bound.household_min:
        found.append("few_households")
    if bound.household_max is not None and size.households > bound.household_max:
        found.append("many_households")
    if bound.people_max is not None and size.people > bound.people_max:
        found.append("many_people")
    return found


def _bound(code: str, sizes: Grids | None) -> GridSize | None:
    if sizes is None:
        return None
    return sizes.micro_grid if len(code) > Level.GRID else sizes.grid


def unplaced(households: Mapping[str, int], codes: Collection[str]) -> int:
    """How many households (counted by where they are) stand in no leaf grid."""
    known = set(leaves(codes))
    return sum(count for area, count in households.items() if area not in known)
