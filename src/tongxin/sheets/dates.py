"""Dates as people write them and as Excel holds them, read without guessing."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from tongxin.sheets.book import Moment, Value, shown
from tongxin.sheets.faults import (
    BAD_DATE,
    DECIMAL_DATE,
    NO_YEAR,
    SERIAL_DATE,
    SHORT_YEAR,
    Fault,
    Unfit,
)


class Told(Struct, frozen=True):
    """When something was, without a zone; and what is to be said of how it was read."""

    at: datetime
    remark: Fault | None = None

    @property
    def is_day(self) -> bool:
        """Whether only the day was told."""
        return Moment(self.at).is_day


_TIME: Final = (
    r"(?:\s*T?\s*(?P<half>上午|下午|晚上|凌晨|早上|中午|am|pm)?\s*(?P<hour>\d{1,2})"
    r"(?:[::时点](?P<minute>\d{1,2})?分?(?:[::](?P<second>\d{1,2})(?:\.\d+)?)?秒?)"
    r"\s*(?:Z|[+-]\d\d:?\d\d)?)?"
)
_WHOLE: Final = re.compile(
    r"(?P<year>\d{4}|\d{2})\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})\s*[日号]?"
    + _TIME,
    re.IGNORECASE | re.ASCII,
)
_NO_YEAR: Final = re.compile(
    r"(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})\s*[日号]?" + _TIME, re.IGNORECASE | re.ASCII
)
_DIGITS: Final = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:\s*(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?",
    re.ASCII,
)
_AFTERNOON: Final = frozenset({"下午", "晚上", "pm"})
# Day numbers of 2000 and 2100, counted from 1900 and from 1904.
_EPOCH: Final = datetime(1899, 12, 30)
_EPOCH_1904: Final = datetime(1904, 1, 1)
_SERIALS: Final = (35_000, 74_000)


def when(value: Value, text: str, year: int, from_1904: bool) -> Told:
    """What a cell says, `text` being its value made plain. Raises `Unfit`.

    `year` is that of dates which tell none; `from_1904` is how the file counts days.
    """
    if isinstance(value, Moment):
        return Told(value.at)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _numbered(float(value), from_1904)
    if found := _DIGITS.fullmatch(text):
        return Told(_made(found, int(found["year"]), text))
    if found := _WHOLE.fullmatch(text):
        return _whole(found, text, year)
    if found := _NO_YEAR.fullmatch(text):
        return Told(_made(found, year, text), NO_YEAR(value=text, year=year))
    if len(text) == 5 and text.isascii() and text.isdigit():
        return _numbered(float(text), from_1904)
    raise Unfit(BAD_DATE, value=text)


def _whole(found: re.Match[str], text: str, about: int) -> Told:
    """A date with its year. Two digits of it are believed only near the year in question: 07/04/22
    may be any of three days.
    """
    year = int(found["year"])
    if len(found["year"]) == 4:
        return Told(_made(found, year, text))
    if abs(2000 + year - about) > 1:
        raise Unfit(BAD_DATE, value=text)
    at = _made(found, 2000 + year, text)
    return Told(at, SHORT_YEAR(value=text, day=at.date()))


def _numbered(number: float, from_1904: bool) -> Told:
    """A number where a date is wanted: 20220407, or Excel's count of days."""
    told = shown(number)
    if number.is_integer() and (found := _DIGITS.fullmatch(told)):
        return Told(_made(found, int(found["year"]), told))
    if _SERIALS[0] <= number < _SERIALS[1]:
        epoch = _EPOCH_1904 if from_1904 else _EPOCH
        at = epoch + timedelta(seconds=round(number * 86_400))
        return Told(at, SERIAL_DATE(value=told, day=at.date()))
    if 1 <= number < 13 and not number.is_integer():
        raise Unfit(DECIMAL_DATE, value=told)
    raise Unfit(BAD_DATE, value=told)


def _made(found: re.Match[str], year: int, text: str) -> datetime:
    told = found.groupdict()
    hour = int(told.get("hour") or 0)
    if (told.get("half") or "").lower() in _AFTERNOON and hour < 12:
        hour += 12
    try:
        return datetime(
            year, int(found["month"]), int(found["day"]), hour, int(told.get("minute") or 0),
            int(told.get("second") or 0),
        )  # fmt: skip
    except ValueError:
        raise Unfit(BAD_DATE, value=text) from None


def year_in(texts: list[str], today: date) -> int:
    """The year that a sheet's title tells, as in 2022年返乡人员台账; else this year."""
    for text in texts:
        if found := re.search(r"(?<!\d)(20\d\d)\s*(?:年|[-./]\d)", text):
            return int(found[1])
    return today.year
