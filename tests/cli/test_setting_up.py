"""`tongxin init`: whole or not at all, and told in one line when it cannot be."""

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests.cli.conftest import ran, started
from tests.conftest import Postgres
from tongxin.cli import setting_up, tongxin
from tongxin.installation import Installation
from tongxin.ledger import recovery
from tongxin.ledger.database import Database

INIT = ("init", "--township", "411526108", "--name", "桃林铺镇")
ACCOUNTS = ("--account", "li:李建国", "--account", "wang:王芳")
PHRASE = "correct horse battery"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, in which commands are typed."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


@pytest.mark.slow
def test_init_makes_a_township_with_a_passphrase(tmp_path: Path) -> None:
    done = ran(*INIT, *ACCOUNTS, folder=tmp_path, TONGXIN_PASSPHRASE=PHRASE)
    assert done.returncode == 0, done.stderr
    sheet = tmp_path / "tongxin.db.keys.recovery.html"
    assert str(sheet.name) in done.stdout
    for name in ("tongxin.db", "tongxin.db.keys", sheet.name):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
    passwords = [line.split("\t")[2] for line in done.stdout.splitlines() if "\t" in line]
    assert len(set(passwords)) == 2

    checked = ran("verify", "--json", folder=tmp_path, TONGXIN_PASSPHRASE=PHRASE)
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["ok"] is True

    again = ran(*INIT, folder=tmp_path, TONGXIN_PASSPHRASE=PHRASE)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "tongxin: 乡镇 411526108 已经建立过。\n"

    wrong = ran("verify", folder=tmp_path, TONGXIN_PASSPHRASE="another passphrase")
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1


def test_a_missing_key_file_is_made(here: Path) -> None:
    runner = CliRunner(env={"TONGXIN_KEY_FILE": "tongxin.key", "TONGXIN_DATABASE_URL": None})
    done = runner.invoke(tongxin, [*INIT, *ACCOUNTS, "--json"])
    assert done.exit_code == 0, done.stderr
    begun = json.loads(done.stdout)
    assert begun["key_file"] == "tongxin.key"
    assert [account["username"] for account in begun["accounts"]] == ["li", "wang"]
    assert Path("tongxin.key").stat().st_mode & 0o077 == 0
    other = runner.invoke(tongxin, ["init", "--township", "411526109", "--name", "黄寺岗镇"])
    assert other.exit_code == 0, other.stderr


def test_the_sheet_opens_the_keys_again(here: Path) -> None:
    runner = CliRunner(env={"TONGXIN_KEY_FILE": "tongxin.key"})
    done = runner.invoke(tongxin, [*INIT, *ACCOUNTS, "--sheet", "sheet.txt"])
    assert done.exit_code == 0, done.stderr
    lines = [line for line in Path("sheet.txt").read_text().splitlines() if "行  " in line]
    code = [" ".join(line.split()[-4:]) for line in lines]
    assert len(recovery.master_in("\n".join(code))) == 32
    Path("tongxin.key").unlink()

    recovered = CliRunner(env={"TONGXIN_KEY_FILE": None, "TONGXIN_PASSPHRASE": None}).invoke(
        tongxin, ["recover"], input="\n".join([*code, PHRASE, ""])
    )

    assert recovered.exit_code == 0, recovered.stderr
    opened = CliRunner(env={"TONGXIN_KEY_FILE": None, "TONGXIN_PASSPHRASE": PHRASE})
    assert opened.invoke(tongxin, ["verify"]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("init", "--township", "4115", "--name", "x"), "“4115”不是 9 位乡镇代码"),
        ((*INIT, "--account", "li:李建国"), "至少要开设两个账号"),
        ((*INIT, "--account", "li", "--account", "wang:王芳"), "账号“li”不对"),
        ((*INIT, "--account", "li:甲", "--account", "li:乙"), "账号“li:乙”不对"),
    ],
)
def test_bad_use_is_told_in_one_line_and_leaves_nothing(
    here: Path, words: tuple[str, ...], says: str
) -> None:
    runner = CliRunner(env={"TONGXIN_KEY_FILE": "tongxin.key", "TONGXIN_LANGUAGE": "zh"})
    done = runner.invoke(tongxin, list(words))
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(here.iterdir()) == []


def test_without_passphrase_or_key_file_it_says_what_to_do(here: Path) -> None:
    runner = CliRunner(
        env={"TONGXIN_KEY_FILE": None, "TONGXIN_PASSPHRASE": None, "TONGXIN_LANGUAGE": "en"}
    )
    done = runner.invoke(tongxin, [*INIT, *ACCOUNTS])
    assert done.exit_code == 2
    assert "TONGXIN_KEY_FILE" in done.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("interrupted", ["begin", "_write_sheet"])
def test_an_interrupted_init_leaves_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch, interrupted: str
) -> None:
    def interrupt(*_given: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    home = Installation if interrupted == "begin" else setting_up
    monkeypatch.setattr(home, interrupted, interrupt)
    done = CliRunner(env={"TONGXIN_KEY_FILE": "tongxin.key"}).invoke(tongxin, [*INIT, *ACCOUNTS])
    assert done.exit_code == 130
    assert list(here.iterdir()) == []


@pytest.mark.postgres
def test_an_interrupted_init_leaves_postgresql_empty(
    here: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    name = postgres.new()
    variables = {"TONGXIN_KEY_FILE": "k.key", "TONGXIN_DATABASE_URL": postgres.address(name)}
    with monkeypatch.context() as broken:
        broken.setattr(Installation, "begin", lambda *_: os.kill(os.getpid(), signal.SIGINT))
        assert CliRunner(env=variables).invoke(tongxin, [*INIT, *ACCOUNTS]).exit_code == 130
    database = Database(postgres.address(name))
    with database.reading() as connection:
        assert sa.inspect(connection).get_table_names() == []
    database.close()
    assert list(here.iterdir()) == []
    assert CliRunner(env=variables).invoke(tongxin, [*INIT, *ACCOUNTS]).exit_code == 0
    postgres.drop(name)


@pytest.mark.slow
def test_a_killed_init_can_be_run_again(tmp_path: Path) -> None:
    """Killed outright, nothing clears up; what is left is taken up, or was whole."""
    variables = {"TONGXIN_KEY_FILE": "tongxin.key"}
    process = started(*INIT, *ACCOUNTS, folder=tmp_path, variables=variables)
    keys = tmp_path / "tongxin.db.keys"
    while process.poll() is None and not keys.exists():
        pass
    process.kill()
    process.communicate()
    again = ran(*INIT, *ACCOUNTS, folder=tmp_path, **variables)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "tongxin.db.keys.recovery.html").exists()
