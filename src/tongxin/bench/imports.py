"""Excel at size: a list of 10,000 comes in, a ledger of 36,000 leaves and is searched.

Ceilings: the bare reader with the bare writer's rows; the bare library writing as many cells.
"""

import io
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import python_calamine
import xlsxwriter

from tongxin.access.queries import accounts
from tongxin.base.clock import system_clock
from tongxin.base.id_numbers import check_character
from tongxin.base.ids import new_subject
from tongxin.bench.doors import Load, signed_in
from tongxin.bench.lists import LEDGER, lists
from tongxin.bench.measures import Figure
from tongxin.bench.places import Place
from tongxin.bench.population import GIVEN, ORIGINS, SURNAMES, Cell, journeys, populate, settled
from tongxin.bench.servers import HOST, serving
from tongxin.catalogue import SHEETS
from tongxin.installation import Installation
from tongxin.intake.proposing import looking
from tongxin.intake.running import Job
from tongxin.intake.staging import Head, Staging
from tongxin.intake.survey import Asking
from tongxin.ledger.facts import OFFICE
from tongxin.registry.facts import PLACE_NAMED, PlaceNamed
from tongxin.sheets import apart
from tongxin.sheets.rows import mapped

_IN: Final = 10_000
_OUT: Final = 36_000
_TOWNSHIP: Final = "411526131"
_KIND: Final = "arrivals"
_NEARLY: Final = 0.99
_HEAD: Final = (
    "序号", "姓名", "身份证号", "电话", "地址", "家庭住址", "返回说明", "返回时间", "行程码",
    "健康码", "核酸结果", "疫苗", "体温", "上报村", "网格员", "上报日期", "返乡类型", "防控措施",
)  # fmt: skip


def sheets(place: Place, count: int, load: Load, written_per_s: float) -> Iterator[Figure]:
    """Import and export; `written_per_s` is how many arrivals the bare writer writes."""
    now, many, out = system_clock(), min(_IN, count), min(_OUT, count)
    installation = place.create(system_clock)
    try:
        cell = settled(installation, _TOWNSHIP, now)
        _name_villages(installation, cell, now)
        data = _workbook(cell, many, now)
        load.say(f"{place.label}: {many:,} rows of Excel come in")
        yield _imported(installation, cell, data, many, place.label, written_per_s)
        populate(installation, journeys(installation, cell, out - many, now), now)
        installation.database.refresh_statistics()
    finally:
        installation.close()
    load.say(f"{place.label}: {out:,} rows leave as Excel")
    yield _exported(place, cell, out)
    yield from lists(place, cell, load, f"{out:,} in one township", LEDGER)


def _name_villages(installation: Installation, cell: Cell, now: datetime) -> None:
    drafts = [
        installation.first_fact(
            cell.township, PLACE_NAMED, f"place-{code}", OFFICE,
            PlaceNamed(code=code, name=f"第{n}村"), now,
        )
        for n, code in enumerate(cell.villages, start=1)
    ]  # fmt: skip
    installation.store.record(drafts, now)


def _workbook(cell: Cell, count: int, now: datetime) -> bytes:
    """A ledger as a township keeps it, of made-up people with valid ID numbers."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    for n, title in enumerate(_HEAD):
        sheet.write_string(0, n, title)
    day = f"{now:%Y-%m-%d}"
    for n in range(count):
        digits = f"411599{1950 + n % 50}{n // 50 % 12 + 1:02}{n // 600 % 28 + 1:02}{n // 16_800:03}"
        row = (
            str(n + 1), _name(n),
            digits + check_character(digits), f"199{n:08}", ORIGINS[n % len(ORIGINS)][1],
            f"{n % 9 + 1}组{n % 40 + 1}号", "自驾", day, "无异常", "绿码", "阴性", "三针", "36.4",
            f"第{n % len(cell.villages) + 1}村", "孙丽", day, "省外", "居家监测",
        )  # fmt: skip
        for m, value in enumerate(row):
            sheet.write_string(n + 1, m, value)
    book.close()
    return target.getvalue()


def _name(n: int) -> str:
    """A name as common as names are: of 10,000 people, some have the same."""
    return SURNAMES[n % 20] + GIVEN[n // 20 % 20] + GIVEN[n // 400 % 20]


def _imported(
    installation: Installation, cell: Cell, data: bytes, count: int, label: str, per_s: float
) -> Figure:
    """From the bytes of a file to the last row recorded, judged and visible."""
    kind, now = SHEETS[_KIND], system_clock()
    started = time.perf_counter()
    read = apart.read(data)
    with installation.database.reading() as connection:
        remit = accounts(installation.store, connection, cell.township)[cell.accounts[0]].remit
        proposed = looking(connection, cell.township, kind, read.book, now.date())
    chosen = proposed.chosen(read.book)
    head = Head(cell.accounts[0], kind.id, read.book, mapped(chosen.header, chosen.n), 1)
    import_id = new_subject("import")
    Staging(installation.store, cell.township).begin(import_id, head, read.parts, now)
    asking = Asking(cell.township, cell.accounts[0], remit, now)
    counts = Job(installation.store, kind, import_id, asking).record()
    seconds = time.perf_counter() - started
    if counts.new != count:
        raise AssertionError(f"the bench's own list: {counts}")
    started = time.perf_counter()
    python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(
        0
    ).to_python()
    ceiling = time.perf_counter() - started + count / per_s
    return Figure(
        name=f"Excel import, {count:,} rows", database=label, unit="s", value=seconds,
        ceiling=ceiling, budget="10,000 rows ≤ 10 s",
        note="two facts a row; ceiling: bare reader, and one arrival a row by the bare writer",
    )  # fmt: skip


def _exported(place: Place, cell: Cell, count: int) -> Figure:
    """The whole ledger over HTTP, once it is recorded who took it."""
    with serving(place.environment, place.folder / "server.log") as server:
        token = signed_in(server.port, cell)
        form = urllib.parse.urlencode({"reason": "bench bench"}).encode()
        asked = urllib.request.Request(
            f"http://{HOST}:{server.port}/arrivals/export", form,
            {"Authorization": f"Bearer {token}",
             "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        started = time.perf_counter()
        with urllib.request.urlopen(asked, timeout=300) as answer:  # noqa: S310 our own server
            content = answer.read()
        seconds = time.perf_counter() - started
    rows: list[list[Any]] = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        .get_sheet_by_index(0)
        .to_python()
    )
    head = next(n for n, row in enumerate(rows) if "姓名" in row)
    # Now and then two who are drawn have the same valid ID number, and are one.
    if len(rows) - head - 1 < count * _NEARLY:
        raise AssertionError(f"the ledger that left has {len(rows) - head - 1} rows")
    return Figure(
        name=f"Excel export, {count:,} rows", database=place.label, unit="s", value=seconds,
        ceiling=_written(rows), note="over HTTP; ceiling: the bare library writes as many cells",
    )  # fmt: skip


def _written(rows: list[list[Any]]) -> float:
    """How long the bare library takes to write these cells as texts, in seconds."""
    started = time.perf_counter()
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        for m, value in enumerate(row):
            sheet.write_string(n, m, str(value))
    book.close()
    return time.perf_counter() - started
