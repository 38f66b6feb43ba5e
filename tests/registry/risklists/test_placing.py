"""Codes as deep as the words go, and never deeper; what cannot be placed is told."""

import pytest

from tests.registry.risklists.lists import HUANGCHUAN, KUNSHAN, PUDONG, entry, served
from tongxin.divisions.shipped import divisions
from tongxin.registry.risklists.placing import LONGEST_NAME, Declaration, Declared, declared
from tongxin.registry.risklists.reading import read

ZHUMADIAN = ("河南省", "驻马店市", "泌阳县")
CHENGGUAN = ("西藏自治区", "拉萨市", "城关区")
CHANGJI = ("新疆维吾尔自治区", "昌吉回族自治州", "昌吉市")
NANYUAN = ("北京市", "丰台区", "南苑街道")


def of(raw: bytes) -> Declared:
    return declared(read(raw), divisions())


def one(where: tuple[str, str, str], *places: str) -> Declaration:
    (found,) = of(served([entry(where, *places)])).declarations
    return found


def kinds(raw: bytes) -> list[str]:
    return [each.kind for each in of(raw).oddities]


@pytest.mark.parametrize(
    ("where", "place", "code", "whole", "name"),
    [
        # A place by name alone: its county, and the words.
        (HUANGCHUAN, "汽车站全域", "411526", False, "汽车站全域"),
        # A text that opens with one of the county's townships lies in it.
        (KUNSHAN, "玉山镇某小区3号楼", "320583100", False, "玉山镇某小区3号楼"),
        (KUNSHAN, "昆山市玉山镇某小区", "320583100", False, "昆山市玉山镇某小区"),
        # A township by itself, or all of it, or the rest of it: all of it at least.
        (KUNSHAN, "玉山镇", "320583100", True, "玉山镇"),
        (KUNSHAN, "玉山镇全域", "320583100", True, "玉山镇"),
        (KUNSHAN, "玉山镇除高风险区以外的其他区域", "320583100", True, "玉山镇"),
        (KUNSHAN, "除高风险区外的玉山镇其他区域", "320583100", True, "玉山镇"),
        # But not where more than the risk areas is left out.
        (KUNSHAN, "玉山镇除高风险区和城北村以外的其他区域", "320583100", False,
         "玉山镇除高风险区和城北村以外的其他区域"),
        # A street or a border named after a township is not in it.
        (KUNSHAN, "玉山镇以东、长江路以西", "320583", False, "玉山镇以东、长江路以西"),
        (KUNSHAN, "长江路以西至玉山镇", "320583", False, "长江路以西至玉山镇"),
        # All of a county, or the rest of it.
        (HUANGCHUAN, "全域", "411526", True, "潢川县"),
        (HUANGCHUAN, "河南省信阳市潢川县除中高风险区以外的其他区域", "411526", True, "潢川县"),
        (CHENGGUAN, "中高风险区以外的城关区其他所有区域", "540102", True, "城关区"),
        (CHANGJI, "昌吉州昌吉市高风险区以外的其他地区", "652301", True, "昌吉市"),
        (HUANGCHUAN, "主城区", "411526", False, "主城区"),
        (HUANGCHUAN, "中区", "411526", False, "中区"),
        # Municipalities stand one level off; places without counties have townships at once.
        (("北京市", "朝阳区", "酒仙桥街道"), "二街坊", "110105011", False, "二街坊"),
        (NANYUAN, "南苑街道（除高风险区外的其他地区）", "110106", True, "南苑街道"),
        (("广东省", "东莞市", "塘厦镇"), "莲湖社区", "441900116", False, "莲湖社区"),
        (("海南省", "省直辖县级行政单位", "万宁市"), "某小区", "469006", False, "某小区"),
        # A new district that no list of divisions has: one level up, with its name.
        (("四川省", "成都市", "高新区"), "桂溪街道某小区", "5101", False, "高新区桂溪街道某小区"),
        (("四川省", "成都市", "高新区"), "高新区其他区域", "5101", False, "高新区其他区域"),
        # The corps governs places all over Xinjiang.
        (("新疆生产建设兵团",) * 3, "第八师143团", "65", False, "新疆生产建设兵团第八师143团"),
    ],
)  # fmt: skip
def test_where_a_text_lies(
    where: tuple[str, str, str], place: str, code: str, whole: bool, name: str
) -> None:
    found = one(where, place)
    assert (found.whole, found.name) == (whole, name)
    assert found.code[: len(code)] == code


def test_a_township_inside_another_name_is_not_meant_twice() -> None:
    found = one(ZHUMADIAN, "付庄乡范庄村")
    assert len(found.code) == 9


def test_a_text_that_names_several_townships_stays_with_the_county() -> None:
    raw = served([entry(KUNSHAN, "玉山镇、周市镇交界处")])
    (found,) = of(raw).declarations
    assert (found.code, found.whole) == ("320583", False)
    assert kinds(raw) == ["several-townships"]


@pytest.mark.parametrize(
    ("where", "places", "kind"),
    [
        (("甲乙省", "丙市", "丁县"), ("某小区",), "unknown-province"),
        (("四川省", "成都市", "高新区"), (), "nothing-named"),
        (("四川省", "成都市", ""), (), "nothing-named"),
    ],
)
def test_what_cannot_be_placed_is_told_and_not_declared(
    where: tuple[str, str, str], places: tuple[str, ...], kind: str
) -> None:
    raw = served([entry(where, *places)])
    assert of(raw).declarations == ()
    assert kind in kinds(raw)


def test_an_entry_without_a_county_holds_for_the_city_and_is_asked_about() -> None:
    raw = served([entry(("四川省", "成都市", ""), "某小区", type="")])
    (found,) = of(raw).declarations
    assert (found.code, found.whole) == ("5101", False)
    assert kinds(raw) == ["unknown-type", "no-county"]


def test_an_entry_without_places_means_the_whole_county() -> None:
    raw = served([entry(HUANGCHUAN)])
    (found,) = of(raw).declarations
    assert (found.code, found.whole, found.name) == ("411526", True, "潢川县")
    assert kinds(raw) == ["no-places"]


def test_the_same_place_twice_is_one_declaration() -> None:
    raw = served([entry(HUANGCHUAN, "汽车站", "汽车\u3000站")])
    assert len(of(raw).declarations) == 1
    assert kinds(raw) == ["spelling", "repeated"]


def test_a_place_at_two_levels_is_declared_at_both() -> None:
    raw = served([entry(HUANGCHUAN, "汽车站")], [entry(HUANGCHUAN, "汽车站")])
    assert [each.level for each in of(raw).declarations] == ["high", "medium"]
    assert kinds(raw) == ["two-levels"]


def test_a_text_too_long_to_ask_about_is_cut_and_stays_itself() -> None:
    one_, other = "甲" * 400, "甲" * 399 + "乙"
    raw = served([entry(HUANGCHUAN, one_, other)])
    names = [each.name for each in of(raw).declarations]
    assert all(len(name) <= LONGEST_NAME for name in names)
    assert names[0] != names[1]
    assert kinds(raw).count("shortened") == 2


def test_each_declaration_tells_where_in_the_list_it_stands() -> None:
    raw = served([entry(PUDONG, "甲小区")], [entry(PUDONG, "乙小区"), entry(KUNSHAN, "丙", "丁")])
    found = [(d.level, d.entry, d.place, d.name) for d in of(raw).declarations]
    assert found[-1] == ("medium", 2, 2, "丁")
    assert [each[3] for each in found] == ["甲小区", "乙小区", "丙", "丁"]
