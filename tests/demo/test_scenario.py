"""The scenario is data: the shipped one is whole, and a wrong one is told in one line."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest

from tests.village import VILLAGES
from tongxin.access.roles import ROLES
from tongxin.base.clock import ZONE
from tongxin.base.problems import Problem
from tongxin.demo.scenario import read
from tongxin.policy.shipped import shipped_pack
from tongxin.registry.risklists import reading as risk_lists


def test_the_shipped_scenario_is_taolinpu_and_a_second_township() -> None:
    scenario = read(None)
    here, other = scenario.townships
    assert {village.code: village.name for village in here.villages} == VILLAGES
    assert other.code != here.code
    for place in scenario.townships:
        assert [account.role for account in place.accounts[:2]] == ["command", "command"]
        for account in place.accounts:
            assert account.role in ROLES
            assert account.area.startswith(place.code) or not account.area
        assert all(village.code.startswith(place.code) for village in place.villages)
    assert {account.role for account in here.accounts} == set(ROLES)
    levels = shipped_pack(scenario.pack).areas.levels
    assert {area.level for area in scenario.areas} <= set(levels)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id = ", "Invalid value"),
        ('id = "x"\n', "missing required field"),
        ("x = 1", "unknown field"),
    ],
)
def test_a_wrong_scenario_is_told(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(Problem) as refused:
        read(path)
    assert refused.value.code == "demo.bad_scenario"
    assert "mine.toml" in refused.value.text.en
    assert why in refused.value.text.en


def test_a_scenario_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"demo\.bad_scenario"):
        read(tmp_path / "none.toml")


def test_a_list_is_told_as_of_some_hours_ago() -> None:
    """The file itself is a list as the interface serves it; only its hour moves."""
    morning, evening = read(None).lists
    assert (morning.agreed, evening.agreed) == (True, False)
    assert risk_lists.read(evening.content.encode()).published_at.hour == 21
    for one, hour in ((morning, 10), (evening, 21)):
        told = risk_lists.read(one.as_of(datetime(2022, 4, 6, 21, 10, tzinfo=ZONE)).encode())
        assert told.published_at == datetime(2022, 4, 6, hour, tzinfo=ZONE)
        assert not told.oddities


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    shipped = files("tongxin.demo").joinpath("scenarios/taolinpu.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(shipped, encoding="utf-8")
    with pytest.raises(Problem, match=r"demo\.bad_scenario"):
        read(path)
