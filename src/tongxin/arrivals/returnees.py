"""The returnee ledger (返乡人员台账) as a table: the columns of a real township's, in their order.

What a person is asked to do is computed, never typed: 防控措施 follows from the plan, 返乡类型 from
where somebody came from, 核酸结果 from a test with its day. What nobody recorded stays empty.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from tongxin.arrivals.rules import Span, span_at
from tongxin.arrivals.whence import known
from tongxin.base import masking
from tongxin.base.clock import ZONE, from_ms, to_ms
from tongxin.base.texts import Language, Text
from tongxin.policy.explain import WORDS
from tongxin.policy.judgement import Standing
from tongxin.policy.pack import Pack
from tongxin.sheets.book import Moment, Value
from tongxin.sheets.writing import Kind

Row = Mapping[str, Any]


class Setting(Struct):
    """By what lines are shown: the language, names of places, packs by proposal, the instant, and
    whether personal fields are.
    """

    language: Language
    township: str
    places: Mapping[str, str]
    packs: Mapping[str, Pack]
    now: datetime
    reveal: bool

    def say(self, text: Text) -> str:
        return text.spoken(self.language)


Shows = Callable[[Row, Setting], Value]


class Column(Struct, frozen=True):
    """A column of the ledger: how it is called, how wide it is, what stands in it."""

    title: Text
    width: float
    shows: Shows
    kind: Kind = "text"


def wall(moment_ms: int) -> Moment:
    """An instant as a spreadsheet holds it: the township's civil time, without a zone."""
    return Moment(from_ms(moment_ms).astimezone(ZONE).replace(second=0, microsecond=0, tzinfo=None))


def _personal(name: str, mask: Callable[[str], str]) -> Shows:
    return lambda row, setting: row[name] if setting.reveal else mask(row[name])


def _plain(name: str) -> Shows:
    return lambda row, _: str(row[name])


def _village(row: Row, setting: Setting) -> Value:
    village: str = row["area"][:12]
    return setting.places.get(village, village)


def _note(row: Row, _setting: Setting) -> Value:
    told = [part for part in (row["note"], row["transport"]) if part]
    return "；".join(dict.fromkeys(told))


_NEGATIVE: Final = Text("阴性", "negative")
_POSITIVE: Final = Text("阳性", "positive")


def _swab(row: Row, setting: Setting) -> Value:
    """The latest test with the day of its sample; else what somebody told, in his own words."""
    if row["swab_at"] is None:
        return str(row["swab"])
    result = _POSITIVE if row["swab_positive"] else _NEGATIVE
    return f"{setting.say(result)} {from_ms(row['swab_at']):%Y-%m-%d}"


def _celsius(row: Row, _setting: Setting) -> Value:
    return row["temperature"] if row["celsius"] is None else float(row["celsius"])


_CAPITAL: Final = Text("省会", "Provincial capital")
_PROVINCE: Final = Text("省内", "Rest of the province")
_OUTSIDE: Final = Text("省外", "Outside the province")


def _type(row: Row, setting: Setting) -> Value:
    """By the code of where somebody set out. A province's capital is its first city."""
    code = known(row["from_area"], setting.township)
    if not code:
        return ""
    if code[:2] != setting.township[:2]:
        return setting.say(_OUTSIDE)
    return setting.say(_CAPITAL if code[2:4] == "01" else _PROVINCE)


def _measures(row: Row, setting: Setting) -> Value:
    """What is asked of the person now, by the clause of his pack, and until when."""
    spans = msgspec.json.decode(row["spans"], type=list[Span])
    span = span_at(spans, to_ms(setting.now))
    word = _stage(row, span, setting) or setting.say(WORDS[Standing(span.word)])
    if span.word == Standing.RELEASED and row["released_at"] is not None:
        return f"{word} {from_ms(row['released_at']):%Y-%m-%d}"
    if span.word == Standing.MONITORED and row["until_at"] is not None:
        return setting.say(
            Text(f"{word}，至 {{day}}", f"{word} until {{day}}").filled(
                day=_ending(from_ms(row["until_at"]))
            )
        )
    return word


def _ending(until: datetime) -> str:
    """Until when, as the pages say it: midnight is 24:00 of the day that it ends, not the next."""
    if until.time() == time.min:
        return f"{until - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{until:%Y-%m-%d %H:%M}"


def _stage(row: Row, span: Span, setting: Setting) -> str:
    """What the pack calls the stage that somebody is in."""
    pack = setting.packs.get(row["pack_proposal"])
    if pack is None or not span.mode:
        return ""
    category = next((each for each in pack.categories if each.id == row["category"]), None)
    stages = category.stages if category else ()
    return next((setting.say(stage.label) for stage in stages if stage.mode == span.mode), "")


COLUMNS: Final = (
    Column(Text("序号", "No."), 6, lambda row, _: row["number"], "number"),
    Column(Text("姓名", "Name"), 10, _personal("name", masking.name)),
    Column(Text("身份证号", "ID number"), 21, _personal("id_number", masking.id_number)),
    Column(Text("电话", "Telephone"), 14, _personal("phone", masking.phone)),
    Column(Text("地址", "Came from"), 24, _plain("from_name")),
    Column(Text("家庭住址", "Home address"), 20, _personal("address", masking.all_of)),
    Column(Text("返回说明", "Note"), 18, _note),
    Column(Text("返回时间", "Came back"), 16, lambda row, _: wall(row["arrived_at"]), "moment"),
    Column(Text("行程码", "Travel code"), 10, _plain("travel_code")),
    Column(Text("健康码", "Health code"), 10, _plain("health_code")),
    Column(Text("核酸结果", "Test result"), 16, _swab),
    Column(Text("疫苗", "Vaccine"), 10, _plain("vaccine")),
    Column(Text("体温", "Temperature"), 8, _celsius, "number"),
    Column(Text("上报村", "Village"), 12, _village),
    Column(Text("网格员", "Grid worker"), 10, _plain("grid_worker")),
    Column(Text("上报日期", "Reported on"), 12, _plain("reported_on")),
    Column(Text("返乡类型", "Type"), 10, _type),
    Column(Text("防控措施", "Measures"), 26, _measures),
)
# By this a line that comes back is known, though its personal fields are masked.
RECORD: Final = Column(Text("记录编号", "Record"), 38, _plain("episode"))


def cells(row: Row, setting: Setting, number: int) -> list[Value]:
    """One line of the ledger, but for columns that others contribute and the record's own."""
    numbered = {**row, "number": number}
    return [column.shows(numbered, setting) for column in COLUMNS]


def titles(setting: Setting) -> Sequence[tuple[str, float, Kind]]:
    """The titles of these columns with their widths and kinds."""
    return [(setting.say(column.title), column.width, column.kind) for column in COLUMNS]
