"""Where somebody says that he comes from, by the codes of today: an old one must meet the lists."""

from typing import TypeVar

from msgspec.structs import replace

from tongxin.arrivals.declarations.facts import ReturnDeclared
from tongxin.arrivals.facts import ArrivalRecorded
from tongxin.arrivals.findings.facts import FindingMade
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.divisions.shipped import history

Body = TypeVar("Body", ArrivalRecorded, ReturnDeclared, PassageRecorded, FindingMade)


def by_todays_codes(body: Body) -> Body:
    """What was told, with codes of divisions that are no more put to what took their place.

    The names stay as they were told.
    """
    today = history().today
    stays = tuple(replace(stay, area=today(stay.area)) for stay in body.stays)
    return replace(body, from_area=today(body.from_area), stays=stays)
