"""Every unit that the national risk-area lists of 2022 name, against the divisions.

The lists are not ours to ship: they lie where `TONGXIN_REAL_DATA` says.
"""

import json
import os
from pathlib import Path
from typing import Final

import pytest

from tongxin.divisions.resolving import Resolution, resolve
from tongxin.divisions.shipped import divisions

ROOT: Final = Path(__file__).resolve().parents[2]
LISTS: Final = ROOT / os.environ.get("TONGXIN_REAL_DATA", "../shared/data") / "riskareas"
# Units of the lists that are no divisions of GB/T 2260 and that the bureau does not count apart:
# what the list says is kept as text beside the prefecture, or province, that contains them.
NO_DIVISIONS: Final = frozenset(
    {
        "22·长白山保护开发区池北区", "2201·净月区", "2201·长春新区", "1403·高新区",
        "3201·江北新区", "3213·湖滨新区", "35·平潭综合实验区", "3501·高新区", "3601·高新区",
        "3606·信江新区", "3701·南部山区", "3701·起步区", "3708·太白湖新区", "3710·高新区",
        "3713·沂河新区", "4101·郑东新区", "4114·城乡一体化示范区", "4201·东湖风景区",
        "4201·东湖高新区", "4201·经开区(汉南区)", "4303·经开区", "4307·经开区", "4403·大鹏新区",
        "4409·滨海新区", "4409·高新区", "4413·仲恺高新区", "4419·松山湖高新技术产业开发区",
        "50·万盛经开区", "5101·天府新区", "5101·高新区", "6101·曲江新区", "6101·浐灞生态区",
        "6101·经开区", "6101·航天基地", "6101·西咸新区", "6101·高新区", "6103·高新区",
        "6105·经开区", "6105·高新区", "65·新疆生产建设兵团",
    }
)  # fmt: skip

pytestmark = pytest.mark.skipif(not LISTS.is_dir(), reason="TONGXIN_REAL_DATA has no riskareas")


def units() -> dict[tuple[str, str, str], set[str]]:
    """(province, city, county) as the lists spell them, with the communities named there."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for path in sorted(LISTS.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        for level in ("highlist", "middlelist", "lowlist"):
            for row in data.get(level) or ():
                names = (row["province"], row["city"], row["county"])
                found.setdefault(names, set()).update(row["communitys"])
    return found


def at(*names: str) -> Resolution:
    return resolve(divisions(), *names)


def test_every_unit_resolves_or_is_known_to_be_no_division() -> None:
    resolved = {names: at(*names) for names in units()}
    left = {f"{each.code}·{each.rest}" for each in resolved.values() if not each.whole}
    assert left == NO_DIVISIONS
    assert len(resolved) == 691
    assert sum(each.whole for each in resolved.values()) == 651


def test_a_resolved_unit_bears_the_names_of_the_list() -> None:
    """The last name told opens with the found division's stem, or contains it: no lucky hits."""
    for names in units():
        each = at(*names)
        if each.whole and each.code is not None:
            path = [divisions().name(code) or "" for code in divisions().path(each.code)]
            assert path[0] == names[0]
            assert any(name[:2] in path[-1] for name in names[1:]), (names, path)


def test_more_than_half_of_the_addresses_give_their_township() -> None:
    every = sorted((names, text) for names, texts in units().items() for text in texts)
    addresses = every[::10]
    found = [at(*names, text) for names, text in addresses]
    assert not [each for each in found if each.choices]
    deep = [each for each in found if each.code is not None and len(each.code) == 9]
    assert len(deep) > len(addresses) / 2
