"""Comings for programs: who is expected, who has not come, who came untold, who is held."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct

from tongxin.arrivals.checkpoints import queries as checkpoints
from tongxin.arrivals.comings import queries
from tongxin.arrivals.comings.queries import View, Wanted
from tongxin.arrivals.identity import fault
from tongxin.base import masking
from tongxin.base.clock import civil_day, day_of, from_ms, to_ms
from tongxin.base.problems import ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.divisions.id_regions import is_region_unknown

MOST = 200
BAD_VIEW = ProblemKind(
    "arrivals.bad_view",
    422,
    zh="没有“{view}”这个名单。可选：{known}。",
    en="There is no list “{view}”. Choose one of: {known}.",
)


class Coming(Struct, frozen=True):
    """One coming as a list shows it: personal fields masked.

    `is_region_unknown`: no list knows the region of the ID number; a hint to look at the card.
    """

    person: str
    episode: str
    party: str
    name: str
    id_number: str
    is_doubtful: bool
    is_region_unknown: bool
    phone: str
    area: str
    from_area: str
    from_name: str
    vehicle: str
    view: str
    at: datetime
    planned_at: datetime | None
    declared_at: datetime | None
    in_time: bool | None
    no_show_at: datetime | None
    came_at: datetime | None
    came_by: str
    is_held: bool
    bound_for: str
    bound_for_name: str
    handed_at: datetime | None
    handed_to: str
    checkpoint: str
    found: str


class Comings(Struct, frozen=True):
    """A page of a list, and how many there are in all."""

    total: int
    comings: list[Coming]


@get("/api/v1/comings", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_comings(
    desk: AtDesk,
    view: FromQuery[str] = "expected",
    village: FromQuery[str] = "",
    checkpoint: FromQuery[str] = "",
    day: FromQuery[str] = "",
    figure: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Comings:
    """Who is expected, or another list (`view`), in the asker's remit, masked."""
    wanted = wanted_of(desk, view, village, checkpoint, day, figure)
    now_ms = to_ms(desk.now)
    rows = queries.comings(desk.remit, desk.connection, desk.township, wanted, now_ms, most, after)
    total = queries.how_many(desk.remit, desk.connection, desk.township, wanted, now_ms)
    return Comings(total, [shown(row, desk.now) for row in rows])


def wanted_of(
    desk: Desk, view: str, village: str, checkpoint: str, day: str, figure: str = ""
) -> Wanted:
    """What a list is narrowed to, from what an address says; a problem where it is nothing."""
    if view not in {each.value for each in View}:
        known = ", ".join(each.value for each in View)
        raise BAD_VIEW(field="view", view=view[:20], known=known)
    if day:
        civil_day(day, "day")
    covered = checkpoints.covered_by(desk.connection, desk.township, checkpoint)
    return Wanted(view=View(view), village=village, villages=covered, day=day, figure=figure)


def shown(row: queries.Row, now: datetime) -> Coming:
    """A coming's row as it is shown: masked, with what the time makes of it."""
    return Coming(
        person=row["subject"], episode=row["episode"], party=row["party"],
        name=masking.name(row["name"]), id_number=masking.id_number(row["id_number"]),
        is_doubtful=fault(row["id_number"], day_of(now)) is not None,
        is_region_unknown=is_region_unknown(row["id_number"] or ""),
        phone=masking.phone(row["phone"]), area=row["area"], from_area=row["from_area"],
        from_name=row["from_name"], vehicle=row["vehicle"], view=view_of(row, now).value,
        at=from_ms(row["at"]), planned_at=_instant(row["planned_at"]),
        declared_at=_instant(row["declared_at"]), in_time=row["in_time"],
        no_show_at=_instant(row["no_show_at"]), came_at=_instant(row["came_at"]),
        came_by=row["came_by"], is_held=row["held"],
        bound_for=row["bound_for"], bound_for_name=row["bound_for_name"],
        handed_at=_instant(row["handed_at"]), handed_to=row["handed_to"],
        checkpoint=row["checkpoint"], found=row["found"],
    )  # fmt: skip


def view_of(row: queries.Row, now: datetime) -> View:
    """In which list a coming stands at `now`."""
    late = row["no_show_at"] is not None and row["no_show_at"] <= to_ms(now)
    if row["word"] == View.EXPECTED.value and late:
        return View.NO_SHOW
    return View(row["word"])


def _instant(at: int | None) -> datetime | None:
    return None if at is None else from_ms(at)


HANDLERS: list[Any] = [list_comings]
