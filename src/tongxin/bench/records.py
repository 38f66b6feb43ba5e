"""The record at size: recording in large groups, judging again, verifying, rebuilding."""

import hashlib
import statistics
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from tongxin.bench import bare
from tongxin.bench.measures import Figure, timed
from tongxin.bench.places import Place
from tongxin.bench.population import Cell, declare, journeys, populate
from tongxin.installation import Installation
from tongxin.ledger.opening import header_of
from tongxin.ledger.sealing import GENESIS, link
from tongxin.ledger.tables import HEADER_COLUMNS, fact, rejudge
from tongxin.ledger.verifying import Count, verified

_BARE_FACTS: Final = 4_000
_TOUCHED: Final = 10_000
# Where the two halves of those come from whom a declaration is to touch.
_MARKS: Final = ("500103", "510104")


def bare_writer(model: Path, place: Place) -> bare.Writer:
    """A bare writer in this process, on a place of its own."""
    told = msgspec.msgpack.decode(model.read_bytes(), type=bare.Model)
    mine = bare.Model(place.url, str(place.folder / "keys"), told.people, told.device_key)
    return bare.Writer(mine)


def bare_rate(writer: bare.Writer, facts: int, group: int) -> float:
    """How many arrivals a second the bare writer writes in groups of `group`."""
    rounds = max(1, min(facts, _BARE_FACTS) // group)

    def write() -> None:
        for _ in range(rounds):
            writer.commit(group)

    return rounds * group / timed(write)


def touching(
    installation: Installation, cell: Cell, count: int, now: datetime, label: str, ceiling: float
) -> Iterator[Figure]:
    """Populate by halves; after each, put at risk where some of that half came from.

    Both declarations touch as many, 10,000 where there are that many, the second in twice the
    population.
    """
    half = count // 2
    touched = min(_TOUCHED, half)
    for n, mark in enumerate(_MARKS):
        drafts = journeys(installation, cell, half, now, marked=touched, mark=mark, seed=n)
        populate(installation, drafts, now)
        installation.database.refresh_statistics()
        started = time.perf_counter()
        declare(installation, cell, mark, now)
        installation.store.settle()
        seconds = time.perf_counter() - started
        yield Figure(
            name=f"area put at risk, {touched:,} of {half * (n + 1):,} journeys touched",
            database=label, unit="s", value=seconds, ceiling=touched / ceiling,
            budget="10,000 in ≤ 5 s, no slower with twice the population",
            note=f"{touched / seconds:,.0f} judged again a second; ceiling: as many rows written",
        )  # fmt: skip
    with installation.database.reading() as connection:
        left = connection.scalar(sa.select(sa.func.count()).select_from(rejudge))
    if left:
        raise AssertionError(f"{left} subjects are left to judge")


def checked(
    installation: Installation, cell: Cell, repeats: int, label: str, ceiling: float
) -> Iterator[Figure]:
    """Verifying and rebuilding one township."""
    times, bare_times, count = [], [], Count()
    for _ in range(repeats):
        count = Count()
        started = time.perf_counter()
        with installation.database.reading() as connection:
            wrong = list(
                verified(connection, installation.keys, installation.rulebook, cell.township, count)
            )
        times.append(time.perf_counter() - started)
        if wrong:
            raise AssertionError(f"the bench's own record is wrong: {wrong[0].text.en}")
        bare_times.append(timed(lambda: _walked(installation, cell)))
    yield Figure(
        name=f"verify, {count.facts:,} facts", database=label, unit="facts/s",
        value=count.facts / statistics.median(times),
        ceiling=count.facts / statistics.median(bare_times),
        note="chain, seals, signatures, derived rows; ceiling: read and hash the chain",
    )  # fmt: skip
    rebuilt = statistics.median(
        timed(lambda: installation.rebuild(cell.township)) for _ in range(repeats)
    )
    yield Figure(
        name=f"rebuild, {count.facts:,} facts", database=label, unit="facts/s",
        value=count.facts / rebuilt, ceiling=ceiling,
        note="ceiling: as many rows written in groups of 200",
    )  # fmt: skip


def _walked(installation: Installation, cell: Cell) -> bytes:
    """The head of a chain, from nothing but its rows."""
    head = GENESIS
    with installation.database.reading() as connection:
        rows = connection.execute(
            sa.select(*HEADER_COLUMNS, fact.c.sealed)
            .where(fact.c.township == cell.township)
            .order_by(fact.c.seq)
        )
        for row in rows:
            head = link(head, header_of(tuple(row)).encoded(), row.sealed)
    return hashlib.sha256(head).digest()
