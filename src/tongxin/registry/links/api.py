"""Links for programs: who looks after how many households, and how many nobody looks after."""

from typing import Annotated, Any

from litestar import get
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct

from tongxin.desk import AtDesk, Desk
from tongxin.registry.grids.api import pack
from tongxin.registry.households import queries as households
from tongxin.registry.links import queries


class Load(Struct, frozen=True):
    """How many households one member looks after; `over` where the pack warns of it."""

    staff: str
    name: str
    area: str
    households: int
    over: bool
    has_left: bool


class Links(Struct, frozen=True):
    """Coverage and load over an area: distinct members, distinct households, and who has how many.

    `most` is the pack's bound for one member, or null where it says none.
    """

    members: int
    households: int
    linked: int
    unlinked: int
    most: int | None
    load: list[Load]


@get("/api/v1/links", opt={"may": "registry.read"}, sync_to_thread=True)
def list_links(
    desk: AtDesk,
    area: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=1_000_000)] = 0,
) -> Links:
    """Coverage and load in the asker's remit, the heaviest load first."""
    return links(desk, area or desk.township, most, after)


def links(desk: Desk, area: str, most: int, after: int = 0) -> Links:
    """Coverage and load over an area, as far as the asker's remit goes."""
    at_desk = desk.remit, desk.connection, desk.township
    bound = pack(desk).member_links
    wanted = households.Wanted(area=area)
    total = households.how_many(*at_desk, wanted)
    unlinked = households.how_many(*at_desk, households.Wanted(area=area, unlinked=True))
    top = bound.household_max if bound else None
    return Links(
        members=queries.members_linked(*at_desk, area), households=total,
        linked=total - unlinked, unlinked=unlinked, most=top,
        load=[
            Load(
                row["staff"], row["name"] or "", row["area"] or "", row["households"],
                top is not None and row["households"] > top, bool(row["has_left"]),
            )
            for row in queries.load(*at_desk, area, most, after)
        ],
    )  # fmt: skip


HANDLERS: list[Any] = [list_links]
