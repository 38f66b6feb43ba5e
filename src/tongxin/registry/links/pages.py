"""Links on screen: how many members look after how many households, and who has too many."""

from typing import Annotated, Any, Final

from litestar import get
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from tongxin.desk import AtDesk
from tongxin.registry.choices import villages
from tongxin.registry.grids.api import pack
from tongxin.registry.links import api, queries

PAGE: Final = 100


@get("/links", opt={"may": "registry.read"}, sync_to_thread=True)
def links_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=20_000)] = 1,
) -> Template:
    """Coverage and load in the remit."""
    area = village if village.startswith(desk.township) else desk.township
    after = (page - 1) * PAGE
    found = api.links(desk, area, PAGE, after)
    ahead = found.members > after + PAGE
    way = f"/links?village={village}&page="
    return desk.page(
        "registry/links.html", links=found, query={"village": village} if village else {},
        villages=villages(desk, queries.READ), clause=pack(desk).member_links, page=page,
        pages=max(-(-found.members // PAGE), 1), before=f"{way}{page - 1}" if page > 1 else None,
        after=f"{way}{page + 1}" if ahead else None, village=village,
    )  # fmt: skip


HANDLERS: list[Any] = [links_page]
