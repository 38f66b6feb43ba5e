"""How much of a division a text means: all of it, the rest of it, or a place in it by name.

茨榆坨街道 and 葛渔城镇全域 mean all; 潢川县除中高风险区以外的其他区域 means whatever is not listed
at a stricter level, and so at least its own level everywhere; 某小区3号楼 is known by name alone.
"""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

# Words that say no place: a text of nothing else, besides the division's name, means the division.
_EMPTY_WORDS: Final = re.compile(
    r"(?:除了|除|上述|以上|已?公布的|已?划定|划分为|范围|点位|风险|高|中|低|地区|区域|辖区|辖|区|域|以外|"
    r"之外|外|其他|其它|其余|所有|全部|全域|全境|整个|全[县市区镇乡旗]|全街道|均为|为|部分|以|的|内|和|及|"
    r"与|[，、,（）])++"
)
_ALL_OR_REST: Final = re.compile(r"外|其他|其它|其余|全[域境部县市区镇乡旗街]|整个|所有")
# After a township's name these say that a road or the way from there to elsewhere is meant.
_NOT_INSIDE: Final = "、，,;；和与及至到以路道巷弄"


class Within(Struct, frozen=True):
    """A text's place in a division: the township that it surely lies in (index, or None), and
    whether all of that division is meant. `unsure`: several townships are named.
    """

    township: int | None
    whole: bool
    unsure: bool = False


class Names(Struct, frozen=True):
    """What a division goes by, widest first, its townships, and how to find these in a text."""

    own: tuple[str, ...]
    townships: tuple[str, ...]
    pattern: re.Pattern[str]


def names(own: Sequence[str], townships: Sequence[str]) -> Names:
    """The names of a division and of its townships, ready to be looked for."""
    # The longest first, so that one inside another's name is not found there.
    longest = sorted(filter(None, townships), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest)) or r"(?!)")
    return Names(tuple(dict.fromkeys(filter(None, own))), tuple(townships), pattern)


def within(text: str, division: Names) -> Within:
    """Where `text` lies in a division."""
    named = set(division.pattern.findall(text))
    body = _without(text, division.own)
    if len(named) == 1:
        (name,) = named
        # A county may begin as its township does: 城区 and 城区街道.
        said = text if text.startswith(name) else body
        return _in_township(said, division.townships.index(name), name)
    return Within(None, whole=not named and _is_all(body, division.own), unsure=len(named) > 1)


def _is_all(body: str, own: Sequence[str]) -> bool:
    """Also where the division's name stands in the middle: 高风险区以外的城关区其他区域."""
    return _says_nothing(body) or any(
        name in body and _says_nothing(body.replace(name, "", 1)) for name in own
    )


def _in_township(body: str, n: int, name: str) -> Within:
    if _says_nothing(body.replace(name, "")):
        return Within(n, whole=True)
    opens = body.startswith(name) and body[len(name) : len(name) + 1] not in _NOT_INSIDE
    return Within(n if opens else None, whole=False)


def _without(text: str, own: Sequence[str]) -> str:
    """`text` without the division's own names at its beginning, widest first."""
    for name in (*own, *own):  # twice, for a shorter name of the city stands after the county's
        text = text.removeprefix(name)
    return text


def _says_nothing(body: str) -> bool:
    if not body:
        return True
    return _EMPTY_WORDS.fullmatch(body) is not None and _ALL_OR_REST.search(body) is not None
