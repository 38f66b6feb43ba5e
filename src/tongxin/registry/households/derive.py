"""The derived rows of a household: its card's line, its links, its parts of figures."""

from collections.abc import Iterator, Mapping

from tongxin.base.areas import AreaCode, village_of
from tongxin.ledger.facts import Derived, Row, Stream
from tongxin.registry.counting import Counted, parts
from tongxin.registry.households import rules
from tongxin.registry.links import rules as links

HOUSEHOLDS, LINKED = "registry.households", "registry.households_linked"
VISITED, VISITS = "registry.households_visited", "registry.visits"
# Not figures by themselves, but what some are computed from.
LAST_MET, CHECKED = "registry.last_met", "registry.checked"
RIGHT, WRONG = "registry.points_right", "registry.points_wrong"


def derived(stream: Stream) -> Derived:
    """Where a household is now, and its rows; none where it is dissolved."""
    found = rules.household(stream.entries)
    if found is None:
        return Derived(stream.last_area, {})
    linked = links.links(stream.entries)
    rows = {
        "household": [_household(found, len(linked))],
        "link": [
            {
                "staff": staff,
                "area": found.grid,
                "since": since,
                "village": village_of(AreaCode(found.grid)),
            }
            for staff, since in linked.items()
        ],
        "figure_part": parts(_counted(found, linked)),
    }
    return Derived(found.grid, rows)


def _household(found: rules.Household, links: int) -> Row:
    told, last, recheck = found.told, found.last, found.recheck
    return {
        "area": found.grid, "village": village_of(AreaCode(found.grid)), "number": told.number,
        "address": told.address, "door": rules.door(told.address),
        "lat": told.position.lat if told.position else None,
        "lon": told.position.lon if told.position else None, "since": found.since,
        "met_at": found.met[-1].at if found.met else 0, "visited_at": last.at if last else 0,
        "result": last.result if last else "", "links": links,
        "checked_at": recheck.at if recheck else None,
        "points_right": len(recheck.right) if recheck else 0,
        "points_wrong": len(recheck.wrong) if recheck else 0,
    }  # fmt: skip


def _counted(found: rules.Household, linked: Mapping[str, int]) -> Iterator[Counted]:
    yield HOUSEHOLDS, found.grid, found.since
    if linked:
        yield LINKED, found.grid, min(linked.values())
    if found.met:
        yield VISITED, found.grid, found.met[0].at
        yield LAST_MET, found.grid, found.met[-1].at
    for visit in found.visits:
        yield VISITS, found.grid, visit.at
    if recheck := found.recheck:
        yield CHECKED, found.grid, recheck.at
        for figure, points in ((RIGHT, recheck.right), (WRONG, recheck.wrong)):
            for _ in points:
                yield figure, found.grid, recheck.at
