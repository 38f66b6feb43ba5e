"""Measures: a figure, the ceiling beside it, and the machine that both were taken on."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

_SYNCS: Final = 200
_PAGE: Final = 4_096


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of the table. `value` and `ceiling` are in `unit`.

    `ceiling` is what the bare machinery reaches in the same run. Of a rate more is better, of a
    time less. `p50_ms` and the others are milliseconds; `processor_us` is what the server's
    processes computed for each answer, which counts also where others had a part of the cores;
    `budget` is a line of `design.md` §5.
    """

    name: str
    database: str
    unit: str
    value: float
    ceiling: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    processor_us: float | None = None
    budget: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure as a part of its ceiling; of times, the ceiling as a part of the figure."""
        if not self.ceiling or not self.value:
            return None
        return self.value / self.ceiling if self.unit.endswith("/s") else self.ceiling / self.value


class Machine(Struct, frozen=True):
    """What the figures were taken on. `sync_ms` is how long 4 kB take to reach the disk.

    `busy` is the load average of the minute before: above 0 others had a part of the cores.
    """

    cores: int
    processor: str
    memory_mb: int
    system: str
    python: str
    sync_ms: float
    sync_p99_ms: float
    busy: float

    @property
    def line(self) -> str:
        """The machine in one line."""
        return (
            f"{self.cores} cores, {self.processor}, {self.memory_mb / 1024:.0f} GB, {self.system}, "
            f"Python {self.python}; fsync of 4 kB {self.sync_ms:.2f} ms "
            f"(p99 {self.sync_p99_ms:.2f} ms); load average before {self.busy:.1f}"
        )


def machine(folder: Path) -> Machine:
    """This machine; the sync is measured on the disk that holds `folder`."""
    syncs = sync_times_ms(folder / "sync.probe")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=_processor(),
        memory_mb=pages // 1_048_576,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        sync_ms=statistics.median(syncs),
        sync_p99_ms=percentile(syncs, 99),
        busy=os.getloadavg()[0],
    )


def sync_times_ms(path: Path) -> list[float]:
    """How long each of some writes of 4 kB took to be on the disk, in milliseconds."""
    times = []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for n in range(_SYNCS):
            os.pwrite(descriptor, b"\0" * _PAGE, n * _PAGE)
            started = time.perf_counter()
            os.fsync(descriptor)
            times.append((time.perf_counter() - started) * 1_000)
    finally:
        os.close(descriptor)
        path.unlink()
    return times


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of `values` that `percent` of them do not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)] if ordered else 0.0


def timed(work: Callable[[], object]) -> float:
    """How long `work` takes, in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
