"""What a list says: its time, its regime, its entries, and everything odd about it."""

from datetime import datetime
from typing import Any

import pytest

from tests.registry.risklists.lists import HUANGCHUAN, KUNSHAN, PUDONG, entry, served
from tongxin.base.clock import ZONE
from tongxin.base.problems import Problem
from tongxin.registry.risklists.reading import Regime, read, text_of

JULY = datetime(2022, 7, 21, 16, tzinfo=ZONE)
DECEMBER = datetime(2022, 12, 13, 8, tzinfo=ZONE)


def kinds(raw: bytes) -> list[str]:
    return [each.kind for each in read(raw).oddities]


def test_a_list_is_of_the_hour_that_it_names() -> None:
    assert read(served(at=JULY, low=[entry(KUNSHAN, "其余地区")])).published_at == JULY


@pytest.mark.parametrize("told", ["2022年7月21日 16时", "2022-7-21 16:00", " 2022-07-21\xa016时 "])
def test_the_hour_is_read_in_whatever_way_it_is_written(told: str) -> None:
    assert read(served(end_update_time=told)).published_at == JULY


@pytest.mark.parametrize(
    ("raw", "regime"),
    [
        (served([entry(PUDONG, "某小区")]), Regime.HIGH_MEDIUM),
        (served([entry(PUDONG, "某小区")], low=[], at=JULY), Regime.HIGH_MEDIUM_LOW),
        (served([entry(PUDONG, "某小区")], low=[], at=DECEMBER), Regime.HIGH_LOW),
    ],
)
def test_the_regime_follows_from_the_lists_and_the_time(raw: bytes, regime: Regime) -> None:
    assert read(raw).regime is regime
    assert "regime-unclear" not in kinds(raw)


def test_medium_areas_after_their_end_are_kept_and_told() -> None:
    raw = served(medium=[entry(PUDONG, "某小区")], low=[], at=DECEMBER)
    assert kinds(raw) == ["regime-unclear"]
    assert read(raw).listed("medium") == 1


def test_entries_keep_their_level_their_number_and_their_places() -> None:
    found = read(served([entry(PUDONG, "甲小区", "乙小区")], [entry(KUNSHAN, "丙小区")]))
    assert [(e.level, e.n, e.county, e.places) for e in found.entries] == [
        ("high", 1, "浦东新区", ("甲小区", "乙小区")),
        ("medium", 1, "昆山市", ("丙小区",)),
    ]
    assert found.oddities == ()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("西城街道万达华城A\xa0区3号楼", "西城街道万达华城A区3号楼"),
        ("\u3000\u3000河口街道海宁小区", "河口街道海宁小区"),
        ("龙津街道\t洪寿一巷", "龙津街道洪寿一巷"),
        ("\u200b城关镇东方明珠Ａ区", "城关镇东方明珠A区"),
        ("站前大街\xa016\xa0号，", "站前大街16号"),
    ],
)
def test_what_means_nothing_is_taken_out_and_told(told: str, kept: str) -> None:
    raw = served([entry(PUDONG, told)])
    assert read(raw).entries[0].places == (kept,)
    assert kinds(raw) == ["spelling"]


def test_a_space_between_latin_words_means_something() -> None:
    raw = served([entry(PUDONG, "HD PUB汉登店(人民广场)")])
    assert read(raw).entries[0].places == ("HD PUB汉登店（人民广场）",)
    assert kinds(raw) == []


def test_a_text_of_streets_is_kept_whole() -> None:
    long = "东至人民路，" * 40
    raw = served([entry(PUDONG, long)])
    assert kinds(raw) == ["long", "spelling"] or kinds(raw) == ["spelling", "long"]
    assert len(read(raw).entries[0].places[0]) == len(long) - 1, "but for the last comma"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"hcount": 9}, "count-differs"),
        ({"highlist": [entry(PUDONG, "某小区", type="")]}, "unknown-type"),
        ({"highlist": [entry(PUDONG, "某小区", area_name="江苏省 昆山市")]}, "other-area-name"),
        ({"highlist": [{"province": "上海市"}]}, "unreadable-entry"),
        ({"highlist": [entry(PUDONG, "某小区", communitys="某小区")]}, "unreadable-entry"),
        ({"highlist": ["某小区"]}, "unreadable-entry"),
        ({"highlist": []}, "empty"),
    ],
)
def test_what_is_odd_is_told(changed: dict[str, Any], kind: str) -> None:
    assert kind in kinds(served([entry(PUDONG, "某小区")], **changed))


def test_one_bad_entry_takes_no_other_with_it() -> None:
    raw = served([{"province": 31}, entry(HUANGCHUAN, "汽车站全域")])
    assert [e.county for e in read(raw).entries] == ["潢川县"]


def test_a_name_that_repeats_the_city_is_not_odd() -> None:
    zone = ("福建省", "平潭综合实验区", "平潭综合实验区")
    assert kinds(served([entry(zone, "澳前村", area_name="福建省 平潭综合实验区")])) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", "风险".encode("gbk"), b"[]", b'{"data": {}}', b'{"highlist": 3}',
        b'{"highlist": [], "end_update_time": "soon"}',
        b'{"highlist": [], "end_update_time": "2022-13-41 11\xe6\x97\xb6"}',
        b'{"highlist": [], "lowlist": 1, "end_update_time": "2022-04-15 11\xe6\x97\xb6"}',
        b"[" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_the_reason(raw: bytes) -> None:
    with pytest.raises(Problem) as refused:
        read(raw)
    assert refused.value.code == "registry.not_a_risk_list"


def test_a_file_that_is_far_too_large_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        read(b" " * 2_000_001)
    assert refused.value.code == "registry.risk_list_too_large"


def test_the_bytes_survive_as_text() -> None:
    raw = b"\xef\xbb\xbf" + served([entry(PUDONG, "某小区")])
    assert text_of(raw).encode() == raw
    assert read(raw).listed("high") == 1
