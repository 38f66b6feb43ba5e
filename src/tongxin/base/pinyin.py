"""The letters by which a Chinese name is found: the first of each character's pinyin.

陈静 is found by `cj`. A family name is read as family names are: 单 is Shan, 曾 Zeng, 解 Xie.
"""

import os
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

# Family names that are not read as the character mostly is, by the letters they are found by.
_SURNAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "单": "s", "單": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "區": "o", "查": "z",
        "翟": "z", "种": "c", "覃": "q", "折": "s", "召": "s", "秘": "b", "句": "g", "祭": "z",
        "么": "y", "繁": "p", "重": "c", "乜": "n", "佴": "n",
        "尉迟": "yc", "尉遲": "yc", "澹台": "tt", "澹臺": "tt", "万俟": "mq",
    }
)  # fmt: skip
# In given names these are not read as the dictionary has it first: 长河 is Changhe.
_IN_NAMES: Final[Mapping[str, str]] = MappingProxyType({"长": "c", "長": "c"})


def initials(name: str) -> str:
    """The letters of a person's name, lower case: 刘小雨 → `lxy`. What has none is left out."""
    plain = unicodedata.normalize("NFKC", name).strip()
    for length in (2, 1):
        if len(plain) > length and (read := _SURNAMES.get(plain[:length])):
            return read + _letters(plain[length:])
    return _letters(plain)


def syllables(name: str) -> tuple[str, ...]:
    """How each character of a name is mostly read, lower case: 陈静 → ("chen", "jing").

    For likeness only: the same characters are always read the same. What has no reading stands
    for itself.
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    return tuple(_syllable(character) for character in plain if not character.isspace())


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    return (_reader()(character) or character).lower()


def _letters(text: str) -> str:
    """The first letter of each character, and of each word that is in letters already."""
    found, inside = "", False
    for character in text:
        if character.isascii():
            word = character.isalnum()
            found += character.lower() if word and (not inside or character.isdigit()) else ""
            inside = word
        else:
            found, inside = found + _letter(character), False
    return found


@lru_cache(maxsize=20_000)
def _letter(character: str) -> str:
    """The first letter of one character's reading in names, or nothing where it has none."""
    if character in _IN_NAMES:
        return _IN_NAMES[character]
    read = unicodedata.normalize("NFD", _reader()(character))[:1].lower()
    return read if read.isascii() and read.isalpha() else ""


@lru_cache(maxsize=1)
def _reader() -> Callable[[str], str]:
    """Loaded when the first name comes: a server that meets none does without its 13 MB."""
    # Names are read character by character; the dictionary of phrases would take 45 MB for nothing.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 its dictionary takes a while

    def read(character: str) -> str:
        return "".join(lazy_pinyin(character, style=Style.NORMAL, errors="ignore"))

    return read
