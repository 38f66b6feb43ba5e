"""How the names of places are read: pinyin without tones, where a dictionary of words errs.

A place keeps a reading that its characters have nowhere else: 洪洞 is Hongtong, 浚县 is Xunxian.
"""

from typing import Final

from pypinyin import lazy_pinyin

# Readings of parts of names, the first that fits counts; then single characters as places use them.
_PARTS: Final = {
    "长子": "zhang zi", "重庆": "chong qing", "洪洞": "hong tong", "荥经": "ying jing",
    "六合": "lu he", "六安": "lu an", "繁峙": "fan shi", "宝坻": "bao di", "井陉": "jing xing",
    "黄陂": "huang pi", "会稽": "kuai ji", "盱眙": "xu yi", "甪直": "lu zhi", "解州": "hai zhou",
    "监利": "jian li", "柞水": "zha shui", "大城县": "dai cheng xian", "郫都": "pi du",
    "单县": "shan xian", "单城": "shan cheng", "莘庄": "xin zhuang", "漯河": "luo he",
    "涡阳": "guo yang", "珲春": "hun chun", "什邡": "shi fang", "乌什": "wu shi",
    "曾都": "zeng du",
}  # fmt: skip
_CHARACTERS: Final = {"长": "chang", "都": "du", "浚": "xun", "巷": "xiang", "曾": "zeng"}


def syllables(name: str) -> list[str]:
    """One reading for each character of a place's name; what has none stands as it is."""
    read = [each.lower() for each in lazy_pinyin(name, errors=_one_by_one)]
    assert len(read) == len(name), name
    for at, character in enumerate(name):
        read[at] = _CHARACTERS.get(character, read[at])
    for part, told in _PARTS.items():
        at = name.find(part)
        if at >= 0:
            read[at : at + len(part)] = told.split()
    return read


def _one_by_one(text: str) -> str:
    """Digits and brackets, which are read as nothing, stand as they are."""
    return list(text)  # type: ignore[return-value]  # its types say less than its manual
