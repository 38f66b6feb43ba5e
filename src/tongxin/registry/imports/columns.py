"""The columns of lists of households and of staff, as people head them."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar, get_args

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.registry.residents.facts import Need, Relation
from tongxin.registry.staff.facts import Force
from tongxin.sheets import faults, values
from tongxin.sheets.book import Value
from tongxin.sheets.columns import Column, fits
from tongxin.sheets.faults import FaultKind, Unfit
from tongxin.sheets.values import Setting, plain, told

NO_NEED = FaultKind(
    "need_unknown",
    "“{value}”不在四类特殊人群（独居老人、残疾、孕妇、重病）之内，没有登记。",
    "“{value}” is none of the four special needs (elderly alone, disabled, pregnant, seriously "
    "ill), and is not recorded.",
    grave=False,
)
NO_FORCE = FaultKind(
    "force_unknown",
    "“{value}”不是三支队伍（双报到党员、志愿者、县直干部）之一，没有登记。",
    "“{value}” is none of the three forces, and is not recorded.",
    grave=False,
)
NOT_YES = FaultKind(
    "not_yes_or_no",
    "“{value}”看不出是还是否。请写“是”或“否”，或留空。",
    "“{value}” is neither yes nor no. Write one of them, or leave it empty.",
)
T = TypeVar("T")
_SHORT: Final = 120

# A word stands for the first of these that it holds; the longer ones come first.
_RELATIONS: Final[tuple[tuple[str, Relation], ...]] = (
    ("户主", "head"), ("本人", "head"), ("儿媳", "child_in_law"), ("女婿", "child_in_law"),
    ("媳妇", "child_in_law"), ("孙", "grandchild"), ("祖", "grandparent"), ("爷", "grandparent"),
    ("奶", "grandparent"), ("岳", "parent"), ("公公", "parent"), ("婆婆", "parent"),
    ("父", "parent"), ("母", "parent"), ("配偶", "spouse"), ("妻", "spouse"), ("丈夫", "spouse"),
    ("夫", "spouse"), ("兄", "sibling"), ("弟", "sibling"), ("姐", "sibling"), ("妹", "sibling"),
    ("哥", "sibling"), ("子", "child"), ("女", "child"), ("儿", "child"),
)  # fmt: skip
_NEEDS: Final[tuple[tuple[str, Need], ...]] = (
    ("独居", "elderly_alone"), ("空巢", "elderly_alone"), ("孤寡", "elderly_alone"),
    ("残", "disabled"), ("孕", "pregnant"), ("产妇", "pregnant"), ("重病", "seriously_ill"),
    ("大病", "seriously_ill"), ("重症", "seriously_ill"), ("透析", "seriously_ill"),
)  # fmt: skip
_FORCES: Final[tuple[tuple[str, Force], ...]] = (
    ("双报到", "double_report"), ("志愿", "volunteer"), ("县直", "county_cadre"),
    ("下沉", "county_cadre"), ("county", "county_cadre"), ("volunteer", "volunteer"),
)  # fmt: skip
_YES: Final = frozenset({"是", "在家", "在", "有", "党员", "中共党员", "yes", "y", "1", "√", "✓"})
_NO: Final = frozenset({"否", "不在", "不在家", "外出", "在外", "无", "群众", "no", "n", "0", "×"})


def _first(pairs: Sequence[tuple[str, T]], text: str) -> T | None:
    return next((meant for word, meant in pairs if word in text), None)


def relation(value: Value, setting: Setting) -> Relation | None:
    """A relation to the head of the household; `other` for words that are none we know."""
    text = told(value)
    known: tuple[Relation, ...] = get_args(Relation)
    english = next((each for each in known if each == text.lower().replace(" ", "_")), None)
    return english or _first(_RELATIONS, text) or ("other" if text else None)


def needs(value: Value, setting: Setting) -> tuple[Need, ...]:
    """The special needs that words name, each once; other words are remarked."""
    text = told(value)
    found = tuple(dict.fromkeys(need for word, need in _NEEDS if word in text))
    if text and text != "否" and not found:
        setting.remarks.append(NO_NEED(value=text))
    return found


def force(value: Value, setting: Setting) -> Force | None:
    """One of the three forces; other words are remarked."""
    text = told(value)
    found = _first(_FORCES, text.lower())
    if text and found is None:
        setting.remarks.append(NO_FORCE(value=text))
    return found


def yes(value: Value, setting: Setting) -> bool | None:
    """Yes or no; None where nothing stands there."""
    if isinstance(value, bool):
        return value
    text = plain(value).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if not told(value):
        return None
    raise Unfit(NOT_YES, value=text)


class At(Struct, frozen=True):
    """Where somebody is now: at home, elsewhere with what is told of it, or nothing told."""

    home: bool | None
    place: str


_AT_HOME: Final = frozenset({"在家", "本村", "本地", "家", "家中", "家里", "同上", "同住址"})


def whereabouts(value: Value, setting: Setting) -> At:
    """Where somebody is now."""
    text = told(value)
    if len(text) > _SHORT:
        raise Unfit(faults.TOO_LONG, length=len(text), most=_SHORT)
    if not text:
        return At(None, "")
    return At(True, "") if text in _AT_HOME else At(False, text)


Parse = Callable[[Value, Setting], object]


def _person(*never: str) -> tuple[Column, ...]:
    return (
        Column("name", Text("姓名", "Name"), values.name,
               ("姓名", "成员姓名", "人员姓名", "家庭成员", "家庭成员姓名", "name"), never=never,
               required=True),
        Column("id_number", Text("身份证号", "ID number"), values.id_number,
               ("身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码", "idnumber"),
               looks=fits(values.id_number)),
        Column("phone", Text("联系电话", "Telephone"), values.phone,
               ("联系电话", "电话", "手机号", "手机号码", "手机", "联系方式", "电话号码",
                "telephone"), looks=fits(values.phone)),
    )  # fmt: skip


_PLACE: Final = (
    Column("village", Text("村", "Village"), values.place,
           ("村", "所在村", "村名", "行政村", "村社区", "村居", "所属村", "village"),
           looks=fits(values.place)),
    Column("grid", Text("网格", "Grid"), values.words(60),
           ("网格", "所属网格", "网格名称", "网格编号", "所在网格", "grid"),
           never=("网格员", "网格长")),
)  # fmt: skip

HOUSEHOLDS: Final = (
    Column("number", Text("户号", "Household number"), values.words(30),
           ("户号", "户编号", "户籍号", "户口簿号", "householdnumber")),
    Column("head", Text("户主", "Head of household"), values.name,
           ("户主", "户主姓名", "householder", "headofhousehold"), never=("关系",)),
    *_person("户主"),
    Column("relation", Text("与户主关系", "Relation to the head"), relation,
           ("与户主关系", "关系", "家庭关系", "成员关系", "relationtothehead")),
    Column("address", Text("家庭住址", "Home address"), values.words(_SHORT),
           ("家庭住址", "家庭地址", "住址", "门牌", "门牌号", "户籍地址", "地址", "homeaddress")),
    *_PLACE,
    Column("away_to", Text("现居地", "Lives now"), whereabouts,
           ("现居地", "现居住地", "外出地", "外出地址", "务工地", "现住地", "外出去向",
            "livesnow")),
    Column("at_home", Text("是否在家", "At home"), yes, ("是否在家", "在家", "是否在村", "athome")),
    Column("needs", Text("特殊人群", "Special needs"), needs,
           ("特殊人群", "特殊需要", "特殊情况", "人员类别", "重点人群", "specialneeds")),
)  # fmt: skip

STAFF: Final = (
    *_person(),
    Column("unit", Text("单位", "Unit"), values.words(_SHORT),
           ("单位", "工作单位", "所在单位", "派出单位", "unit")),
    Column("post", Text("职务", "Office"), values.words(_SHORT), ("职务", "职务职级", "office")),
    Column("force", Text("队伍", "Force"), force,
           ("队伍", "所属队伍", "三支队伍", "人员类别", "类别", "force")),
    *_PLACE,
    Column("role", Text("岗位", "Post in the grid"), values.words(60),
           ("岗位", "网格岗位", "网格职务", "担任岗位", "角色", "postinthegrid")),
    Column("member", Text("是否党员", "Party member"), yes,
           ("是否党员", "党员", "政治面貌", "partymember")),
    Column("skills", Text("特长", "Skills"), values.words(_SHORT),
           ("特长", "专长", "技能", "skills")),
    Column("wishes", Text("意愿", "Wishes"), values.words(_SHORT),
           ("意愿", "服务意愿", "志愿方向", "wishes")),
)  # fmt: skip
