"""What the words of the registry are called on screen."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tongxin.base.texts import Text

Labels = Mapping[str, Text]
RELATIONS: Final[Labels] = MappingProxyType(
    {
        "head": Text("户主", "head"),
        "spouse": Text("配偶", "spouse"),
        "child": Text("子女", "child"),
        "child_in_law": Text("儿媳、女婿", "child-in-law"),
        "parent": Text("父母", "parent"),
        "grandchild": Text("孙辈", "grandchild"),
        "grandparent": Text("祖辈", "grandparent"),
        "sibling": Text("兄弟姐妹", "sibling"),
        "other": Text("其他", "other"),
    }
)
NEEDS: Final[Labels] = MappingProxyType(
    {
        "elderly_alone": Text("独居老人", "elderly, alone"),
        "disabled": Text("残疾", "disabled"),
        "pregnant": Text("孕产妇", "pregnant"),
        "seriously_ill": Text("重病", "seriously ill"),
    }
)
SEXES: Final[Labels] = MappingProxyType(
    {"female": Text("女", "female"), "male": Text("男", "male")}
)
RESULTS: Final[Labels] = MappingProxyType(
    {
        "met": Text("见到了", "Met"),
        "absent": Text("没人在", "Nobody there"),
        "refused": Text("没开门", "Not let in"),
        "": Text("没走访过", "Never visited"),
    }
)
POINTS: Final[Labels] = MappingProxyType(
    {
        "members": Text("家里几口人、是谁", "who lives here"),
        "away": Text("谁在家、谁外出", "who is at home or away"),
        "phones": Text("电话", "telephone numbers"),
        "needs": Text("特殊需要", "special needs"),
        "address": Text("门牌", "the address"),
        "links": Text("联户党员", "the linked member"),
    }
)
FORCES: Final[Labels] = MappingProxyType(
    {
        "double_report": Text("“双报到”党员", "members reporting to their community"),
        "volunteer": Text("志愿者", "volunteers"),
        "county_cadre": Text("县直下派干部", "county cadres"),
    }
)
LEAVING: Final[Labels] = MappingProxyType(
    {
        "moved": Text("迁走了", "moved away"),
        "died": Text("去世", "died"),
        "visit_over": Text("走访结束，已离开", "the visit is over"),
        "in_error": Text("登记错了", "registered in error"),
    }
)
ENDING: Final[Labels] = MappingProxyType(
    {
        "moved": Text("调走", "moved elsewhere"),
        "ended": Text("任务结束", "the work has ended"),
        "died": Text("去世", "died"),
        "in_error": Text("登记错了", "enrolled in error"),
    }
)
DISSOLVING: Final[Labels] = MappingProxyType(
    {
        "moved": Text("全家迁走", "the whole family moved"),
        "merged": Text("并入别户", "joined to another household"),
        "in_error": Text("登记错了", "registered in error"),
    }
)
BOUNDS: Final[Labels] = MappingProxyType(
    {
        "few_households": Text("户数偏少", "few households"),
        "many_households": Text("户数偏多", "many households"),
        "many_people": Text("人数偏多", "many people"),
    }
)
