"""What may be odd about a list: each is told, with where it stands and what was done about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from tongxin.base.texts import Text

_LONGEST_SAID: Final = 60


class Oddity(Struct, frozen=True):
    """One oddity. `entry` and `place` count from 1, 0 where the list or entry as a whole is meant.

    `said` is what stands there, cut short; `kind` a key of `ODDITIES`.
    """

    kind: str
    level: str
    entry: int
    place: int
    said: str


def oddity(kind: str, said: str, level: str = "", entry: int = 0, place: int = 0) -> Oddity:
    """An oddity of a kind that there is; what was said is cut short."""
    if kind not in ODDITIES:
        raise AssertionError(f"nobody has said what {kind} means")
    short = said if len(said) <= _LONGEST_SAID else said[: _LONGEST_SAID - 1] + "…"
    return Oddity(kind, level, entry, place, short)


class Sort(Struct, frozen=True):
    """What a kind of oddity is, and what was done. `grave`: somebody must compare the notice."""

    what: Text
    done: Text
    grave: bool = False


ODDITIES: Final[Mapping[str, Sort]] = MappingProxyType(
    {
        "unreadable-entry": Sort(
            Text("这一条缺少内容，或写法不对", "An entry lacks something or is no entry"),
            Text("没有登记，请对照通报", "not declared: compare the notice"),
            grave=True,
        ),
        "unknown-province": Sort(
            Text("认不出省份", "The province is not known"),
            Text("没有登记，请对照通报", "not declared: compare the notice"),
            grave=True,
        ),
        "nothing-named": Sort(
            Text("既没有县（区），也没有具体地方", "Neither a county nor a place is named"),
            Text("没有登记，请对照通报", "not declared: compare the notice"),
            grave=True,
        ),
        "several-fit": Sort(
            Text("这个名称对应几个地方", "The name fits several places"),
            Text(
                "登记在都包含它们的一级，须点名询问",
                "declared for what holds them all; people are asked by name",
            ),
            grave=True,
        ),
        "no-county": Sort(
            Text("没有写明县（区）", "No county is named"),
            Text("登记在市一级，须点名询问", "declared for the city; people are asked by name"),
            grave=True,
        ),
        "no-places": Sort(
            Text("没有写明具体地方", "No place is named"),
            Text("按整个县（区）登记", "the whole of what is named counts"),
            grave=True,
        ),
        "count-differs": Sort(
            Text("名单自报的数目与实际条数不符", "The list counts otherwise than it is long"),
            Text("按实际列出的登记", "what is listed was declared"),
            grave=True,
        ),
        "empty": Sort(
            Text("名单是空的", "The list is empty"),
            Text("全部解除；请确认文件完整", "everything is lifted: is the file whole?"),
            grave=True,
        ),
        "regime-unclear": Sort(
            Text("等级与发布时间不合", "The levels do not fit the time of the list"),
            Text("按名单所列登记", "declared as listed"),
        ),
        "unknown-type": Sort(
            Text("type 不是 2", "The type is not 2"),
            Text("照常登记", "declared like the others"),
        ),
        "other-area-name": Sort(
            Text("area_name 与省、市、县不一致", "area_name says otherwise"),
            Text("按省、市、县登记", "province, city and county were taken"),
        ),
        "unknown-county": Sort(
            Text(
                "区划代码表里没有这个县（区），例如各种新区",
                "The division is not in the national list, as with new districts and zones",
            ),
            Text("登记在上一级，须点名询问", "declared one level up; people are asked by name"),
        ),
        "several-townships": Sort(
            Text("一段文字提到几个乡镇", "One text names several townships"),
            Text("登记在县（区）一级，须点名询问", "declared for the county; people are asked"),
        ),
        "shifted": Sort(
            Text("名称错开一级：市写在县的位置，或县下直接写街道", "The names stand one level off"),
            Text("按实际的街道、乡镇登记", "declared for the township that is meant"),
        ),
        "spelling": Sort(
            Text("多余的空格、制表符或全角字符", "Spaces, tabs or wide letters that mean nothing"),
            Text("已去掉；原文保留在文件里", "taken out; the file keeps them"),
        ),
        "long": Sort(
            Text("超过 200 字", "More than 200 characters"),
            Text("全文保留", "kept whole"),
        ),
        "shortened": Sort(
            Text("文字过长", "The text is too long to ask about"),
            Text("列表里截短；全文保留在文件里", "cut short in lists; the file keeps it whole"),
        ),
        "repeated": Sort(
            Text("同一地方列了两次", "A place is listed twice"),
            Text("只登记一次", "declared once"),
        ),
        "two-levels": Sort(
            Text("同一地方列在两个等级", "A place is listed at two levels"),
            Text("两个都登记，按较严的判断", "both declared; the stricter counts"),
        ),
    }
)  # fmt: skip
