"""How lists spell places, and the one spelling by which the same place is known again."""

import re
import unicodedata
from typing import Final

_NOTHING: Final = re.compile(
    r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]"
)
_SPACES: Final = re.compile(r"\s+")
# A space means something between two Latin words or numbers only: HD PUB, but 16号 of 16 号.
_BETWEEN_WORDS: Final = re.compile(r"(?<=[A-Za-z0-9]) (?=[A-Za-z])|(?<=[A-Za-z]) (?=[A-Za-z0-9])")
_WIDE: Final[dict[int, int | str]] = {
    code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()
}
_BRACKETS: Final[dict[int, int | str]] = {ord("("): "（", ord(")"): "）"}
_EDGES: Final = "，、；。,;. "
# Whatever `cleaned` may change; most texts have none of it.
_ODD: Final = re.compile(
    r"[\s()\u00ad\u0300-\u036f\u200b-\u200f\u2028-\u202e\u2060\ufeff\uff10-\uff5a\x00-\x1f\x7f]"
)


def cleaned(text: str) -> str:
    """`text` in its one spelling: no spaces that mean nothing, narrow letters and digits, wide
    brackets, no comma left over at an end. Nothing else is touched.
    """
    if _ODD.search(text) is None and text.strip(_EDGES) == text:
        return text
    plain = _NOTHING.sub("", unicodedata.normalize("NFC", text))
    plain = _SPACES.sub(" ", plain).strip().translate(_WIDE | _BRACKETS)
    if " " in plain:
        kept = _BETWEEN_WORDS.sub("\0", plain)
        plain = kept.replace(" ", "").replace("\0", " ")
    return plain.strip(_EDGES)
