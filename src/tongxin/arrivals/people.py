"""The derived rows of one human being, resident or returnee, from all records that are one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tongxin.arrivals import derive as arrivals
from tongxin.arrivals.exceptions import derive as exceptions
from tongxin.arrivals.rules import area_of
from tongxin.base.areas import within
from tongxin.ledger.certificates import derive as ledger_rows
from tongxin.ledger.facts import EPISODE, Derived, Row, Stream
from tongxin.registry.residents import derive as residents
from tongxin.registry.residents.rules import back_at, whole
from tongxin.registry.rules import Judged


def derived(
    streams: Sequence[Stream], plans: Mapping[str, Judged], around: Mapping[str, Any]
) -> dict[str, Derived]:
    """What follows for each record; `around` is where each one's household is.

    The rows are the first one's, the lead's; with each record stays what the ledger itself keeps
    of it. The place is that of all: where the latest arrival led, or in that village the
    household.
    """
    by, told = whole({stream.subject: stream.entries for stream in streams})
    home = (around.get(by) if by else None) or residents.area_of(told)
    everything = [entry for stream in streams for entry in stream.entries]
    came = area_of(everything)
    area = came or home or max(streams, key=lambda stream: stream.last_told).last_area
    if home and within(home, area):
        area = home
    rows = {stream.subject: dict(ledger_rows(stream)) for stream in streams}
    carried = [part for each in rows.values() for part in each.get("figure_part", ())]
    lead = rows[streams[0].subject]
    for found in (
        arrivals.rows(area, plans, carried, back_at(told)),
        exceptions.rows(everything, area),
        residents.rows(told, home),
    ):
        for table, more in found.items():
            lead[table] = [*lead.get(table, ()), *more]
    lead["figure_part"] = _once(lead["figure_part"])
    lead["joined_episode"] = _joined(plans)
    return {name: Derived(area, each) for name, each in rows.items()}


def _joined(plans: Mapping[str, Judged]) -> list[Row]:
    """The episodes of each journey, but for the one whose name it has."""
    found = {
        (entry.header.purpose.removeprefix(f"{EPISODE}:"), key)
        for key, judged in plans.items()
        for entry in judged.entries
    }
    return [{"episode": each, "journey": key} for each, key in sorted(found) if each != key]


def _once(parts: Iterable[Row]) -> list[Row]:
    """What counts in a figure through a forgotten purpose counts no second time."""
    found: dict[tuple[str, ...], Row] = {}
    for part in parts:
        key = (part["figure"], part["village"], part["day"], part["purpose"])
        if key not in found or part["carried"]:
            found[key] = part
    return list(found.values())
