"""What columns hold: names, ID numbers, telephones, days, words. Each parser takes a cell and says
what it is, or raises `Unfit`; what is only remarkable it puts down in `remarks`. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from msgspec import Struct

from tongxin.base.provinces import PROVINCES
from tongxin.sheets import dates, faults
from tongxin.sheets.book import EXACT, Value, shown
from tongxin.sheets.faults import Fault, Unfit


class Setting(Struct):
    """What parsers must know besides a cell. `year` is that of dates without one.

    `remarks` is where a parser says what is remarkable of the cell in hand.
    """

    year: int
    from_1904: bool = False
    places: Mapping[str, tuple[str, ...]] = {}
    remarks: list[Fault] = []


Parser = Callable[[Value, Setting], Any]

# What people write where there is nothing to write.
NOTHING: Final = frozenset(
    {
        "", "无", "没有", "暂无", "不详", "未知", "空", "/", "\\", "-", "--", "—", "——", "*", "n/a",
        "na", "none", "null", "nan",
    }
)  # fmt: skip
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_SPACE: Final = re.compile(r"\s+")
_SCIENTIFIC: Final = re.compile(r"[+]?\d(\.\d+)?E\+?\d{2}", re.IGNORECASE)
# What people write for the X at the end: the sign of multiplication, and a Cyrillic letter.
_LIKE_X: Final = str.maketrans("×Х", "XX")
_APOSTROPHES: Final = "'‘’`´\""


def plain(value: Value) -> str:
    """A cell as text: full-width letters and digits made ordinary, nothing invisible, trimmed."""
    if isinstance(value, str):
        if value.isascii():
            return value.strip()
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", value))
        return text.strip()
    return shown(value)


def told(value: Value) -> str:
    """As `plain`; empty where somebody wrote that there is nothing."""
    text = plain(value)
    return "" if text.lower() in NOTHING else text


def name(value: Value, setting: Setting) -> str:
    """A person's name, spaces inside taken out: 张　三 is 张三."""
    text = told(value)
    if not text:
        return ""
    if "*" in text:
        raise Unfit(faults.MASKED, value=text)
    if not isinstance(value, str) or any(c.isdigit() for c in text):
        raise Unfit(faults.NO_NAME, value=text)
    latin = text.isascii()
    text = text.replace("•", "·").replace(".", "·") if not latin else text
    text = _SPACE.sub(" " if latin else "", text)
    return _bounded(text, 60)


def id_number(value: Value, setting: Setting) -> str:
    """An ID number of 18 characters whose date and check digit fit (GB 11643). Never guessed."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= EXACT:
            raise Unfit(faults.ROUNDED, value=shown(value))
        if not value:
            return ""
    text = _SPACE.sub("", told(value)).strip(_APOSTROPHES).upper().translate(_LIKE_X)
    if not text:
        return ""
    if "*" in text:
        raise Unfit(faults.MASKED, value=text)
    if _SCIENTIFIC.fullmatch(text):
        raise Unfit(faults.ROUNDED, value=text)
    _check_id_number(text)
    if text.endswith("000"):
        setting.remarks.append(faults.ZEROS())
    if text[:2] not in PROVINCES:
        setting.remarks.append(faults.ID_REGION(value=text[:2]))
    return text


def _check_id_number(text: str) -> None:
    if len(text) == 15 and text.isdigit():
        raise Unfit(faults.OLD_NUMBER, value=text)
    if len(text) != 18:
        raise Unfit(faults.ID_LENGTH, value=text, length=len(text))
    if not (text.isascii() and text[:17].isdigit() and text[17] in _LAST):
        raise Unfit(faults.ID_CHARACTERS, value=text)
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise Unfit(faults.ID_DATE, value=text) from None
    if born.year < 1900:
        raise Unfit(faults.ID_DATE, value=text)
    if not fits(text):
        kind = faults.ROUNDED if text.endswith("000") else faults.ID_CHECK
        raise Unfit(kind, value=text)


# GB 11643: the weights of the first seventeen digits, and the last character by their sum.
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST: Final = "10X98765432"


def fits(number: str) -> bool:
    """Whether the last character is the one that the others ask for."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _LAST[total % 11] == number[17]


