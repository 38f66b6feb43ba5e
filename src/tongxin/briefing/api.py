"""Figures for programs: each with where it opens onto its records."""

from collections.abc import Mapping
from typing import Any

from litestar import get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from tongxin.base.clock import to_ms
from tongxin.base.texts import Text
from tongxin.briefing import queries
from tongxin.briefing.figures import known
from tongxin.desk import AtDesk, Desk
from tongxin.work.queries import counts


class Figure(Struct, frozen=True):
    """A figure counted over the asker's remit; `records` is where it opens."""

    figure: str
    title: Text
    amount: int
    records: str


class Part(Struct, frozen=True):
    """What one village counts on one day; `forgotten` of it stand for people forgotten since."""

    village: str
    day: str
    amount: int
    forgotten: int


@get("/api/v1/figures", opt={"may": "figures.read"}, sync_to_thread=True)
def list_figures(
    desk: AtDesk, since: FromQuery[str] = "", until: FromQuery[str] = "", area: FromQuery[str] = ""
) -> list[Figure]:
    """All figures of the asker's remit, explicit zeros included."""
    return figures(desk, since=since, until=until, area=area)


@get("/api/v1/figures/{figure:str}", opt={"may": "figures.read"}, sync_to_thread=True)
def show_figure(desk: AtDesk, figure: FromPath[str]) -> list[Part]:
    """One figure by village and day."""
    rows = queries.by_village_and_day(desk.remit, desk.connection, desk.township, figure)
    return [Part(**row) for row in rows]


def figures(
    desk: Desk,
    owed: Mapping[str, int] | None = None,
    *,
    since: str = "",
    until: str = "",
    area: str = "",
) -> list[Figure]:
    """Every figure that the program knows, and every area word that was counted.

    `owed` is what `work.queries.counts` says, where it has been asked already.
    """
    totals = queries.totals(desk.remit, desk.connection, desk.township, since, until, area)
    found = [
        Figure(name, title, totals.get(name, 0), f"/arrivals?figure={name}")
        for name, title in known(totals, desk.connection, desk.township, desk.now).items()
    ]
    if not desk.remit.holds("work.read"):
        return found  # a zero would say that nothing is to be done
    now = owed or counts(desk.remit, desk.connection, desk.township, to_ms(desk.now))
    found += [
        Figure("work.open", Text("待办任务", "Tasks open"), now["open"], "/tasks"),
        Figure("work.overdue", Text("逾期任务", "Tasks overdue"), now["overdue"], "/tasks?late=1"),
    ]
    return found


class Group(Struct, frozen=True):
    """Figures of one part of the township's daily report."""

    title: Text
    mark: Text
    figures: list[tuple[Figure, str]]


def grouped(desk: Desk, owed: Mapping[str, int] | None = None) -> list[Group]:
    """The figures as pages show them: by part of the report, each with its page."""
    found = figures(desk, owed)
    people = [(f, f"/figures/{f.figure}") for f in found if not f.figure.startswith("work.")]
    work = [
        (f, f"/figures/{f.figure}" if f.figure == "work.done" else f.records)
        for f in found
        if f.figure.startswith("work.")
    ]
    return [
        Group(Text("人员排查", "Arrivals"), Text("二", "2"), people),
        Group(Text("任务", "Tasks"), Text("", ""), work),
    ]


HANDLERS: list[Any] = [list_figures, show_figure]
