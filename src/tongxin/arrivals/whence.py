"""Where somebody says that he comes from, by the codes of today: an old one must meet the lists."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar

from msgspec.structs import replace

from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.facts import ArrivalRecorded
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.base.areas import AreaCode, Level, ancestors, within
from tongxin.divisions.shipped import divisions, history
from tongxin.ledger.facts import Entry
from tongxin.policy.situation import Situation

_NOWHERE: Final = Situation()
Body = TypeVar("Body", ArrivalRecorded, ReturnDeclared, PassageRecorded, FindingMade)


def by_todays_codes(body: Body) -> Body:
    """What was told, with codes of divisions that are no more put to what took their place.

    The names stay as they were told.
    """
    today = history().today
    stays = tuple(replace(stay, area=today(stay.area)) for stay in body.stays)
    return replace(body, from_area=today(body.from_area), stays=stays)


def understood(entries: Iterable[Entry], situation: Situation) -> list[Entry]:
    """The facts with each code as the list of divisions has it, whatever door it came in by.

    A device signs what it was told, so nothing can be mended there before it is recorded. What is
    recorded and shown stays as it was told; only the rules see it so.
    """
    return [_entry(entry, situation) for entry in entries]


def _entry(entry: Entry, situation: Situation) -> Entry:
    match entry.body:
        case ArrivalRecorded() | ReturnDeclared() | PassageRecorded() | FindingMade() as body:
            codes = {body.from_area, *(stay.area for stay in body.stays)}
            meant = {code: known(code, entry.header.township, situation) for code in codes}
            if all(code == means for code, means in meant.items()):
                return entry
            stays = tuple(replace(stay, area=meant[stay.area]) for stay in body.stays)
            return replace(entry, body=replace(body, from_area=meant[body.from_area], stays=stays))
    return entry


def known(code: str, home: str, situation: Situation = _NOWHERE) -> str:
    """The narrowest division that surely holds what `code` meant; empty where no county has it.

    A township names the places inside it (`home`) itself, and a declaration may name what the list
    does not have, as development zones. What only fills up with zeros (310000) means what stands
    before them.
    """
    means = code if not code or within(code, home) else _in_the_list(code)
    if means == code:
        return code
    around = situation.around(code, code)
    return code if any(len(area.code) >= Level.COUNTY for area in around) else means


@lru_cache(maxsize=4096)
def _in_the_list(code: str) -> str:
    code = history().today(code)
    above = [each for each in ancestors(AreaCode(code)) if each in divisions()]
    nearest = above[-1] if above else ""
    if nearest == code or len(nearest) == Level.TOWNSHIP:
        return code
    filled = not code[len(nearest) :].strip("0")
    return nearest if filled or len(nearest) >= Level.COUNTY else ""