_PHONE: Final = re.compile(
    r"(?:\+?0{0,2}86)?(1\d{10})|(0\d{2,3})-?(\d{7,8})|(\d{7,8})|(\+\d{8,15})"
)
_ORNAMENT: Final = re.compile(r"[\s()]|(?<=\d)[-–—](?=\d)")
_BETWEEN: Final = re.compile(r"[,，;；、/\\|\n]+|\s{1,}(?=1\d{10})")


def phone(value: Value, setting: Setting) -> str:
    """A telephone number, digits only. Of two, the first; that there are two is remarked."""
    text = told(value).strip(_APOSTROPHES)
    if not text or text == "0":
        return ""
    if "*" in text:
        raise Unfit(faults.MASKED, value=text)
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    found = [_phone(part) for part in parts]
    if not found or not all(found):
        raise Unfit(faults.BAD_PHONE, value=text)
    if len(found) > 1:
        setting.remarks.append(faults.TWO_PHONES())
    return found[0]


def _phone(text: str) -> str:
    """One number, or nothing where it is none. A landline keeps its area code apart."""
    found = _PHONE.fullmatch(_ORNAMENT.sub("", text))
    if found is None:
        return ""
    return found[1] or found[4] or found[5] or f"{found[2]}-{found[3]}"


def moment(value: Value, setting: Setting) -> datetime | None:
    """A day, with its time where that is told, without a zone; None where nothing is told."""
    text = told(value)
    if not text:
        return None
    found = dates.when(value, text, setting.year, setting.from_1904)
    if found.remark is not None:
        setting.remarks.append(found.remark)
    return found.at


def celsius(value: Value, setting: Setting) -> float | None:
    """A temperature in degrees; None where words stand there, such as 正常, which are kept."""
    text = told(value).rstrip("℃°Cc度 ")
    try:
        found = float(text)
    except ValueError:
        return None
    if not 30 <= found <= 45:
        raise Unfit(faults.BAD_CELSIUS, value=text)
    return found


def words(most: int) -> Parser:
    """A parser of any text, up to so many characters."""

    def parse(value: Value, setting: Setting) -> str:
        return _bounded(plain(value), most)

    return parse


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise Unfit(faults.TOO_LONG, length=len(text), most=most)
    return text


def whole(value: Value, setting: Setting) -> int | None:
    """A count: a whole number that is not negative; None where nothing is told."""
    text = told(value)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise Unfit(faults.BAD_NUMBER, value=text) from None
    if number < 0 or not number.is_integer():
        raise Unfit(faults.BAD_NUMBER, value=text)
    return int(number)


_OFFICE: Final = re.compile(
    r"(村民委员会|社区居民委员会|居民委员会|村委会|居委会|村委|行政村|社区|村)$"
)
_TOWNSHIP: Final = re.compile(r"^.*?(镇|乡|街道办事处|街道|办事处)(?=.)")


def place_key(text: str) -> str:
    """A village's name without what people add or leave out: 桃林铺镇桃林村委会 is 桃林."""
    bare = _SPACE.sub("", text)
    bare = _TOWNSHIP.sub("", bare)
    return _OFFICE.sub("", bare) or bare


def places(named: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For `Setting.places`: the codes that each name, bare of what people add, may mean."""
    found: dict[str, tuple[str, ...]] = {}
    for code, title in named.items():
        for key in (code, place_key(plain(title))):
            found[key] = (*found.get(key, ()), code)
    return found


def place(value: Value, setting: Setting) -> str:
    """A place of the township by its name or code; empty where nothing is told."""
    text = told(value)
    if not text:
        return ""
    codes = setting.places.get(text) or setting.places.get(place_key(text), ())
    if len(codes) > 1:
        raise Unfit(faults.AMBIGUOUS_PLACE, value=text)
    if not codes:
        raise Unfit(faults.UNKNOWN_PLACE, value=text)
    return codes[0]
