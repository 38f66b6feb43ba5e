"""`tongxin bench`: runs the measurements in turn and prints the table."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec
from msgspec import Struct

from tongxin.base.clock import system_clock
from tongxin.bench import places, records
from tongxin.bench.doors import Load, doors, model_at, phone_of
from tongxin.bench.imports import sheets
from tongxin.bench.lists import lists
from tongxin.bench.measures import Figure, Machine, machine, timed
from tongxin.bench.places import Databases
from tongxin.bench.population import Cell, journeys, populate, settled
from tongxin.bench.table import line_of, markdown

_FIRST_TOWNSHIP: Final = 411_526_101
_LARGE_GROUP: Final = 400
_SMALL_GROUP: Final = 200
_LONGEST_DEMO_S: Final = 600
_TERMINATED: Final = 143  # as a shell tells of SIGTERM


class Size(Struct, frozen=True):
    """How much is measured."""

    people: int
    townships: int
    seconds: float
    repeats: int


class Report(Struct, frozen=True):
    """All that one run found."""

    machine: Machine
    size: Size
    figures: list[Figure]
    notes: list[str]


@click.command("bench")
@click.option(
    "--database", metavar="URL", help="Only this: sqlite:///PATH (beside it), or a server's URL."
)
@click.option(
    "--people",
    default=72_000,
    show_default=True,
    type=click.IntRange(100),
    help="How many have come home, each with a journey; 1000000 takes hours.",
)
@click.option("--townships", default=28, show_default=True, type=click.IntRange(1, 99))
@click.option("--seconds", default=2.0, show_default=True, help="How long each load lasts.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--markdown", "as_tables", is_flag=True, help="Print the tables of the manual.")
@click.option("--quick", is_flag=True, help="A few hundred people, SQLite only: does it work?")
def bench(
    database: str | None,
    people: int,
    townships: int,
    seconds: float,
    as_json: bool,
    as_tables: bool,
    quick: bool,
) -> None:
    """Measure the budgets on this machine, each figure beside the bare ceiling of its run."""
    # A bench that is told to stop takes its servers and its folder with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    size = Size(300, 3, 0.3, 1) if quick else Size(people, townships, seconds, 3)
    figures: list[Figure] = []
    notes: list[str] = []
    with places.scratch(beside=database) as folder:
        found = machine(folder)
        if not as_json:
            click.echo(found.line)
        for figure in _all(folder, database, size, notes, quick=quick):
            figures.append(figure)
            if not (as_json or as_tables):
                click.echo(line_of(figure))
    if as_json:
        report = Report(found, size, figures, notes)
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    if as_tables:
        click.echo(f"\n{markdown(figures)}")
    for note in notes:
        click.echo(note, err=True)


def _all(
    folder: Path, database: str | None, size: Size, notes: list[str], *, quick: bool
) -> Iterator[Figure]:
    postgres_alone = database is not None and not database.startswith("sqlite")
    if not postgres_alone:
        yield from measure(places.sqlite(), folder, size)
    if postgres_alone or (database is None and not quick):
        with places.postgresql(folder, database) as databases:
            if databases is None:
                notes.append(places.NO_POSTGRES)
            else:
                yield from measure(databases, folder, size)
    if database is None:
        yield _demo(folder, quick=quick)


def measure(databases: Databases, folder: Path, size: Size) -> Iterator[Figure]:
    """All figures of one kind of database."""
    now, label = system_clock(), databases.label
    load = Load(size.seconds, size.repeats, _say)
    county = databases.place(folder, "county")
    _say(f"{label}: {size.people:,} journeys in {size.townships} townships")
    installation = county.create(system_clock)
    try:
        cells = [
            settled(installation, str(_FIRST_TOWNSHIP + n), now) for n in range(size.townships)
        ]
        phone = phone_of(installation, cells[0], now)
        each = size.people // size.townships
        seconds = 0.0
        for cell in cells:
            drafts = list(journeys(installation, cell, each, now))  # signed before the clock runs
            started = time.perf_counter()
            populate(installation, iter(drafts), now)
            seconds += time.perf_counter() - started
        installation.database.refresh_statistics()
        bare_place = databases.place(folder, "bare")
        model = model_at(installation, cells[0], bare_place, phone.signer.verify_key)
        writer = records.bare_writer(model, databases.place(folder, "writer"))
        in_groups = records.bare_rate(writer, size.people, _LARGE_GROUP)
        in_chunks = records.bare_rate(writer, size.people, _SMALL_GROUP)
        yield Figure(
            name=f"arrivals recorded in groups of {_LARGE_GROUP}", database=label,
            unit="facts/s", value=each * size.townships / seconds, ceiling=in_groups,
            note=f"{each * size.townships:,} in {seconds:,.0f} s, in one process, without HTTP, "
            "signed before",
        )  # fmt: skip
        yield from records.checked(installation, cells[-1], size.repeats, label, in_chunks)
    finally:
        installation.close()
    yield from lists(county, cells[0], load, f"{size.townships} townships")
    yield from doors(county, model, cells, phone, load, now)
    yield from sheets(databases.place(folder, "sheets"), size.people, load, in_groups)
    yield from _one_large(databases, folder, size, load, in_chunks)


def _one_large(
    databases: Databases, folder: Path, size: Size, load: Load, ceiling: float
) -> Iterator[Figure]:
    """All journeys in one township."""
    now, label = system_clock(), databases.label
    _say(f"{label}: {size.people:,} journeys in one township")
    place = databases.place(folder, "large")
    installation = place.create(system_clock)
    try:
        cell: Cell = settled(installation, str(_FIRST_TOWNSHIP), now)
        yield from records.touching(installation, cell, size.people, now, label, ceiling)
        installation.database.refresh_statistics()
    finally:
        installation.close()
    yield from lists(place, cell, load, "one township")


def _demo(folder: Path, *, quick: bool) -> Figure:
    """How long the demo takes to build from nothing: the whole township, or the quick one."""
    home = folder / "demo"
    home.mkdir()
    command = [
        sys.executable, "-m", "tongxin.cli", "demo", "--no-serve", "--json", "--database",
        f"sqlite:///{home / 'demo.db'}", *([] if quick else ["--whole"]),
    ]  # fmt: skip
    _say("the demo, from nothing")

    def build() -> None:
        subprocess.run(  # noqa: S603 our own program, no shell
            command, cwd=home, env=dict(os.environ), check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=_LONGEST_DEMO_S,
        )  # fmt: skip

    return Figure(
        name="demo built from nothing" if quick else "demo of the whole township from nothing",
        database="SQLite", unit="s", value=timed(build), budget="≤ 60 s",
        note="played over HTTP; it has no ceiling of its own",
    )  # fmt: skip


def _say(text: str) -> None:
    """Progress, for people: on stderr, so that stdout is the table."""
    click.echo(f"  … {text}", err=True)
