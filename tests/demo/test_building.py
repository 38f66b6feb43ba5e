"""The demo is built whole or not at all, and shows all that there is to see."""

import contextlib
import json
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.conftest import ran, started
from tests.conftest import Postgres
from tongxin.arrivals.tables import journey
from tongxin.demo.building import House
from tongxin.demo.scenario import read
from tongxin.ledger.database import Database
from tongxin.ledger.tables import fact, figure_part, held
from tongxin.work.tables import task

pytestmark = pytest.mark.slow
HERE, OTHER = "411526108", "411526109"
SMALL = """
id = "small"
title = { zh = "小", en = "Small" }
pack = "henan-2022-04"
pack_days_ago = 10
password = "small-demo-2022"
areas = []
[[townships]]
code = "411526108"
name = "桃林铺镇"
arrivals = 3
over_days = 2
villages = [{ code = "411526108201", name = "桃林村" }]
accounts = [
  { username = "li", name = "李建国", role = "command" },
  { username = "wang", name = "王芳", role = "command" },
]
[[origins]]
area = "410105"
name = "郑州市金水区"
[people]
surnames = ["王"]
given = ["伟"]
transport = ["自驾"]
[happenings]
"""


def at(folder: Path) -> dict[str, str]:
    """Where the default demo of a folder lives, for other commands."""
    return {
        "TONGXIN_DATABASE_URL": f"sqlite:///{folder / '.demo' / 'tongxin.db'}",
        "TONGXIN_KEYS": str(folder / ".demo" / "tongxin.keys"),
        "TONGXIN_KEY_FILE": str(folder / ".demo" / "demo.key"),
    }


def test_the_whole_demo(tmp_path: Path) -> None:
    built = ran("demo", "--no-serve", "--json", folder=tmp_path)
    assert built.returncode == 0, built.stderr
    logins = json.loads(built.stdout)["logins"]
    assert {login["township"] for login in logins} == {HERE, OTHER}

    database = Database(at(tmp_path)["TONGXIN_DATABASE_URL"])
    with database.reading() as c:

        def count(what: sa.Select[int]) -> int:
            return c.scalar(what) or 0

        def of(table: sa.Table, *more: sa.ColumnElement[bool]) -> int:
            mine = sa.select(sa.func.count()).select_from(table)
            return count(mine.where(table.c.township == HERE, *more))

        screened = sa.select(sa.func.sum(figure_part.c.amount)).where(
            figure_part.c.township == HERE, figure_part.c.figure == "arrivals.screened"
        )
        people = sa.select(sa.func.count(journey.c.subject.distinct()))
        assert count(screened) == count(people.where(journey.c.township == HERE)) >= 60
        assert of(held) >= 2
        assert of(task, task.c.alarm_seq.is_not(None)) > 0
        assert of(task, task.c.done_at.is_not(None)) > 10
        assert of(fact, fact.c.device != "server") >= 3
        spans = " ".join(c.scalars(sa.select(journey.c.spans).where(journey.c.township == HERE)))
        for word in ("monitored", "held", "undetermined", "registered", "released"):
            assert f'"{word}"' in spans, word
        others = sa.select(sa.func.count()).select_from(journey)
        assert count(others.where(journey.c.township == OTHER)) == 5
    database.close()
    assert ran("verify", folder=tmp_path, **at(tmp_path)).returncode == 0

    again = ran("demo", "--no-serve", folder=tmp_path)
    assert again.returncode == 0
    assert "已经建好" in again.stdout


def small(folder: Path) -> tuple[str, ...]:
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    return "demo", "--no-serve", "--scenario", "small.toml"


def test_an_interrupted_demo_is_built_again_from_nothing(tmp_path: Path) -> None:
    words = small(tmp_path)
    process = started(*words, folder=tmp_path, variables={})
    assert process.stderr is not None
    for line in process.stderr:
        if "规则和风险地区" in line:
            process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130

    built = ran(*words, folder=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "已经建好" not in built.stdout
    assert ran("verify", folder=tmp_path, **at(tmp_path)).returncode == 0

    with contextlib.chdir(tmp_path):
        house, scenario = House(None), read(tmp_path / "small.toml")
        assert house.holds(scenario, 1)
        assert not house.holds(scenario, 2), "another seed is another demo"
        assert not house.holds(read(None), 1), "another scenario is another demo"


@pytest.mark.postgres
def test_a_demo_may_be_given_a_database_of_its_own(tmp_path: Path, postgres: Postgres) -> None:
    name = postgres.new()
    words = (*small(tmp_path), "--database", postgres.address(name))
    for said in (False, True):
        built = ran(*words, folder=tmp_path)
        assert built.returncode == 0, built.stderr
        assert ("已经建好" in built.stdout) is said
    postgres.drop(name)


@pytest.mark.parametrize("more", [[], ["--plain"]], ids=["encrypted", "plain"])
def test_what_is_no_demo_is_left_alone(tmp_path: Path, more: list[str]) -> None:
    """A real township stands in the database that somebody names by mistake."""
    key = {"TONGXIN_KEY_FILE": "k.key"}
    made = ran("init", "--township", HERE, "--name", "桃林铺镇", *more, folder=tmp_path, **key)
    assert made.returncode == 0, made.stderr
    url = f"sqlite:///{tmp_path / 'tongxin.db'}"
    refused = ran("demo", "--no-serve", "--database", url, folder=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert ran("verify", "--township", HERE, folder=tmp_path, **key).returncode == 0
