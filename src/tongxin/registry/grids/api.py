"""Grids for programs: how villages are divided, how large each part is, who leads it."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from tongxin.base.areas import Level, area_code
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import OFFICE, Verdict, Words
from tongxin.policy.pack import Pack
from tongxin.registry import queries as registry
from tongxin.registry.grids import facts, queries, rules
from tongxin.registry.households import queries as households
from tongxin.registry.residents import queries as residents
from tongxin.registry.staff import queries as staff
from tongxin.registry.staff.rules import team

NO_PARENT = ProblemKind(
    "registry.no_parent_grid",
    422,
    zh="微网格 {code} 要在网格 {parent} 里面，那个网格还没有划分。",
    en="The micro-grid {code} lies in the grid {parent}, which is not drawn.",
)
HAS_PARTS = ProblemKind(
    "registry.grid_has_parts",
    409,
    zh="这个网格里还有 {count} 个微网格，请先撤销微网格。",
    en="{count} micro-grids lie in this grid: close them first.",
)


class Grid(Struct, frozen=True):
    """A grid: its size, whether households may stand in it, what the pack warns of.

    `bounds` name what is out of bounds: few_households, many_households, many_people.
    """

    code: str
    name: str
    is_leaf: bool
    households: int
    people: int
    bounds: list[str]


class Seat(Struct, frozen=True):
    """One role of a team, by the pack, and who holds it."""

    role: str
    label: Text
    holders: list[str]
    names: list[str]
    is_filled: bool

    @property
    def people(self) -> list[tuple[str, str]]:
        """Who holds it, each with a name."""
        return list(zip(self.holders, self.names, strict=True))


class Team(Struct, frozen=True):
    """The team of one grid; whole once each role is filled by somebody of its own."""

    grid: str
    name: str
    is_whole: bool
    seats: list[Seat]

    @property
    def missing(self) -> list[Text]:
        """The roles that are not filled."""
        return [seat.label for seat in self.seats if not seat.is_filled]


class Gap(Struct, frozen=True):
    """A grid whose team is not whole, and the roles that nobody of its own fills."""

    grid: str
    name: str
    missing: list[Text]


class Closing(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a grid is closed."""

    reason: Words


@get("/api/v1/grids", opt={"may": "registry.doors"}, sync_to_thread=True)
def list_grids(desk: AtDesk, area: FromQuery[str] = "") -> list[Grid]:
    """The grids of a village or of the township, as far as the asker's remit counts them."""
    return grids(desk, area or desk.township)


@post("/api/v1/grids", opt={"may": "registry.arrange"}, sync_to_thread=True)
def draw_grid(desk: AtDesk, data: JSONBody[facts.GridDrawn]) -> Verdict:
    """Draw a grid, or name it anew."""
    return drawn(desk, data)


@post("/api/v1/grids/{code:str}/close", opt={"may": "registry.arrange"}, sync_to_thread=True)
def close_grid(desk: AtDesk, code: FromPath[str], data: JSONBody[Closing]) -> Verdict:
    """Close a grid; its households are to be placed anew."""
    return closed(desk, code, data.reason)


@get("/api/v1/grids/gaps", opt={"may": "staff.read"}, sync_to_thread=True)
def list_gaps(desk: AtDesk, area: FromQuery[str] = "") -> list[Gap]:
    """The grids whose team is not whole, with what is missing, by the pack in force."""
    return gaps(teams(desk, area or desk.township))


@get("/api/v1/grids/{code:str}/team", opt={"may": "staff.read"}, sync_to_thread=True)
def show_team(desk: AtDesk, code: FromPath[str]) -> Team:
    """The team of one grid, by the pack in force."""
    team_of = teams(desk, code).get(code) if desk.remit.inside("staff.read", code) else None
    if team_of is None:
        raise NOT_FOUND()
    return team_of


def grids(desk: Desk, area: str) -> list[Grid]:
    """The grids of an area with their sizes, as far as the asker may count."""
    drawn_ = queries.grids(desk.connection, desk.township, area)
    sizes = pack(desk).grids
    leaves = set(rules.leaves([grid.code for grid in drawn_]))
    doors = households.by_area(desk.remit, desk.connection, desk.township, area)
    people = residents.by_area(desk.remit, desk.connection, desk.township, area)
    found = []
    for grid in drawn_:
        size = rules.Size(_inside(doors, grid.code), _inside(people, grid.code))
        found.append(
            Grid(
                grid.code, grid.name, grid.code in leaves, size.households, size.people,
                rules.out_of_bounds(grid.code, size, sizes),
            )
        )  # fmt: skip
    return found


def gaps(found: Mapping[str, Team]) -> list[Gap]:
    """Of these teams, those that are not whole."""
    return [Gap(t.grid, t.name, t.missing) for t in found.values() if not t.is_whole]


def teams(desk: Desk, area: str) -> dict[str, Team]:
    """The team of each grid of an area that is to have one: micro-grids have none."""
    seats = pack(desk).grid_team
    roles = seats.roles if seats else ()
    posts: dict[str, dict[str, list[str]]] = {}
    names: dict[str, str] = {}
    for row in staff.posts_in(desk.remit, desk.connection, desk.township, area):
        posts.setdefault(row["grid"], {}).setdefault(row["role"], []).append(row["subject"])
        names[row["subject"]] = row["name"]
    found = {}
    for grid in queries.grids(desk.connection, desk.township, area):
        if len(grid.code) == Level.GRID:
            here = team([role.id for role in roles], posts.get(grid.code, {}))
            found[grid.code] = Team(
                grid.code,
                grid.name,
                here.is_whole,
                [
                    Seat(
                        role.id, role.label, list(here.holders[role.id]),
                        [names[holder] for holder in here.holders[role.id]],
                        role.id not in here.gaps,
                    )
                    for role in roles
                ],
            )  # fmt: skip
    return found


def drawn(desk: Desk, body: facts.GridDrawn) -> Verdict:
    """Record that a grid is drawn; a micro-grid needs its grid."""
    code = area_code(body.code, "code")
    parent = code[: Level.GRID]
    if parent != code and queries.grid_of(desk.connection, desk.township, parent) is None:
        raise NO_PARENT(field="code", code=code, parent=parent)
    return desk.record(facts.GRID_DRAWN, body, subject=f"place-{code}", purpose=OFFICE, area=code)


def closed(desk: Desk, code: str, reason: str) -> Verdict:
    """Record that a grid is closed, once nothing lies in it."""
    area = area_code(code, "code")
    inside = queries.grids(desk.connection, desk.township, area)
    if not any(grid.code == area for grid in inside):
        raise NOT_FOUND()
    if len(inside) > 1:
        raise HAS_PARTS(count=len(inside) - 1)
    return desk.record(
        facts.GRID_CLOSED, facts.GridClosed(code=area, reason=reason), subject=f"place-{area}",
        purpose=OFFICE, area=area,
    )  # fmt: skip


def pack(desk: Desk) -> Pack:
    """The pack in force now, whose numbers warn and plan."""
    packs = registry.packs_in_force(desk.connection, desk.township)
    return registry.in_force_at(packs, desk.now).pack


def _inside(counted: dict[str, int], code: str) -> int:
    return sum(count for area, count in counted.items() if area.startswith(code))


HANDLERS: list[Any] = [list_grids, draw_grid, close_grid, list_gaps, show_team]
