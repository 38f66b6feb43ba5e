"""Prepares `.venv` from the pinned requirements. Needs Python 3.11 or newer, and nothing else.

The stamp is written last and tells what the environment was made from, so an interrupted or
outdated one is never trusted: it is removed and made anew. A run that finds the right stamp
and a living interpreter ends at once.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
STAMP: Final = VENV / "made-from"
PYTHON: Final = VENV / "bin" / "python"
REQUIREMENTS: Final = ROOT / "requirements"
# A change of any of these makes another environment. The package itself is read in place.
INPUTS: Final = (
    REQUIREMENTS / "uv.txt",
    REQUIREMENTS / "run.txt",
    REQUIREMENTS / "dev.txt",
    Path(__file__).resolve(),
)
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UNREACHABLE: Final = "Is the package index reachable? What was downloaded is kept."


class SetupFailed(Exception):
    """The environment could not be made; the text says in one line what to do."""


def fingerprint() -> str:
    """What an environment made now would be made from: inputs, interpreter, machine, place."""
    digest = hashlib.sha256()
    for part in (sys.version, sys.base_prefix, platform.machine(), str(ROOT)):
        digest.update(part.encode() + b"\0")
    for path in INPUTS:
        digest.update(path.read_bytes() + b"\0")
    # Of pyproject.toml only what an install reads: another line length is the same environment.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    read = [project["build-system"], project["project"], project["tool"]["hatch"]]
    digest.update(json.dumps(read, sort_keys=True).encode())
    return digest.hexdigest()


def is_ready(wanted: str) -> bool:
    """Whether `.venv` was completed from the same inputs and its interpreter still starts."""
    try:
        made_from = STAMP.read_text()
        alive = subprocess.run([PYTHON, "-I", "-c", "import tongxin"], check=False)
    except OSError:
        return False
    return made_from == wanted and alive.returncode == 0


def make_venv(lock: int) -> None:
    """Create the bare environment, with pip."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    run(
        lock, sys.executable, "-m", "venv", "--clear", str(VENV),
        mend=f"On Debian or Ubuntu: apt-get install python{version}-venv.",
    )  # fmt: skip


def install_uv(lock: int) -> None:
    """Install the pinned installer with pip."""
    run(
        lock, PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-input", "--require-hashes", "-r", "requirements/uv.txt",
    )  # fmt: skip


def install_requirements(lock: int) -> None:
    """Install what the program, its tests and its build need, each file checked by hash."""
    run(
        lock, PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--quiet",
        "--require-hashes", "-r", "requirements/run.txt", "-r", "requirements/dev.txt",
    )  # fmt: skip


def install_tongxin(lock: int) -> None:
    """Install the package in place, built with the pinned hatchling."""
    run(
        lock, PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--quiet",
        "--no-deps", "--no-build-isolation", "--editable", ".",
    )  # fmt: skip


STEPS: Final[tuple[tuple[str, Callable[[int], None]], ...]] = (
    ("an empty Python environment in .venv", make_venv),
    ("the installer", install_uv),
    ("the pinned packages (the first time downloads some 200 MB)", install_requirements),
    ("tongxin itself", install_tongxin),
)


def run(lock: int, *command: str | Path, mend: str = UNREACHABLE) -> None:
    """Run one step at the root; its own output says what went wrong, `mend` what to do.

    The step gets a process group, so that stopping it stops what it started too, and the lock,
    so that where this script is killed outright the next run waits until the step has ended.
    """
    step = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0, pass_fds=(lock,)
    )
    try:
        code = step.wait()
    except KeyboardInterrupt:
        os.killpg(step.pid, signal.SIGKILL)
        step.wait()
        raise
    if code != 0:
        raise SetupFailed(f"this step failed, see the lines above. {mend} Then run it again.")


def build(wanted: str, lock: int) -> None:
    """Make the environment from nothing, and leave nothing where that fails."""
    # The stamp goes first, so that a removal cut short leaves nothing that looks complete.
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(VENV, ignore_errors=True)
    finished = False
    try:
        for number, (what, step) in enumerate(STEPS, start=1):
            print(f"  setup {number}/{len(STEPS)}  {what}", flush=True)
            step(lock)
        fresh = STAMP.with_suffix(".new")
        fresh.write_text(wanted)
        fresh.replace(STAMP)
        finished = True
    finally:
        if not finished:
            for ending in ENDINGS:
                signal.signal(ending, signal.SIG_IGN)
            shutil.rmtree(VENV, ignore_errors=True)


def stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def take_turn(lock: int) -> None:
    """Wait until no other setup of this folder is running."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("  setup      waits for another setup of this folder", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def main() -> int:
    """Make the environment unless it is there already. 0, 1 failed, 130 interrupted."""
    for ending in ENDINGS:
        signal.signal(ending, stop)
    # Two runs at once take turns; the folder itself is the lock, so no lock file stays behind.
    lock = os.open(ROOT, os.O_RDONLY)
    try:
        take_turn(lock)
        wanted = fingerprint()
        if not is_ready(wanted):
            build(wanted, lock)
        print("  setup      .venv is ready", flush=True)
    except SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; nothing half-made was left. Run it again.", file=sys.stderr)
        return 130
    finally:
        os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main())
