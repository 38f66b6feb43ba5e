"""`backup`, `restore` and `tick` as they are typed."""

import json
from datetime import timedelta
from pathlib import Path

from tests.cli.conftest import Typed
from tests.town import Town
from tests.village import CHEN, LIN
from tongxin.base.clock import day_of, system_clock


def test_a_backup_is_restored_elsewhere(town: Town, typed: Typed, tmp_path: Path) -> None:
    chen = town.arrive(CHEN)
    town.arrive(LIN)
    folder = tmp_path / "backup"
    made = typed("backup", str(folder), "--keep-days", "7", "--json")
    assert made.exit_code == 0, made.stderr
    expires = day_of(system_clock() + timedelta(days=7)).isoformat()
    assert json.loads(made.stdout)["keys_expire_on"] == expires
    again = typed("backup", str(folder))
    assert again.exit_code == 2

    there = {
        "TONGXIN_DATABASE_URL": f"sqlite:///{tmp_path / 'there.db'}",
        "TONGXIN_KEYS": str(tmp_path / "there.keys"),
    }
    done = typed("restore", str(folder), "--json", **there)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["forgotten_again"] == 0
    assert typed("verify", **there).exit_code == 0
    assert typed("explain", chen.subject, **there).exit_code == 0
    assert typed("restore", str(folder), **there).exit_code == 2


def test_a_folder_that_is_no_backup_is_told(typed: Typed, tmp_path: Path) -> None:
    there = {
        "TONGXIN_DATABASE_URL": f"sqlite:///{tmp_path / 'there.db'}",
        "TONGXIN_KEYS": str(tmp_path / "there.keys"),
    }
    done = typed("restore", str(tmp_path), **there)
    assert done.exit_code == 2
    assert "manifest.json" in done.stderr
    assert not (tmp_path / "there.db").exists()


def test_tick_tells_what_it_did_and_then_nothing(town: Town, typed: Typed) -> None:
    """The village stands still in 2022: thousands of days have ended since."""
    done = typed("tick", "--json")
    assert done.exit_code == 0, done.stderr
    days = [each["heads"] for each in json.loads(done.stdout)]
    assert all(heads[0] == "2022-04-07" for heads in days)
    again = json.loads(typed("tick", "--json").stdout)
    assert all(each["heads"] == [] and each["alarms"] == 0 for each in again)
