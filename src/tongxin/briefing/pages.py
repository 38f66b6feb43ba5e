"""Figures on screen: each by village and day, each part opening onto its records."""

from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from msgspec import Struct

from tongxin.base.problems import NOT_FOUND
from tongxin.briefing import api, queries
from tongxin.briefing.figures import known
from tongxin.desk import AtDesk


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
    """One figure by village and day."""
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
        villages=sorted(villages.items()), reads=desk.remit.holds("arrivals.read"),
    )  # fmt: skip


def _part(desk: AtDesk, figure: str, row: Any) -> Part:
    asked = urlencode({"figure": figure, "village": row["village"], "day": row["day"]})
    reads = desk.remit.allows("arrivals.read", row["village"])
    return Part(
        row["village"], row["day"], row["amount"], int(row["forgotten"]),
        f"/arrivals?{asked}" if reads else "",
    )  # fmt: skip


HANDLERS: list[Any] = [figures_page, figure_page]
