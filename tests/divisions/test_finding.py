"""A place is found by a few characters, by pinyin, or by the initials of that."""

import pytest

from tongxin.divisions.shipped import divisions, finder

HERE = "411526108"


def found(text: str, near: str = HERE) -> list[str]:
    return [divisions().full_name(code) for code in finder().find(text, near=near)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("潢川", "河南省信阳市潢川县"),
        ("huangchuan", "河南省信阳市潢川县"),
        ("HuangChuan", "河南省信阳市潢川县"),
        ("hc", "河南省信阳市潢川县"),
        ("tlp", "河南省信阳市潢川县桃林铺镇"),
        ("浦东", "上海市浦东新区"),
        ("pdxq", "上海市浦东新区"),
        ("河南潢川", "河南省信阳市潢川县"),
        ("信阳 平桥", "河南省信阳市平桥区"),
        ("411526", "河南省信阳市潢川县"),
    ],
)
def test_the_likeliest_place_stands_first(typed: str, first: str) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("chongqing", "重庆市"),
        ("cq", "重庆市"),
        ("xiamen", "福建省厦门市"),
        ("luan", "安徽省六安市"),
        ("hongtong", "山西省临汾市洪洞县"),
        ("xunxian", "河南省鹤壁市浚县"),
        ("changzhi", "山西省长治市"),
        ("zhangzi", "山西省长治市长子县"),
    ],
)
def test_a_place_is_read_as_people_there_read_it(typed: str, name: str) -> None:
    assert name in found(typed)


def test_what_is_near_stands_before_what_is_far() -> None:
    assert found("pqq", near="411526108")[0] == "河南省信阳市平桥区"
    assert found("朝阳区", near="110101")[0] == "北京市朝阳区"
    assert found("朝阳区", near="220101")[0] == "吉林省长春市朝阳区"


def test_a_county_stands_before_a_township_of_its_name() -> None:
    names = found("平桥")
    assert names.index("河南省信阳市平桥区") < names.index("河南省信阳市平桥区平桥街道")


@pytest.mark.parametrize("typed", ["", "  ", "没有这个地方", "zzzzz", "999999", "(", "县\n"])
def test_what_fits_nothing_finds_nothing_and_harms_nothing(typed: str) -> None:
    assert all(divisions().full_name(code) for code in finder().find(typed))


def test_no_more_are_given_than_asked_for() -> None:
    assert len(finder().find("a", most=3)) == 3
