"""The registry at a glance: the township by village, one village by grid, doors to knock at."""

from typing import Any, Final

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from msgspec import Struct

from tongxin.base.areas import Level
from tongxin.base.clock import day_of
from tongxin.base.problems import NOT_FOUND
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form
from tongxin.registry import figures
from tongxin.registry.choices import grid_names
from tongxin.registry.choices import villages as choose
from tongxin.registry.grids import api as grids
from tongxin.registry.grids.rules import leaves
from tongxin.registry.households import queries as households
from tongxin.registry.households.pages.listing import doors, stale_before
from tongxin.registry.households.rules import sample
from tongxin.registry.labels import BOUNDS, NEEDS
from tongxin.registry.queries import places
from tongxin.registry.villages import queries

_LOT: Final = 5
_DOORS: Final = 50
_QUESTIONS: Final = (
    (
        Text("底数清：有多少户、多少人", "How many households and people"),
        (
            "registry.households", "registry.residents", "registry.away", "registry.visitors",
            *(f"registry.needs.{need}" for need in NEEDS),
        ),
    ),
    (
        Text("情况明：多久没见到了", "How long since they were met"),
        (
            "registry.met_lately", "registry.age", "registry.households_visited",
            "registry.visits",
        ),
    ),
    (
        Text("信息准、有人管", "Whether it is right, and who looks after them"),
        (
            "registry.right", "registry.members_linked", "registry.households_linked",
            "registry.unlinked", "registry.teams",
        ),
    ),
)  # fmt: skip
_SHOWN: Final = (
    "registry.households", "registry.residents", "registry.away", "registry.visitors",
    "registry.households_linked", "registry.households_visited",
)  # fmt: skip


@get("/registry", opt={"may": "registry.doors"}, sync_to_thread=True)
def home(desk: AtDesk) -> Template:
    """What the township knows of its households, village by village."""
    here = [code for code, _ in choose(desk, households.DOORS)]
    if len(here) == 1:
        return _village(desk, here[0])
    counts = desk.remit.holds(queries.READ)
    by_village = queries.by_village(
        desk.remit, desk.connection, desk.township, _SHOWN, desk.township
    )
    teams = grids.teams(desk, desk.township) if desk.remit.holds("staff.read") else {}
    return desk.page(
        "registry/home.html", villages=[(code, by_village.get(code, {})) for code in here],
        counts=counts, figures=_figures(desk, "") if counts else [],
        teams=_by_village(teams), gaps=grids.gaps(teams),
    )  # fmt: skip


@get("/registry/{village:str}", opt={"may": "registry.doors"}, sync_to_thread=True)
def village_page(desk: AtDesk, village: FromPath[str]) -> Template:
    """One village: its figures, its grids, and what is to be done about them."""
    return _village(desk, village)


@get("/doors", opt={"may": "registry.visit"}, sync_to_thread=True)
def doors_page(desk: AtDesk, village: FromQuery[str] = "") -> Template:
    """Doors to knock at, those first where nobody was met for longest; a visit is one tap."""
    wanted = households.Wanted(area=village, sort="longest", stale_before=stale_before(desk))
    at_desk = desk.remit, desk.connection, desk.township
    rows = households.households(*at_desk, wanted, _DOORS, 0)
    return desk.page(
        "registry/doors.html", doors=doors(desk, rows), total=households.how_many(*at_desk, wanted),
        villages=choose(desk, "registry.visit"), query={"village": village} if village else {},
    )  # fmt: skip


def _village(desk: Desk, village: str) -> Template:
    named = places(desk.connection, desk.township)
    known = village in named and len(village) == Level.VILLAGE
    if not known or not desk.remit.inside(households.DOORS, village):
        raise NOT_FOUND()
    drawn = grids.grids(desk, village)
    open_ = leaves([grid.code for grid in drawn])
    at_desk = desk.remit, desk.connection, desk.township
    unplaced = households.how_many(
        *at_desk, households.Wanted(area=village, outside_of=tuple(open_))
    )
    sees_staff = desk.remit.holds("staff.read")
    return desk.page(
        "registry/village.html", village=village, grids=drawn, unplaced=unplaced, bounds=BOUNDS,
        teams=grids.teams(desk, village) if sees_staff else {}, form=Form(),
        figures=_figures(desk, village) if desk.remit.allows(queries.READ, village) else [],
        lot=_lot(desk, village) if desk.remit.allows("registry.recheck", village) else None,
        may_arrange=desk.remit.allows("registry.arrange", village), pack=grids.pack(desk),
        grid_names=grid_names(desk, village),
    )  # fmt: skip


class Shown(Struct, frozen=True):
    """A figure as the page shows it: of how many, if that is part of it, and where it opens."""

    title: Text
    amount: int | None
    out_of: int | None
    href: str


def _figures(desk: Desk, area: str) -> list[tuple[Text, list[Shown]]]:
    """The figures of an area, by what they answer."""
    found = _all_figures(desk, area)
    return [
        (title, [found[name] for name in names if name in found]) for title, names in _QUESTIONS
    ]


def _all_figures(desk: Desk, area: str) -> dict[str, Shown]:
    """Each figure that the asker may open, sums and computed ones, by name."""
    at_desk = desk.remit, desk.connection, desk.township
    query = f"&village={area}" if area else ""
    days = queries.by_day(*at_desk, tuple(figures.SUMS), area or desk.township)
    found: dict[str, Shown] = {}
    for figure, title in figures.SUMS.items():
        records = figures.records_of(figure)
        if records and desk.remit.holds(records[1]):
            amount = sum(days[figure].values())
            found[figure] = Shown(title, amount, None, f"{records[0]}?figure={figure}{query}")
    for each in figures.computed(*at_desk, desk.now, grids.pack(desk), area):
        found[each.figure] = Shown(each.title, each.amount, each.out_of, each.records)
    return found


def _by_village(teams: dict[str, grids.Team]) -> dict[str, tuple[int, int]]:
    """How many teams are whole in each village, of how many."""
    found: dict[str, tuple[int, int]] = {}
    for code, team in teams.items():
        whole, total = found.get(code[: Level.VILLAGE], (0, 0))
        found[code[: Level.VILLAGE]] = whole + team.is_whole, total + 1
    return found


def _lot(desk: Desk, village: str) -> list[Any]:
    """The households of a village to be checked again today, drawn by lot."""
    at_desk = desk.remit, desk.connection, desk.township
    names = sample(households.names_in(*at_desk, village), day_of(desk.now), _LOT)
    found = households.doors_of(*at_desk, names)
    return doors(desk, [found[name] for name in names if name in found])


HANDLERS: list[Any] = [home, village_page, doors_page]
