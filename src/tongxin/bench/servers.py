"""Server processes to measure: Tongxin as `tongxin serve` runs it, and the bare ceiling."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

from msgspec import Struct

HOST: Final = "127.0.0.1"
_REAL: Final = ("-m", "tongxin.cli", "serve", "--host", HOST, "--port")
# As `tongxin serve` sets granian.
_BARE: Final = (
    "-m", "granian", "tongxin.bench.bare:create", "--factory", "--interface", "asgi",
    "--workers", "1", "--no-ws", "--log-level", "warning", "--host", HOST, "--port",
)  # fmt: skip
_LONGEST_START_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.05


class Server(Struct, frozen=True):
    """A running server and the process that leads its group."""

    port: int
    process: int

    @property
    def memory_mb(self) -> float:
        """Resident memory of the server and its worker, in MB; 0 where the system does not say."""
        return sum(_resident_kb(process) for process in _family(self.process)) / 1024

    @property
    def processor_s(self) -> float:
        """Processor time that the server and its worker have used, in seconds; 0 as above."""
        ticks = sum(_ticks(process) for process in _family(self.process))
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(settings: Mapping[str, str], log: Path, *, bare: bool = False) -> Iterator[Server]:
    """`tongxin serve`, or the bare application, with one worker on a free port, for the block."""
    port = _free_port()
    with log.open("ab") as written:
        started = subprocess.Popen(  # noqa: S603 our own program, no shell
            [sys.executable, *(_BARE if bare else _REAL), str(port)],
            env={**os.environ, **settings}, stdout=written, stderr=written,
            start_new_session=True,
        )  # fmt: skip
    try:
        _await(port, started, log)
        yield Server(port, started.pid)
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.perf_counter() + _LONGEST_START_S
    pause = Event()
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            pause.wait(_LOOK_EVERY_S)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _family(leader: int) -> list[int]:
    """The process and its descendants, by Linux's /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(entry.parent.name)] = int(fields[1])
    family = [leader]
    for process in family:
        family += [child for child, parent in parents.items() if parent == process]
    return family


def _ticks(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _resident_kb(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(found[0].split()[1]) if found else 0
