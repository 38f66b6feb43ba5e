"""Figures for programs: each with where it opens onto its records."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from tongxin.arrivals.checkpoints.queries import uncovered_in
from tongxin.arrivals.comings import queries as comings
from tongxin.arrivals.comings.queries import View
from tongxin.base.clock import to_ms
from tongxin.base.texts import Text
from tongxin.briefing import queries
from tongxin.briefing.figures import known, records_of
from tongxin.desk import AtDesk, Desk
from tongxin.registry import figures as registry
from tongxin.registry.figures import Computed
from tongxin.registry.queries import in_force_at, packs_in_force
from tongxin.work.queries import counts

# Figures of this moment, which no day keeps.
NOW: Final = "arrivals.now."
_NOW_TITLES: Final = {
    View.EXPECTED: Text("待返乡", "Expected"),
    View.NO_SHOW: Text("到时没来", "Did not come"),
    View.HELD: Text("卡点留观", "Held at a post"),
}
_UNTOLD: Final = Text("没有报备就到（人次）", "Came without being declared")
_UNCOVERED: Final = Text("没有卡点的村", "Villages without a checkpoint")


class Figure(Struct, frozen=True):
    """A figure counted over the asker's remit; `records` is where it opens.

    `out_of`: of how many, where that is part of it. `good`: whether it is as the pack asks, null
    where it asks nothing. `amount` is null where there is nothing to compute it from.
    """

    figure: str
    title: Text
    amount: int | None
    records: str
    out_of: int | None = None
    good: bool | None = None


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
        Figure(name, title, totals.get(name, 0), opens(name))
        for name, title in known(totals, desk.connection, desk.township, desk.now).items()
    ]
    if not since and not until:
        found += [_shown(each) for each in computed(desk, area)]
        untold = totals.get("arrivals.recorded", 0) - totals.get("arrivals.announced", 0)
        found += _comings(desk, untold)
    if not desk.remit.holds("work.read"):
        return found  # a zero would say that nothing is to be done
    now = owed or counts(desk.remit, desk.connection, desk.township, to_ms(desk.now))
    found += [
        Figure("work.open", Text("待办任务", "Tasks open"), now["open"], "/tasks"),
        Figure("work.overdue", Text("逾期任务", "Tasks overdue"), now["overdue"], "/tasks?late=1"),
    ]
    return found


def computed(desk: Desk, area: str = "") -> list[Computed]:
    """The figures that are no sums, as they are now."""
    packs = packs_in_force(desk.connection, desk.township)
    if not packs:
        return []
    pack = in_force_at(packs, desk.now).pack
    return registry.computed(desk.remit, desk.connection, desk.township, desk.now, pack, area)


def _shown(each: Computed) -> Figure:
    return Figure(each.figure, each.title, each.amount, each.records, each.out_of, each.good)


def opens(figure: str) -> str:
    """The list that a figure opens onto."""
    return f"{records_of(figure)[0]}?figure={figure}"


def _comings(desk: Desk, untold: int) -> list[Figure]:
    """Who came untold; who is expected, missing, or held at a post now; where nobody watches."""
    if not desk.remit.holds("arrivals.read"):
        return []  # a zero would say that nobody is expected
    now = comings.counts(desk.remit, desk.connection, desk.township, to_ms(desk.now))
    bare = len(uncovered_in(desk.remit, desk.connection, desk.township))
    return [
        Figure(f"{NOW}{view.value}", title, now[view], f"/comings?view={view.value}")
        for view, title in _NOW_TITLES.items()
    ] + [
        Figure(f"{NOW}unannounced", _UNTOLD, untold, "/comings?view=unannounced"),
        Figure(f"{NOW}uncovered", _UNCOVERED, bare, "/checkpoints#uncovered"),
    ]


# Those that a day begins with.
_FOREMOST: Final = (
    "arrivals.screened", f"{NOW}expected", f"{NOW}no_show", f"{NOW}held", f"{NOW}unannounced",
    f"{NOW}uncovered", "registry.met_lately", "registry.teams",
)  # fmt: skip


class Group(Struct, frozen=True):
    """Figures of one part of the township's daily report."""

    title: Text
    mark: Text
    figures: list[tuple[Figure, str]]


def grouped(desk: Desk, owed: Mapping[str, int] | None = None) -> list[Group]:
    """The figures as pages show them: by part of the report, each with its page."""
    parts: list[list[tuple[Figure, str]]] = [[], [], []]
    for figure in figures(desk, owed):
        name = figure.figure
        grids = name.startswith("registry.") and name not in registry.FORCES_FIGURES
        part = 2 if name.startswith("work.") else 0 if grids else 1
        parts[part].append((figure, _page(figure)))
    return [
        Group(Text("网格管理", "Grids"), Text("一", "1"), parts[0]),
        Group(Text("人员排查", "Arrivals"), Text("二", "2"), parts[1]),
        Group(Text("任务", "Tasks"), Text("", ""), parts[2]),
    ]


def foremost(desk: Desk, owed: Mapping[str, int]) -> list[tuple[Figure, str]]:
    """The few figures that a day begins with, and their pages, as far as the asker counts them."""
    known_ = {figure.figure: figure for figure in figures(desk, owed)}
    return [(known_[name], _page(known_[name])) for name in _FOREMOST if name in known_]


def _page(figure: Figure) -> str:
    """The page of a figure: by village and day where it is a sum, else its records."""
    name = figure.figure
    of_now = name.startswith(NOW) or (name.startswith("work.") and name != "work.done")
    return figure.records if of_now else f"/figures/{name}"


HANDLERS: list[Any] = [list_figures, show_figure]
