"""The national lists as they were served in 2022: read, placed, recorded, in any order.

The lists are not ours to ship: they lie where `TONGXIN_REAL_DATA` says.
"""

import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.town import Town
from tests.village import CHEN, TOWNSHIP
from tongxin.divisions.shipped import divisions
from tongxin.ledger.rebuilding import differences
from tongxin.registry.risklists.differing import Turn, against
from tongxin.registry.risklists.intervals import Listed
from tongxin.registry.risklists.oddities import ODDITIES
from tongxin.registry.risklists.placing import Declared, declared
from tongxin.registry.risklists.reading import Regime, read

ROOT: Final = Path(__file__).resolve().parents[3]
LISTS: Final = ROOT / os.environ.get("TONGXIN_REAL_DATA", "../shared/data") / "riskareas"
FILES: Final = sorted(LISTS.glob("*.json"))
# By the hour in its name: regime, places listed at each level, declarations by depth of their code.
KNOWN: Final = {
    "2022041511": (Regime.HIGH_MEDIUM, (15, 188, 0), {4: 12, 6: 59, 9: 132}),
    "2022050116": (Regime.HIGH_MEDIUM, (8, 95, 0), {6: 24, 9: 79}),
    "2022071510": (Regime.HIGH_MEDIUM, (334, 643, 0), {2: 4, 4: 15, 6: 132, 9: 826}),
    "2022072116": (Regime.HIGH_MEDIUM_LOW, (434, 660, 121), {2: 10, 4: 16, 6: 319, 9: 870}),
    "2022082217": (Regime.HIGH_MEDIUM_LOW, (1352, 1090, 184), {2: 81, 4: 86, 6: 1251, 9: 1208}),
    "2022082716": (Regime.HIGH_MEDIUM_LOW, (1400, 1325, 218), {2: 43, 4: 73, 6: 1337, 9: 1490}),
    "2022121308": (Regime.HIGH_LOW, (2964, 0, 301), {2: 10, 4: 124, 6: 1042, 9: 2088}),
}

pytestmark = pytest.mark.skipif(not FILES, reason="TONGXIN_REAL_DATA has no riskareas")


def of(file: Path) -> Declared:
    return declared(read(file.read_bytes()), divisions())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name)[:10])
def test_every_place_of_a_list_is_declared_or_told(file: Path) -> None:
    regime, listed, depths = KNOWN[file.name[:10]]
    found, placed = read(file.read_bytes()), of(file)
    assert f"{found.published_at:%Y%m%d%H}" == file.name[:10]
    assert found.regime is regime
    assert tuple(found.listed(level) for level in ("high", "medium", "low")) == listed
    assert Counter(len(each.code) for each in placed.declarations) == depths
    told = Counter(each.kind for each in placed.oddities)
    assert len(placed.declarations) + told["repeated"] == sum(listed)
    assert not [kind for kind in told if ODDITIES[kind].grave]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name)[:10])
def test_the_documentation_tells_what_became_of_each_list(file: Path) -> None:
    found, depths = read(file.read_bytes()), Counter(len(d.code) for d in of(file).declarations)
    listed = [found.listed(level) for level in ("high", "medium", "low")]
    row = [*listed, depths.total(), *(depths[length] for length in (9, 6, 4, 2))]
    told = f"| {found.published_at:%Y-%m-%d %H:%M} | {' | '.join(map(str, row))} |"
    assert told in (ROOT / "docs" / "riskareas.md").read_text("utf-8")


def test_the_documentation_tells_what_each_list_changes() -> None:
    text = (ROOT / "docs" / "riskareas.md").read_text("utf-8")
    before: list[Listed] = []
    for file in FILES:
        at, placed = read(file.read_bytes()).published_at, of(file)
        mine = Listed(file.name, at, placed.declarations)
        what = against(mine, before)
        turns = Counter(each.turn for each in what.differences)
        row = [*(turns[turn] for turn in Turn), what.unchanged, len(placed.oddities)]
        assert f"| {at:%Y-%m-%d %H:%M} | {' | '.join(map(str, row))} |" in text
        before = [mine]


def test_our_own_county_in_august() -> None:
    (file,) = [each for each in FILES if each.name.startswith("2022082217")]
    ours = [each for each in of(file).declarations if each.code.startswith("411526")]
    assert [(each.level, each.whole) for each in ours] == [
        ("high", False), ("high", False), ("medium", False), ("medium", False), ("low", True),
    ]  # fmt: skip


@pytest.mark.slow
def test_all_of_them_in_one_township_and_out_of_order(town: Town) -> None:
    town.adopt()
    town.arrive(CHEN)
    for file in [*FILES[3:], *FILES[:3]]:
        raw = file.read_bytes()
        at = read(raw).published_at
        town.clock.now = max(town.clock.now, at)
        town.approve(town.listed(raw, at))
    installation = town.installation
    with installation.database.reading() as connection:
        situation = installation.context(connection, TOWNSHIP).situation
        rebuilt = differences(connection, installation.keys, installation.rulebook, TOWNSHIP)
        assert list(rebuilt) == []
    last = Listed("last", read(FILES[-1].read_bytes()).published_at, of(FILES[-1]).declarations)
    now = {(a.code, a.level, a.whole, a.name) for a in situation.areas if a.until is None}
    assert now == {each.key for each in last.declarations}
