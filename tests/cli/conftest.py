"""A command line to type at, for an installation of a test or for none."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tongxin.cli import tongxin
from tongxin.installation import Settings
from tongxin.ledger.keys import KeyFile

Typed = Callable[..., Result]


def environment(settings: Settings) -> dict[str, str]:
    """By which every command finds a test's installation."""
    assert isinstance(settings.unlock, KeyFile)
    return {
        "TONGXIN_DATABASE_URL": settings.database_url,
        "TONGXIN_KEYS": str(settings.keys_path),
        "TONGXIN_KEY_FILE": str(settings.unlock.path),
        "TONGXIN_LANGUAGE": "zh",
    }


@pytest.fixture
def typed(settings: Settings) -> Typed:
    """`typed("verify", "--json")`: what a command answers on the test's installation."""

    def run(*words: str, stdin: str | None = None, **more: str) -> Result:
        variables = {**environment(settings), **more}
        return CliRunner(env=variables).invoke(tongxin, list(words), input=stdin)

    return run


def started(
    *words: str, folder: Path, variables: Mapping[str, str], typed: str = ""
) -> subprocess.Popen[str]:
    """A command as a process of its own, in a folder of its own, that reads `typed`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "tongxin.cli", *words],
        cwd=folder, env={**kept, **variables}, stdin=subprocess.PIPE, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    if typed:
        process.stdin.write(f"{typed}\n")
    process.stdin.close()
    process.stdin = None
    return process


def ran(*words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command as a process, to its end."""
    process = started(*words, folder=folder, variables=variables)
    out, err = process.communicate(timeout=60)
    assert process.returncode is not None
    return subprocess.CompletedProcess(words, process.returncode, out, err)
