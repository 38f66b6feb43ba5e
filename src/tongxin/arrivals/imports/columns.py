"""The columns of returnee ledgers, as people head them, and what stands in their cells.

What such a list says of a standing (防控措施, 返乡类型, a code's colour) is kept as its words, and
nothing follows from it.
"""

import re
from datetime import date
from typing import Final

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.sheets import dates, values
from tongxin.sheets.book import Value
from tongxin.sheets.columns import Column, fits
from tongxin.sheets.faults import Unfit
from tongxin.sheets.values import Setting, plain

_MOST: Final = 400
_SHORT: Final = 120
_RESULT: Final = re.compile(r"[(（]?\s*(阴性|阳性|negative|positive)\s*[)）]?", re.IGNORECASE)


class Warmth(Struct, frozen=True):
    """What stands under 体温: degrees, or words such as 正常."""

    celsius: float | None
    words: str


class Swab(Struct, frozen=True):
    """What stands under 核酸结果: a result with the day of its sample, or words."""

    positive: bool | None
    on: date | None
    words: str


def warmth(value: Value, setting: Setting) -> Warmth:
    """Degrees, or words."""
    celsius = values.celsius(value, setting)
    return Warmth(celsius, "" if celsius is not None else values.words(_MOST)(value, setting))


def swab(value: Value, setting: Setting) -> Swab:
    """A result and a day where both are told for certain; else words, which prove nothing."""
    words = values.words(_MOST)(value, setting)
    found = _RESULT.search(words)
    if found is None or len(_RESULT.findall(words)) > 1:
        return Swab(None, None, words)
    rest = (words[: found.start()] + words[found.end() :]).strip(" ,，;；:：()（）")
    try:
        told = dates.when(rest, plain(rest), setting.year, setting.from_1904)
    except Unfit:
        return Swab(None, None, words)
    return Swab(found[1].lower() in ("阳性", "positive"), told.at.date(), words)


_NOT_TAKEN: Final = Text(
    "原样留作备注；要做什么由规则计算，不由名单决定。",
    "Kept as words; what is asked of somebody follows from the rules, never from a list.",
)
_CODES: Final = Text("原样留作备注，不作判断。", "Kept as words; nothing follows from it.")
_WHOLE: Final = Text(
    "带采样日期的才登记为检测，否则留作备注。",
    "Recorded as a test only with the day of the sample; else kept as words.",
)
# What the ledger says besides the arrival, under the names that `arrivals.ledger_told` has.
TOLD: Final = (
    "note", "travel_code", "health_code", "vaccine", "grid_worker", "reported_on",
    "returnee_type", "measures",
)  # fmt: skip


def _words(
    key: str, zh: str, en: str, synonyms: tuple[str, ...], why: Text | None = None,
    most: int = _MOST, weak: tuple[str, ...] = (),
) -> Column:  # fmt: skip
    kept = why is not None
    return Column(key, Text(zh, en), values.words(most), synonyms, weak, kept=kept, why=why)


COLUMNS: Final = (
    Column(
        "name", Text("姓名", "Name"), values.name,
        ("姓名", "返乡人员", "返乡人员姓名", "人员姓名", "name"),
        never=("户主", "网格", "包保", "联系人", "负责"), required=True,
    ),
    Column(
        "id_number", Text("身份证号", "ID number"), values.id_number,
        ("身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码", "证件号", "idnumber"),
        looks=fits(values.id_number),
    ),
    Column(
        "phone", Text("电话", "Telephone"), values.phone,
        ("电话", "联系电话", "手机号", "手机号码", "手机", "联系方式", "电话号码", "本人电话",
         "telephone"),
        never=("网格", "包保", "村", "负责"), looks=fits(values.phone),
    ),
    _words(
        "from_name", "从哪里来", "Came from",
        ("从哪里来", "返回地", "来源地", "出发地", "返乡前地址", "外出地", "外出地址", "务工地",
         "返乡来源地", "何地返回", "何处返回", "从何处返回", "从何地返回", "从哪返回", "从哪里返回",
         "现居地", "camefrom"), most=_SHORT, weak=("地址",),
    ),
    _words(
        "address", "家庭住址", "Home address",
        ("家庭住址", "家庭地址", "户籍地址", "居住地址", "返乡住址", "现住址", "住址",
         "homeaddress"), most=_SHORT,
    ),
    _words("note", "返回说明", "Note", ("返回说明", "备注", "说明", "返乡说明", "返乡方式",
                                     "交通方式", "返乡原因", "note")),
    Column(
        "arrived_at", Text("返回时间", "Came back"), values.moment,
        ("返回时间", "返乡时间", "返乡日期", "返回日期", "到达时间", "到村时间", "返村时间",
         "抵达时间", "到家时间", "cameback"),
        weak=("时间", "日期"), required=True, looks=fits(values.moment),
    ),
    _words("travel_code", "行程码", "Travel code",
           ("行程码", "行程卡", "通信行程卡", "大数据行程卡", "travelcode"), _CODES),
    _words("health_code", "健康码", "Health code", ("健康码", "豫康码", "healthcode"), _CODES),
    Column(
        "swab", Text("核酸结果", "Test result"), swab,
        ("核酸结果", "核酸检测结果", "核酸", "核酸检测", "检测结果", "核酸情况", "testresult"),
        why=_WHOLE,
    ),
    _words("vaccine", "疫苗", "Vaccine",
           ("疫苗", "疫苗接种", "疫苗接种情况", "接种情况", "疫苗针次", "vaccine")),
    Column("temperature", Text("体温", "Temperature"), warmth, ("体温", "体温℃", "体温°c",
                                                            "测温", "temperature")),
    Column(
        "village", Text("上报村", "Village"), values.place,
        ("上报村", "村", "所在村", "村名", "行政村", "返乡村", "返回村", "村社区", "村居", "村别",
         "village"),
        looks=fits(values.place),
    ),
    _words("grid_worker", "网格员", "Grid worker",
           ("网格员", "网格员姓名", "包保人员", "包保人", "包保责任人", "责任人", "gridworker")),
    _words("reported_on", "上报日期", "Reported on",
           ("上报日期", "上报时间", "填报日期", "登记日期", "登记时间", "reportedon")),
    _words("returnee_type", "返乡类型", "Type",
           ("返乡类型", "类型", "人员类型", "人员类别", "type"), _NOT_TAKEN),
    _words("measures", "防控措施", "Measures",
           ("防控措施", "管控措施", "管控方式", "隔离措施", "隔离方式", "措施", "measures"),
           _NOT_TAKEN),
    _words("record", "记录编号", "Record", ("记录编号", "record"), most=60),
)  # fmt: skip
