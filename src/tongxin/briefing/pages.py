"""Figures on screen: each by village and day, each part opening onto its records."""

from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from msgspec import Struct

from tongxin.base.areas import Level
from tongxin.base.problems import NOT_FOUND
from tongxin.briefing import api, queries
from tongxin.briefing.figures import known, records_of
from tongxin.desk import AtDesk
from tongxin.registry.figures import Computed
from tongxin.registry.queries import places


class Part(Struct, frozen=True):
    """What one village counts on one day, and where its records are, for who may read them."""

    village: str
    day: str
    amount: int
    forgotten: int
    href: str


@get("/figures", opt={"may": "figures.read"}, sync_to_thread=True)
def figures_page(desk: AtDesk) -> Template:
    """Every figure, explicit zeros included."""
    return desk.page("briefing/figures.html", groups=api.grouped(desk))


@get("/figures/{figure:str}", opt={"may": "figures.read"}, sync_to_thread=True)
def figure_page(desk: AtDesk, figure: FromPath[str]) -> Template:
    """One figure by village and day; one that is no sum, by village."""
    if any(each.figure == figure for each in api.computed(desk)):
        return _computed(desk, figure)
    totals = queries.totals(desk.remit, desk.connection, desk.township)
    titles = known(totals, desk.connection, desk.township, desk.now)
    if figure not in titles:
        raise NOT_FOUND()
    rows = queries.by_village_and_day(desk.remit, desk.connection, desk.township, figure)
    parts = [_part(desk, figure, row) for row in rows]
    villages: dict[str, int] = {}
    for part in parts:
        villages[part.village] = villages.get(part.village, 0) + part.amount
    return desk.page(
        "briefing/figure.html", figure=figure, title=titles[figure], parts=parts,
        total=totals.get(figure, 0), forgotten=sum(part.forgotten for part in parts),
        villages=sorted(villages.items()), reads=desk.remit.holds(records_of(figure)[1]),
        records=records_of(figure)[0],
    )  # fmt: skip


def _computed(desk: AtDesk, figure: str) -> Template:
    """A figure that is no sum: for all of the remit, and for each village."""

    def of(area: str) -> Computed:
        return next(each for each in api.computed(desk, area) if each.figure == figure)

    villages = [
        code
        for code in places(desk.connection, desk.township)
        if len(code) == Level.VILLAGE and desk.remit.inside("figures.read", code)
    ]
    whole = of("")
    return desk.page(
        "briefing/computed.html", whole=whole, villages=[(code, of(code)) for code in villages],
        reads=desk.remit.holds(whole.may),
    )  # fmt: skip


def _part(desk: AtDesk, figure: str, row: Any) -> Part:
    asked = urlencode({"figure": figure, "village": row["village"], "day": row["day"]})
    records, may = records_of(figure)
    reads = desk.remit.allows(may, row["village"])
    return Part(
        row["village"], row["day"], row["amount"], int(row["forgotten"]),
        f"{records}?{asked}" if reads else "",
    )  # fmt: skip


HANDLERS: list[Any] = [figures_page, figure_page]
