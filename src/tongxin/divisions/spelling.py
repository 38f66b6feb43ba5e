"""How names of divisions are spelled: spaces, brackets, suffixes that people leave out."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SPACES: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_NOTE: Final = re.compile(r"\(([^()]*)\)")
_PEOPLES: Final = (
    "阿昌|白|保安|布朗|布依|朝鲜|达斡尔|傣|德昂|东乡|侗|独龙|俄罗斯|鄂伦春|鄂温克|高山|仡佬|哈尼|"
    "哈萨克|赫哲|回|基诺|京|景颇|柯尔克孜|拉祜|黎|傈僳|珞巴|满|毛南|门巴|蒙古|苗|仫佬|纳西|怒|普米|"
    "羌|撒拉|畲|水|塔吉克|塔塔尔|土家|土|佤|维吾尔|乌孜别克|锡伯|瑶|彝|裕固|藏|壮|各"
)
# 恩施|土家族苗族自治州, 伊犁|哈萨克自治州, 龙胜|各族自治县; among townships 族 is never left out.
_AUTONOMOUS: Final = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{_PEOPLES})族?)+自治[州县旗]")
_OF_A_PEOPLE: Final = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{_PEOPLES})族)+(?:民族)?[乡镇]")
_PLAIN: Final = re.compile(
    r"(?P<stem>.{2,}?)(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|族?自治[州县旗]|民族乡|街道办事处|街道|地区"
    r"|新区|林区|特区|苏木|省|市|盟|区|县|旗|镇|乡)"
)
_ZONES: Final = (
    (re.compile(r"(?:高新技术(?:产业)?开发区|高新技术产业园区|高新开发区)"), "高新区"),
    (re.compile(r"(?:经济技术开发区|经济开发区|经济技术产业开发区)"), "经开区"),
)


def spelled(name: str) -> str:
    """`name` as names are compared: no spaces of any kind, full-width signs made plain."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name))


def variants(name: str) -> tuple[str, ...]:
    """What a spelled name with a note in brackets may mean.

    旧宫(地区)镇 is 旧宫镇 or 旧宫地区, 新林区(虚拟) is 新林区; without brackets it is itself.
    """
    found = _NOTE.search(name)
    if found is None:
        return (name,)
    before, note, after = name[: found.start()], found[1], name[found.end() :]
    kept = (name, before + after, before + note, before + note + after)
    return tuple(dict.fromkeys(each for each in kept if each))


@lru_cache(maxsize=4096)
def stem(name: str) -> str:
    """`name` without its kind: 潢川县 潢川, 恩施土家族苗族自治州 恩施; but 东区 stays 东区."""
    for pattern in (_AUTONOMOUS, _OF_A_PEOPLE, _PLAIN):
        found = pattern.fullmatch(name)
        if found is not None:
            return found["stem"]
    return name


def zone(name: str, parents: tuple[str, ...]) -> str | None:
    """A development zone by its short name within `parents`, its ancestors' names, widest first.

    湖南衡阳高新技术产业园区 in 衡阳市 is 高新区. None where `name` is no such zone.
    """
    short = name
    for parent in parents:
        for said in (parent, stem(parent)):
            short = short.removeprefix(said) or short
    for pattern, kind in _ZONES:
        short = pattern.sub(kind, short)
    return short if short.endswith(("高新区", "经开区")) else None
