"""Pages and lists of the desk at size, each beside one indexed SELECT of the rows that it shows.

A page that comes later is one line in `ROUTES`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

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
_FOUND: Final = 200  # as many as a search shows
_SELECTS: Final = 200
# Names that some have, letters that many have, and digits that hardly anybody's number ends in.
_NAMES: Final = ("王伟芳", "李娜", "张敏静")
_LETTERS: Final = ("wwf", "ln", "zmj")
_DIGITS: Final = ("0417", "2286", "7351")

Bare = Callable[[Cell], Select[Any]]


class Route(Struct, frozen=True):
    """An address, and the SELECT that finds the rows it shows. `page`: asked for as HTML.

    `sought` are the words of a search, sent as a form one after the other; `by` says what they are.
    """

    path: str
    bare: Bare
    page: bool = False
    sought: tuple[str, ...] = ()
    by: str = ""

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"POST {self.path} by {self.by}" if self.sought else f"GET {self.path}"

    def requests(self, cell: Cell, token: str) -> list[bytes]:
        """What is asked, over and over."""
        path = self.path.format(village=cell.villages[0])
        accept = "text/html" if self.page else "application/json"
        if not self.sought:
            return [request("GET", path, token=token, accept=accept)]
        return [
            request(
                "POST", path, token=token, body=urlencode({"name": words, "words": words}).encode(),
                accept=accept, media_type="application/x-www-form-urlencoded",
            )
            for words in self.sought
        ]  # fmt: skip


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


def _named(cell: Cell) -> Select[Any]:
    return (
        sa.select(journey)
        .where(
            journey.c.township == cell.township, journey.c.name >= _NAMES[0],
            journey.c.name < f"{_NAMES[0]}\uffff",
        )
        .order_by(journey.c.name, journey.c.subject)
        .limit(_FOUND)
    )  # fmt: skip


# The ledger of returnees and the search in it.
LEDGER: Final[tuple[Route, ...]] = (
    Route("/arrivals", _newest, page=True),
    Route("/arrivals?village={village}&sort=village", _of_village, page=True),
    Route("/arrivals/find", _named, page=True, sought=_NAMES, by="name"),
    Route("/arrivals/find", _named, page=True, sought=_LETTERS, by="pinyin letters"),
    Route("/arrivals/find", _named, page=True, sought=_DIGITS, by="last digits"),
)
ROUTES: Final[tuple[Route, ...]] = (
    Route("/api/v1/arrivals", _newest),
    Route("/api/v1/arrivals?area={village}&sort=village", _of_village),
    Route("/api/v1/tasks", _tasks),
    Route("/api/v1/figures", _totals),
    Route("/api/v1/changes", _newest),
    Route("/api/v1/record", _record),
    Route("/", _totals, page=True),
    Route("/tasks", _tasks, page=True),
    Route("/figures", _totals, page=True),
    *LEDGER,
)


def lists(
    place: Place, cell: Cell, load: Load, people: str, routes: Sequence[Route] = ROUTES
) -> Iterator[Figure]:
    """Each route asked over one connection; `people` says what is in the database."""
    brief = Load(min(load.seconds, _LONGEST_S), load.repeats, load.say)
    database = Database(place.url)
    with serving(place.environment, place.folder / "server.log") as server:
        token = signed_in(server.port, cell)
        for route in routes:
            load.say(f"{place.label}: {route.name}, {people}")
            asked = route.requests(cell, token)
            taken = measured(brief, place.folder, server, Sent(route.path, 1, asked, again=True))
            found = taken.median
            yield Figure(
                name=f"{route.name}, {people}", database=place.label, unit="ms",
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
