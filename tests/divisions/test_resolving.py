"""From names to a code, as lists and people spell them, and never a guess."""

import pytest

from tongxin.divisions.resolving import resolve
from tongxin.divisions.shipped import divisions
from tongxin.divisions.spelling import stem, variants


def found(*names: str) -> tuple[str | None, str]:
    resolution = resolve(divisions(), *names)
    assert not resolution.choices
    return resolution.code, resolution.rest


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("河南省", "信阳市", "潢川县", "桃林铺镇"), "411526108"),
        (("河南省", "信阳市", "潢川县"), "411526"),
        (("河南省",), "41"),
        (("北京市", "朝阳区", "劲松街道"), "110105017"),
        (("北京市", "大兴区", "旧宫（地区）镇"), "110115006"),
        (("上海市", "上海市", "浦东新区"), "310115"),
        (("重庆市", "重庆市", "丰都县"), "500230"),
        (("吉林省", "吉林市", "船营区"), "220204"),
        (("海南省", "省直辖县级行政单位", "万宁市"), "469006"),
        (("海南省", "儋州市", "市辖区"), "4604"),
        (("广东省", "东莞市", "凤岗镇"), "441900117"),
        (("黑龙江省", "大兴安岭地区", "加格达奇区(虚拟)"), "232761"),
        (("香港特别行政区",), "81"),
    ],
)
def test_names_as_national_lists_spell_them(names: tuple[str, ...], code: str) -> None:
    assert found(*names) == (code, "")


def test_spaces_of_any_kind_do_not_matter() -> None:
    assert found("\u3000河南省", "信\xa0阳 市", "潢川县\u200b\n") == ("411526", "")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("河南", "信阳", "潢川", "桃林铺"), "411526108"),
        (("广西", "南宁"), "4501"),
        (("湖北", "恩施州", "恩施市"), "422801"),
        (("湖南", "湘西"), "4331"),
        (("内蒙古", "呼伦贝尔", "莫力达瓦旗"), "150722"),
        (("新疆", "伊犁州", "察布查尔县"), "654022"),
    ],
)
def test_a_suffix_may_be_missing_or_short(names: tuple[str, ...], code: str) -> None:
    assert found(*names) == (code, "")


def test_a_level_may_be_missing() -> None:
    assert found("河南省", "", "潢川县") == ("411526", "")
    assert found("河北省", "涿州市") == ("130681", "")
    assert found("", "", "潢川县") == ("411526", "")


def test_what_fits_several_places_is_not_decided() -> None:
    nowhere = resolve(divisions(), "", "朝阳区")
    assert nowhere.code is None
    assert set(nowhere.choices) == {"110105", "220104"}
    assert not nowhere.whole
    in_hebei = resolve(divisions(), "河北省", "", "桥西区")
    assert in_hebei.code == "13"
    assert set(in_hebei.choices) == {"130104", "130703"}
    assert in_hebei.rest == "桥西区"


@pytest.mark.parametrize(
    ("names", "code", "rest"),
    [
        (("四川省", "成都市", "天府新区"), "5101", "天府新区"),
        (("新疆生产建设兵团",) * 3, "65", "新疆生产建设兵团"),
        (("新疆生产建设兵团", "第八师", "石河子市"), "659001", "新疆生产建设兵团第八师"),
        (("吉林省", "长白山保护开发区", "池北区"), "22", "长白山保护开发区池北区"),
        (("湖北省", "武汉市", "经开区（汉南区）"), "4201", "经开区(汉南区)"),
        (("陕西省", "西安市", "高新区", "丈八街道"), "6101", "高新区丈八街道"),
        (("河南省", "郑州市", "潢川县"), "4101", "潢川县"),
        (("无此省", "无此市"), None, "无此省无此市"),
        (("",), None, ""),
    ],
)
def test_what_is_no_division_stays_text(
    names: tuple[str, ...], code: str | None, rest: str
) -> None:
    assert found(*names) == (code, rest)


def test_a_development_zone_is_found_by_its_short_name_where_the_list_has_it() -> None:
    assert found("河南省", "郑州市", "高新区") == ("410172", "")
    assert found("湖南省", "衡阳市", "高新区") == ("430476", "")
    assert found("江西省", "南昌市", "高新区") == ("3601", "高新区")


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("铜冶镇永壁东街", "130110101", "永壁东街"),
        ("鹿泉区铜冶镇：永壁东街", "130110101", "永壁东街"),
        ("获鹿镇", "130110100", ""),
    ],
)
def test_an_address_gives_its_township(text: str, code: str, rest: str) -> None:
    assert found("河北省", "石家庄市", "鹿泉区", text) == (code, rest)


@pytest.mark.parametrize(
    "text",
    [
        "铜冶镇、寺家庄镇",
        "铜冶镇全域（除寺家庄镇交界处）",
        "铜冶镇以东",
        "石井乡路口",
        "以铜冶镇政府为中心",
    ],
)
def test_an_address_that_is_not_within_one_township_is_not_taken_apart(text: str) -> None:
    code, rest = found("河北省", "石家庄市", "鹿泉区", text)
    assert code == "130110"
    assert rest.startswith(text[:2])


def test_stems() -> None:
    names = [
        "潢川县",
        "恩施土家族苗族自治州",
        "鄂温克族自治旗",
        "东区",
        "开县",
        "城关回族镇",
        "浦东新区",
    ]
    assert [stem(name) for name in names] == [
        "潢川",
        "恩施",
        "鄂温克",
        "东区",
        "开县",
        "城关",
        "浦东",
    ]


def test_a_note_in_brackets_may_belong_to_the_name_or_not() -> None:
    assert "旧宫地区" in variants("旧宫(地区)镇")
    assert "新林区" in variants("新林区(虚拟)")
    assert variants("新林区") == ("新林区",)


@pytest.mark.parametrize("province", divisions().children())
def test_every_path_resolves_to_itself(province: str) -> None:
    """Each city and county of the list is found again by the names that lead to it."""
    for city in divisions().children(province):
        for county in (city, *divisions().children(city)):
            names = [divisions().name(code) or "" for code in divisions().path(county)]
            resolution = resolve(divisions(), *names)
            assert resolution.code == county or county in resolution.choices, names
