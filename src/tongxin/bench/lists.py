"""Pages and lists of the desk at size, each beside one indexed SELECT of the rows that it shows.

A page that comes later is one line in `ROUTES`.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Select

from tongxin.arrivals.tables import journey
from tongxin.base.areas import span
from tongxin.bench.doors import Load, Sent, measured, signed_in
from tongxin.bench.load import request
from tongxin.bench.measures import Figure, percentile
from tongxin.bench.places import Place
from tongxin.bench.population import Cell
from tongxin.bench.servers import serving
from tongxin.ledger.database import Database
from tongxin.ledger.tables import fact, figure_total
from tongxin.work.tables import task

_BUDGET: Final = "p95 ≤ 50 ms"
_LONGEST_S: Final = 1.0
_SHOWN: Final = 50
_SELECTS: Final = 200

Bare = Callable[[Cell], Select[Any]]


class Route(Struct, frozen=True):
    """An address, and the SELECT that finds the rows it shows. `page`: asked for as HTML."""

    path: str
    bare: Bare
    page: bool = False


def _newest(cell: Cell) -> Select[Any]:
    return (
        sa.select(journey)
        .where(journey.c.township == cell.township)
        .order_by(journey.c.arrived_at.desc())
        .limit(_SHOWN)
    )


def _of_village(cell: Cell) -> Select[Any]:
    low, high = span(cell.villages[0])
    return (
        sa.select(journey)
        .where(journey.c.township == cell.township, journey.c.area >= low, journey.c.area < high)
        .order_by(journey.c.area, journey.c.arrived_at.desc())
        .limit(_SHOWN)
    )


def _tasks(cell: Cell) -> Select[Any]:
    return (
        sa.select(task)
        .where(task.c.township == cell.township, task.c.done_at.is_(None))
        .order_by(task.c.due_at)
        .limit(_SHOWN)
    )


def _totals(cell: Cell) -> Select[Any]:
    return sa.select(figure_total).where(figure_total.c.township == cell.township)


def _record(cell: Cell) -> Select[Any]:
    return (
        sa.select(fact)
        .where(fact.c.township == cell.township)
        .order_by(fact.c.seq.desc())
        .limit(_SHOWN)
    )


ROUTES: Final[tuple[Route, ...]] = (
    Route("/api/v1/arrivals", _newest),
    Route("/api/v1/arrivals?area={village}&sort=village", _of_village),
    Route("/api/v1/tasks", _tasks),
    Route("/api/v1/figures", _totals),
    Route("/api/v1/changes", _newest),
    Route("/api/v1/record", _record),
    Route("/", _totals, page=True),
    Route("/arrivals", _newest, page=True),
    Route("/tasks", _tasks, page=True),
    Route("/figures", _totals, page=True),
)


def lists(place: Place, cell: Cell, load: Load, people: str) -> Iterator[Figure]:
    """Each route asked over one connection; `people` says what is in the database."""
    brief = Load(min(load.seconds, _LONGEST_S), load.repeats, load.say)
    database = Database(place.url)
    with serving(place.environment, place.folder / "server.log") as server:
        token = signed_in(server.port, cell)
        for route in ROUTES:
            path = route.path.format(village=cell.villages[0])
            load.say(f"{place.label}: {path}, {people}")
            accept = "text/html" if route.page else "application/json"
            asked = [request("GET", path, token=token, accept=accept)]
            taken = measured(brief, place.folder, server, Sent(route.path, 1, asked, again=True))
            found = taken.median
            yield Figure(
                name=f"GET {route.path}, {people}", database=place.label, unit="ms",
                value=found.p50_ms, ceiling=_selected_ms(database, route.bare(cell)),
                p50_ms=found.p50_ms, p95_ms=found.p95_ms, p99_ms=found.p99_ms,
                processor_us=taken.processor_us, budget=_BUDGET,
            )  # fmt: skip
    database.close()


def _selected_ms(database: Database, statement: Select[Any]) -> float:
    """The median of the bare statement with all its rows fetched, in milliseconds."""
    compiled = statement.compile(
        dialect=database.engine.dialect, compile_kwargs={"render_postcompile": True}
    )
    order = getattr(compiled, "positiontup", None)
    values = compiled.params
    given: Any = [values[name] for name in order] if order else values
    times = []
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    for _ in range(_SELECTS):
        started = time.perf_counter()
        cursor.execute(str(compiled), given)
        cursor.fetchall()
        times.append((time.perf_counter() - started) * 1_000)
    connection.close()
    return percentile(times, 50)
