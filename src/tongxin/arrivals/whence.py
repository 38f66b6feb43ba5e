"""Where somebody says that he comes from, by the codes of today: an old one must meet the lists."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from msgspec.structs import replace

from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.facts import ArrivalRecorded
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.base.areas import AreaCode, Level, ancestors, within
from tongxin.divisions.shipped import divisions, history
from tongxin.ledger.facts import Entry, Stream

Whence = ArrivalRecorded | ReturnDeclared | PassageRecorded | FindingMade
Body = TypeVar("Body", ArrivalRecorded, ReturnDeclared, PassageRecorded, FindingMade)


def by_todays_codes(body: Body) -> Body:
    """What was told, with codes of divisions that are no more put to what took their place.

    The names stay as they were told.
    """
    today = history().today
    stays = tuple(replace(stay, area=today(stay.area)) for stay in body.stays)
    return replace(body, from_area=today(body.from_area), stays=stays)


def understood(streams: Sequence[Stream]) -> list[Stream]:
    """The records with each code as the list of divisions has it, whatever door it came in by.

    A device signs what it was told, so nothing can be mended there before it is recorded. The
    facts stay as they are; only what the rules see of them is put so.
    """
    return [
        replace(
            stream,
            entries=_understood(stream.entries),
            struck=tuple(
                replace(each, entry=_understood((each.entry,))[0]) for each in stream.struck
            ),
        )
        for stream in streams
    ]


def _understood(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(_entry(entry) for entry in entries)


def _entry(entry: Entry) -> Entry:
    match entry.body:
        case ArrivalRecorded() | ReturnDeclared() | PassageRecorded() | FindingMade() as body:
            home = entry.header.township
            codes = (body.from_area, *(stay.area for stay in body.stays))
            if all(code == known(code, home) for code in codes):
                return entry
            return replace(entry, body=_known(body, home))
    return entry


def _known(body: Whence, home: str) -> Whence:
    """A code that means nothing is kept as a word, where there is none."""
    area = known(body.from_area, home)
    stays = tuple(
        stay
        if (at := known(stay.area, home)) == stay.area
        else replace(stay, area=at, name=stay.name or stay.area)
        for stay in body.stays
    )
    name = body.from_name if area == body.from_area else body.from_name or body.from_area
    return replace(body, from_area=area, from_name=name, stays=stays)


def known(code: str, home: str) -> str:
    """The narrowest division that surely holds what `code` meant; empty where no county has it.

    A township names the places inside it (`home`) itself. What only fills up with zeros (310000)
    means what stands before them.
    """
    return code if not code or within(code, home) else _in_the_list(code)


@lru_cache(maxsize=4096)
def _in_the_list(code: str) -> str:
    code = history().today(code)
    above = [each for each in ancestors(AreaCode(code)) if each in divisions()]
    nearest = above[-1] if above else ""
    if nearest == code or len(nearest) == Level.TOWNSHIP:
        return code
    filled = not code[len(nearest) :].strip("0")
    return nearest if filled or len(nearest) >= Level.COUNTY else ""
