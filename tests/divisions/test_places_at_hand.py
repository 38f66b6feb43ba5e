"""The divisions that ship, held against a county's own list, and the documentation."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.village import VILLAGES
from tongxin.divisions.shipped import divisions, edition, finder, history
from tongxin.divisions.words import code_of

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / os.environ.get("TONGXIN_REAL_DATA", "../shared/data")
COUNTY: Final = DATA / "huangchuan_villages.csv"
TOWN: Final = DATA / "taolinpu_villages.csv"
SHIPPED: Final = ROOT / "src" / "tongxin" / "divisions" / "data" / "divisions.zip"

at_hand = pytest.mark.skipif(not COUNTY.exists(), reason="TONGXIN_REAL_DATA has no villages")


def rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


@at_hand
def test_every_township_of_the_county_is_there_by_code_and_by_name() -> None:
    townships = {(row["township_code"], row["township"], row["county"]) for row in rows(COUNTY)}
    assert len(townships) > 15
    for code, name, county in townships:
        assert divisions().name(code) == name
        assert divisions().full_name(code) == f"河南省信阳市{county}{name}"
        assert finder().find(name, near="411526108")[0] == code
        assert code_of(f"{county}{name}") == code[:6], "from words, no deeper than the county"


@at_hand
def test_the_villages_of_the_demo_are_those_of_the_township() -> None:
    real = {
        row["village_code"]: row["village"].removesuffix("民委员会").removesuffix("居民委员会")
        for row in rows(TOWN)
    }
    assert len(real) == 16
    assert {code: name for code, name in VILLAGES.items() if code in real}.items() <= real.items()


def test_the_documentation_tells_how_many_there_are() -> None:
    text = (ROOT / "docs" / "places.md").read_text("utf-8")
    retired = list(history())
    nobody_knows = [code for code in retired if not history().successors(code)]
    townships = sum(len(code) == 9 for code in nobody_knows)
    for told in (
        f"{len(divisions().codes):,} names", f"{SHIPPED.stat().st_size // 100_000 * 100} kB",
        f"what took their place: {len(retired):,}",
        f"{len(nobody_knows):,} of them, {townships:,} townships", edition().version,
        edition().as_of, edition().licence,
    ):  # fmt: skip
        assert told in text, told
