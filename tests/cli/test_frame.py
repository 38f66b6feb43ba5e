"""What all commands share: one line for an error, its exit code, its language."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.cli.conftest import Typed
from tongxin.cli import tongxin
from tongxin.cli.frame import Speaking, language
from tongxin.ledger.keys import file as keys


@pytest.mark.parametrize("name", ["brief"])
def test_reserved_names_say_so(name: str) -> None:
    done = CliRunner().invoke(tongxin, [name, "whatever", "--option"])
    assert done.exit_code == 2
    assert name in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["nothing"], ["verify", "--nothing"], ["forget"], ["head", "x"]])
def test_bad_use_is_one_line(words: list[str]) -> None:
    done = CliRunner().invoke(tongxin, words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name",
    ["init", "demo", "serve", "verify", "head", "rebuild", "explain", "forget", "backup",
     "restore", "tick", "recover"],
)  # fmt: skip
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(tongxin, [name, "--help"])
    assert done.exit_code == 0
    assert name in done.stdout


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "TONGXIN_LANGUAGE": "zh"}, "zh"),
        ({"TONGXIN_LANGUAGE": "en"}, "en"),
    ],
)
def test_the_language_is_asked_for(
    variables: dict[str, str], spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANG", "TONGXIN_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == spoken


def test_looking_makes_no_database(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    variables = {
        "TONGXIN_DATABASE_URL": f"sqlite:///{missing}",
        "TONGXIN_PASSPHRASE": "long enough",
    }
    for words in (["verify"], ["head"], ["tick"], ["rebuild"], ["explain", "person-1"]):
        done = CliRunner(env=variables).invoke(tongxin, words)
        assert (done.exit_code, done.stdout) == (2, ""), words
        assert "tongxin init" in done.stderr
    assert not missing.exists()


def test_a_database_that_cannot_be_reached_is_one_line(typed: Typed) -> None:
    done = typed("verify", TONGXIN_DATABASE_URL="postgresql://127.0.0.1:1/none?connect_timeout=2")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def test_a_file_of_keys_that_its_disk_fails_is_one_line(tmp_path: Path) -> None:
    @click.command(cls=Speaking, invoke_without_command=True)
    def open_keys() -> None:
        keys.connected(tmp_path / "gone" / "tongxin.keys")

    done = CliRunner().invoke(open_keys)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1


def test_a_township_that_is_not_here_is_named(typed: Typed) -> None:
    done = typed("verify", "--township", "999999999")
    assert done.exit_code == 2
    assert "411526108、411526109" in done.stderr
