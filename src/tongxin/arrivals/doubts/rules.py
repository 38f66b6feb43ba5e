"""How alike two records of people are, and in what. Pure. Likeness never links by itself.

The weights are a choice of this program: they rank what a person looks at, and decide nothing.
"""

from typing import Final

from msgspec import Struct

from tongxin.base.id_numbers import born_on, is_valid
from tongxin.base.texts import Text

ENOUGH: Final = 4.0
"""From this score on two records are shown side by side: a telephone alone is less than that."""


class Told(Struct, frozen=True):
    """What one record tells of a person; `sounds` are the syllables of the name."""

    subject: str
    name: str
    sounds: tuple[str, ...]
    id_number: str
    phone: str
    village: str
    address: str


class Likeness(Struct, frozen=True):
    """The score, in what the two are alike, and in what they differ."""

    score: float
    alike: tuple[Text, ...]
    unlike: tuple[Text, ...]


Part = tuple[float, Text | None]
_NOTHING: Final[Part] = (0, None)

_SAME_NAME = Text("姓名相同", "same name")
_SAME_SOUND = Text("{n} 个字不同：{a}/{b}，读音相同", "written differently: {a}/{b}, same pinyin")
_NEAR_NAME = Text("一个字不同：{a}/{b}", "one character differs: {a}/{b}")
_OTHER_NAME = Text("姓名不同", "another name")
_SAME_PHONE = Text("手机号相同", "same phone")
_OTHER_PHONE = Text("手机号不同", "another phone")
_NEAR_NUMBER = Text("证件号只差 {n} 位", "number of differing ID characters: {n}")
_SWAPPED = Text("证件号相邻两位颠倒", "two neighbouring characters of the ID number are swapped")
_SAME_NUMBER = Text("证件号相同，但校验不符", "same ID number, whose check digit is wrong")
_OTHER_NUMBER = Text("证件号不同", "another ID number")
_SAME_BIRTH = Text("出生日期相同", "born on the same day")
_SAME_YEAR = Text("同年出生", "born in the same year")
_OTHER_BIRTH = Text("出生年份相差 {n} 年", "born {n} years apart")
_SAME_VILLAGE = Text("同一个村", "same village")
_SAME_DOOR = Text("同一户", "same door")


def likeness(one: Told, other: Told) -> Likeness | None:
    """How alike two records are, or None where they cannot be doubted.

    Two different valid ID numbers are two people, and the same valid one is one person: neither
    is a doubt.
    """
    if is_valid(one.id_number) and is_valid(other.id_number):
        return None
    parts = (
        _names(one, other), _phones(one, other), _numbers(one.id_number, other.id_number),
        _births(one, other), _places(one, other),
    )  # fmt: skip
    return Likeness(
        sum(weight for weight, _ in parts),
        tuple(text for weight, text in parts if weight > 0 and text),
        tuple(text for weight, text in parts if weight < 0 and text),
    )


def _names(one: Told, other: Told) -> Part:
    a, b = one.name.strip(), other.name.strip()
    if not a or not b:
        return _NOTHING
    if a == b:
        return 3, _SAME_NAME
    differing = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
    left, right = (
        ("".join(side) for side in zip(*differing, strict=True)) if differing else ("", "")
    )
    if len(a) == len(b) and one.sounds == other.sounds:
        return 2.5, _SAME_SOUND.filled(n=len(differing), a=left, b=right)
    if len(a) == len(b) and len(differing) == 1 and a[0] == b[0]:
        return 1, _NEAR_NAME.filled(a=left, b=right)
    return -2, _OTHER_NAME


def _phones(one: Told, other: Told) -> Part:
    a, b = digits(one.phone), digits(other.phone)
    if not a or not b:
        return _NOTHING
    return (2.5, _SAME_PHONE) if a == b else (-0.5, _OTHER_PHONE)


def _numbers(a: str, b: str) -> Part:
    if not a or not b:
        return _NOTHING
    if a == b:
        return 4, _SAME_NUMBER
    differing = [n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    if len(a) != len(b) or len(differing) > 2:
        return -2, _OTHER_NUMBER
    if len(differing) == 1:
        return 3.5, _NEAR_NUMBER.filled(n=1)
    first, second = differing
    if second == first + 1 and (a[first], a[second]) == (b[second], b[first]):
        return 3.5, _SWAPPED
    return 2.5, _NEAR_NUMBER.filled(n=2)


def _births(one: Told, other: Told) -> Part:
    a, b = born_on(one.id_number), born_on(other.id_number)
    if a is None or b is None:
        return _NOTHING
    if a == b:
        return 1, _SAME_BIRTH
    apart = abs(a.year - b.year)
    if apart == 0:
        return 0.5, _SAME_YEAR
    return (-1, _OTHER_BIRTH.filled(n=apart)) if apart > 1 else _NOTHING


def _places(one: Told, other: Told) -> Part:
    if one.village != other.village:
        return _NOTHING
    same = bool(one.address) and one.address == other.address
    return (1.5, _SAME_DOOR) if same else (0.5, _SAME_VILLAGE)


def digits(phone: str) -> str:
    """The last eleven digits of a telephone number: with or without +86, blanks and hyphens."""
    return "".join(c for c in phone if c.isdecimal())[-11:]


def keys(told: Told) -> tuple[str, ...]:
    """What records of one person have in common, whichever single thing was misspelt.

    The telephone; the reading of the name with the village, and with the year of birth; the last
    eight characters of the ID number. One wrong character of the number leaves either the year
    or the end.
    """
    sound, number = "".join(told.sounds), told.id_number
    found = [f"v:{told.village}:{sound}"] if sound else []
    if told.phone:
        found.append(f"p:{told.phone}")
    if sound and number:
        found.append(f"y:{number[6:10]}:{sound}")
    if number:
        found.append(f"l:{number[10:]}")
    return tuple(found)
