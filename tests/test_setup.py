"""Setting up twice is setting up once, and an interrupted one is never trusted."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools import setup

Step = Callable[[int], None]


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    handle = os.open(tmp_path, os.O_RDONLY)
    yield handle
    os.close(handle)


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of its own, whose Python is this one."""
    place = tmp_path / ".venv"
    monkeypatch.setattr(setup, "VENV", place)
    monkeypatch.setattr(setup, "STAMP", place / "made-from")
    monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
    return place


def steps(monkeypatch: pytest.MonkeyPatch, *todo: Step) -> None:
    monkeypatch.setattr(setup, "STEPS", tuple((step.__name__, step) for step in todo))


def make(_lock: int) -> None:
    setup.VENV.mkdir()


def interrupted(_lock: int) -> None:
    assert not setup.STAMP.exists()
    raise KeyboardInterrupt


def failing(lock: int) -> None:
    setup.run(lock, sys.executable, "-c", "raise SystemExit(3)")


def test_a_finished_environment_is_trusted(
    venv: Path, lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps(monkeypatch, make)
    assert not setup.is_ready("wanted")
    setup.build("wanted", lock)
    assert setup.is_ready("wanted")
    assert not setup.is_ready("other requirements")
    assert [path.name for path in venv.iterdir()] == ["made-from"]


@pytest.mark.parametrize(
    ("step", "error"), [(interrupted, KeyboardInterrupt), (failing, setup.SetupFailed)]
)
def test_an_unfinished_environment_is_removed(
    venv: Path,
    lock: int,
    monkeypatch: pytest.MonkeyPatch,
    step: Step,
    error: type[BaseException],
) -> None:
    steps(monkeypatch, make)
    setup.build("wanted", lock)
    steps(monkeypatch, make, step)
    kept = [(ending, signal.getsignal(ending)) for ending in setup.ENDINGS]
    try:
        with pytest.raises(error):
            setup.build("wanted", lock)
    finally:
        for ending, handler in kept:
            signal.signal(ending, handler)
    assert not venv.exists()


def test_a_broken_interpreter_is_not_trusted(
    venv: Path, lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps(monkeypatch, make)
    setup.build("wanted", lock)
    monkeypatch.setattr(setup, "PYTHON", venv / "bin" / "python")
    assert not setup.is_ready("wanted")


def test_another_line_length_is_the_same_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    project = '[build-system]\n[project]\nname = "x"\n[tool.hatch]\n[tool.ruff]\nline-length = '
    prints = []
    for text in (f"{project}100", f"{project}90", f"{project}90".replace("x", "y")):
        (tmp_path / "pyproject.toml").write_text(text)
        prints.append(setup.fingerprint())
    assert prints[0] == prints[1] != prints[2]
