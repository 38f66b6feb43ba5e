"""What the list knows of a code: its name, the way down to it, what lies in it."""

import zipfile
from importlib.resources import files

import pytest

from tongxin.divisions.gazetteer import Divisions
from tongxin.divisions.lines import Lines
from tongxin.divisions.shipped import ARCHIVE, divisions, edition

TAOLINPU = "411526108"


def test_a_code_has_a_name_at_every_depth() -> None:
    names = [divisions().name(code) for code in ("41", "4115", "411526", TAOLINPU)]
    assert names == ["河南省", "信阳市", "潢川县", "桃林铺镇"]
    assert divisions().name("411599") is None


def test_the_full_name_is_the_way_down() -> None:
    assert divisions().full_name(TAOLINPU) == "河南省信阳市潢川县桃林铺镇"


def test_a_code_deeper_than_the_list_is_named_by_what_contains_it() -> None:
    assert divisions().nearest("411526108201-01") == TAOLINPU
    assert divisions().full_name("411526108201-01") == "河南省信阳市潢川县桃林铺镇"
    assert divisions().nearest("411599999") == "4115"
    assert divisions().nearest("99") is None
    assert divisions().full_name("99") == ""


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("310115", "上海市浦东新区"),
        ("500230", "重庆市丰都县"),
        ("469001", "海南省五指山市"),
        ("441900003", "广东省东莞市东城街道"),
    ],
)
def test_levels_that_only_fill_the_list_are_left_out(code: str, full_name: str) -> None:
    assert divisions().full_name(code) == full_name


def test_the_children_of_a_place_skip_those_levels_too() -> None:
    assert "310115" in divisions().children("31")
    assert "500230" in divisions().children("50")
    assert divisions().children("4419")[0] == "441900003"
    assert divisions().children("4419") == divisions().children("441900")
    assert divisions().children(TAOLINPU) == ()


def test_the_whole_country_is_there() -> None:
    provinces = divisions().children()
    assert len(provinces) == 34
    assert provinces[-3:] == ("71", "81", "82")
    assert len(divisions().children("411526")) == 23


def test_every_division_lies_in_the_one_that_its_code_says() -> None:
    """Walking down from the top meets every code once, in order, steps aside."""
    found: list[str] = []
    waiting = list(reversed(divisions().children()))
    while waiting:
        code = waiting.pop()
        found.append(code)
        waiting.extend(reversed(divisions().children(code)))
    with zipfile.ZipFile(str(files("tongxin.divisions").joinpath(ARCHIVE))) as archive:
        codes = archive.read("codes.txt").decode().split("\n")
    assert codes == sorted(set(codes))
    walked = set(found)
    assert found == [code for code in codes if code in walked]
    left_out = {divisions().name(code) for code in set(codes) - walked}
    assert left_out == {
        "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划",
        "东莞市", "中山市", "儋州市", "金门县",
    }  # fmt: skip


def test_the_list_says_where_it_comes_from() -> None:
    assert edition().as_of == "2023-06-30"
    assert edition().licence == "WTFPL"
    assert len(edition().fingerprint) == 64


def test_lines_are_cut_where_they_are_asked_for() -> None:
    lines = Lines("河南\n\n信阳")
    assert list(lines) == ["河南", "", "信阳"]
    assert lines[1:] == ["", "信阳"]
    with pytest.raises(IndexError):
        lines[3]


def test_a_list_of_one_province_is_a_list() -> None:
    one = Divisions(["41"], Lines("河南省"))
    assert one.children() == ("41",)
    assert one.children("41") == ()
