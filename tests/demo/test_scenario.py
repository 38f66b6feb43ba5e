"""The scenario is data: the shipped one is whole, and a wrong one is told in one line."""

from pathlib import Path

import pytest

from tests.village import VILLAGES
from tongxin.access.roles import ROLES
from tongxin.base.problems import Problem
from tongxin.demo.scenario import read
from tongxin.policy.shipped import shipped_pack


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
