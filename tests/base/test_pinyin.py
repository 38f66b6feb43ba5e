"""Names are found by the first letters of their pinyin, family names read as such."""

import pytest

from tongxin.base.pinyin import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("陈静", "cj"), ("刘小雨", "lxy"), ("欧阳锋", "oyf"), ("吕布", "lb"), ("张長平", "zcp"),
        ("刘长河", "lch"),
        ("阿依古丽·买买提", "ayglmmt"), ("John Smith", "js"), ("A先生", "axs"), ("李3", "l3"),
        ("　陈 静", "cj"), ("ＬＩ强", "lq"), ("", ""), ("？？", ""),
    ],
)  # fmt: skip
def test_a_name_is_found_by_its_first_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("单雄", "sx"), ("曾强", "zq"), ("解晓东", "xxd"), ("仇英", "qy"), ("区伟", "ow"),
        ("查良", "zl"), ("翟志", "zz"), ("覃敏", "qm"), ("万俟超", "mqc"), ("尉迟恭", "ycg"),
    ],
)  # fmt: skip
def test_a_family_name_is_read_as_family_names_are(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_same_character_in_a_given_name_is_read_as_usual() -> None:
    assert initials("王解") == "wj"
    assert initials("王曾") == "wc"
