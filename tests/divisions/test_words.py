"""Where somebody says that he came from becomes a code, or none; it is never guessed."""

import pytest

from tongxin.divisions.words import code_of


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("上海市浦东新区", "310115"), ("上海浦东", "310115"), ("上海", "31"),
        ("河南信阳", "4115"),
        ("河南省潢川县", "411526"), ("浙江杭州余杭", "330110"), ("深圳市宝安区福永", "440306"),
        ("江苏省苏州市虎丘区某小区", "320505"), ("苏州", "3205"), ("吉林", "22"),
        ("吉林市", "2202"),
        (" 上海市 浦东新区 ", "310115"), ("上海市浦东新区张江路12号", "310115"),
    ],
)  # fmt: skip
def test_names_give_the_deepest_division_that_they_fix(words: str, code: str) -> None:
    assert code_of(words) == code


@pytest.mark.parametrize(
    "words", ["", "北京路12号", "朝阳区", "朝阳", "城关镇", "老家", "广州打工"]
)
def test_what_may_be_several_places_or_none_gives_none(words: str) -> None:
    assert code_of(words) == ""
