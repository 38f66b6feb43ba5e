"""A list as the National Health Commission's interface serves it: from bytes to entries.

Three regimes: high and medium lists; from July 2022 on also low ones; from mid-November 2022 on
high and low only. Medium ended with the twenty measures of 11 November 2022.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from tongxin.base.clock import ZONE
from tongxin.base.problems import ProblemKind
from tongxin.registry.risklists.oddities import Oddity, oddity
from tongxin.registry.risklists.spelling import cleaned

LARGEST: Final = 2_000_000
NOT_A_LIST = ProblemKind(
    "registry.not_a_risk_list",
    422,
    zh="这不是国家卫健委的风险地区名单：{why}。请上传接口原样的 JSON 文件。",
    en="This is no list of areas at risk of the National Health Commission: {why}. Choose the "
    "JSON file as the interface serves it.",
)
TOO_LARGE = ProblemKind(
    "registry.risk_list_too_large",
    422,
    zh="文件有 {size} 字节，最多 {most} 字节。请确认是不是选错了文件。",
    en="The file has {size} bytes; {most} are the most. Is it the right file?",
)

_LISTS: Final = (
    ("high", "highlist", "hcount"),
    ("medium", "middlelist", "mcount"),
    ("low", "lowlist", "lcount"),
)
_TIME: Final = re.compile(
    r"(20\d\d)[-年/](\d{1,2})[-月/](\d{1,2})日?\s*(\d{1,2})(?:时|:(\d\d)(?::\d\d)?)"
)
_MEDIUM_ENDED: Final = datetime(2022, 11, 15, tzinfo=ZONE)
_PARTLY: Final = "2"
_BRACKETS: Final = str.maketrans("()", "（）")
_LONG: Final = 200


class Regime(StrEnum):
    """Which levels a list speaks of."""

    HIGH_MEDIUM = "high-medium"
    HIGH_MEDIUM_LOW = "high-medium-low"
    HIGH_LOW = "high-low"


class Entry(Struct, frozen=True):
    """One entry: where, and the places in it, spelled as `cleaned`. `n` counts from 1."""

    level: str
    n: int
    province: str
    city: str
    county: str
    places: tuple[str, ...]


class RiskList(Struct, frozen=True):
    """A whole list: the complete state as of `published_at`, as it says itself."""

    published_at: datetime
    regime: Regime
    entries: tuple[Entry, ...]
    oddities: tuple[Oddity, ...]

    def listed(self, level: str) -> int:
        """How many places are listed at a level."""
        return sum(len(entry.places) for entry in self.entries if entry.level == level)


def read(raw: bytes) -> RiskList:
    """The list in these bytes, or `registry.not_a_risk_list` saying what is missing."""
    if len(raw) > LARGEST:
        raise TOO_LARGE(field="file", size=len(raw), most=LARGEST)
    data = _data(raw)
    published_at = _published_at(data)
    oddities: list[Oddity] = []
    entries: list[Entry] = []
    for level, name, count in _LISTS:
        mine = list(_entries(level, data.get(name) or [], oddities))
        entries += mine
        _count(level, count, data, sum(len(entry.places) for entry in mine), oddities)
    if not entries:
        oddities.append(oddity("empty", published_at.isoformat()))
    regime = _regime(data, published_at, oddities)
    return RiskList(published_at, regime, tuple(entries), tuple(oddities))


def text_of(raw: bytes) -> str:
    """The bytes as the text that they are; UTF-8 loses nothing either way."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise NOT_A_LIST(field="file", why="不是 UTF-8 文本 / not UTF-8") from None
    if "\0" in text:
        raise NOT_A_LIST(field="file", why="含有空字符 / it holds NUL characters")
    return text


def _data(raw: bytes) -> dict[str, Any]:
    text = text_of(raw).removeprefix("\ufeff")
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise NOT_A_LIST(field="file", why="不是 JSON / not JSON") from None
    if isinstance(found, dict) and isinstance(found.get("data"), dict):
        found = found["data"]
    if not isinstance(found, dict) or not isinstance(found.get("highlist"), list):
        raise NOT_A_LIST(field="file", why="没有 highlist / there is no highlist")
    for _, name, _ in _LISTS:
        if not isinstance(found.get(name, []), list):
            raise NOT_A_LIST(field="file", why=f"{name} 不是列表 / {name} is no list")
    return found


def _published_at(data: dict[str, Any]) -> datetime:
    told = cleaned(str(data.get("end_update_time", "")))
    match = _TIME.fullmatch(told) or _TIME.fullmatch(str(data.get("end_update_time", "")).strip())
    if match is None:
        raise NOT_A_LIST(field="file", why="没有 end_update_time / there is no end_update_time")
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=ZONE)
    except ValueError:
        raise NOT_A_LIST(field="file", why="end_update_time 不是时间 / is no time") from None


def _regime(data: dict[str, Any], published_at: datetime, oddities: list[Oddity]) -> Regime:
    ended = published_at >= _MEDIUM_ENDED
    if "lowlist" not in data:
        found = Regime.HIGH_MEDIUM
    elif ended and not data.get("middlelist"):
        found = Regime.HIGH_LOW
    else:
        found = Regime.HIGH_MEDIUM_LOW
    if ended and found is not Regime.HIGH_LOW:
        oddities.append(oddity("regime-unclear", f"{found.value}，{published_at:%Y-%m-%d}"))
    return found


def _count(level: str, name: str, data: dict[str, Any], listed: int, found: list[Oddity]) -> None:
    told = data.get(name)
    if told is not None and told != listed:
        found.append(oddity("count-differs", f"{name} {told}，{listed}", level))


def _entries(level: str, listed: list[Any], oddities: list[Oddity]) -> Iterator[Entry]:
    for n, each in enumerate(listed, start=1):
        entry = _entry(level, n, each, oddities)
        if entry is not None:
            yield entry


def _entry(level: str, n: int, told: Any, oddities: list[Oddity]) -> Entry | None:
    names = ("province", "city", "county")
    texts = [told.get(name) for name in names] if isinstance(told, dict) else []
    places = told.get("communitys") if isinstance(told, dict) else None
    sound = isinstance(places, list) and all(isinstance(each, str) for each in places)
    if not (sound and places is not None and all(isinstance(t, str) for t in texts)):
        oddities.append(oddity("unreadable-entry", str(told), level, n))
        return None
    kind = str(told.get("type", ""))
    if kind != _PARTLY:
        oddities.append(oddity("unknown-type", f"type “{kind}”", level, n))
    province, city, county = (cleaned(str(text)) for text in texts)
    _compare(level, n, str(told.get("area_name", "")), [province, city, county], oddities)
    kept = tuple(_places(level, n, places, oddities))
    return Entry(level, n, province, city, county, kept)


def _compare(level: str, n: int, name: str, parts: list[str], oddities: list[Oddity]) -> None:
    """Whether the name as a whole says the same; a part that repeats the one before may lack."""
    told = cleaned(name).replace(" ", "")
    once = "".join(dict.fromkeys(parts))
    if told and told not in ("".join(parts).replace(" ", ""), once.replace(" ", "")):
        oddities.append(oddity("other-area-name", name, level, n))


def _places(level: str, n: int, told: list[str], oddities: list[Oddity]) -> Iterator[str]:
    for m, text in enumerate(told, start=1):
        place = cleaned(text)
        if place != text and place != text.translate(_BRACKETS):
            oddities.append(oddity("spelling", repr(text)[1:-1], level, n, m))
        if len(place) > _LONG:
            oddities.append(oddity("long", place, level, n, m))
        # An empty text stays, so that places keep their numbers; `placing` passes it over.
        yield place
