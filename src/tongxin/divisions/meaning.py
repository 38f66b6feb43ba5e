"""What somebody meant who typed a place: one division, several to choose from, or none."""

from typing import Final

from msgspec import Struct

from tongxin.base.areas import AreaCode, Level
from tongxin.divisions.shipped import divisions, finder, history
from tongxin.divisions.spelling import spelled, stem
from tongxin.divisions.words import code_of

_MOST: Final = 8


class Meant(Struct, frozen=True):
    """`code` where it is certain; else `choices`, the nearest first, which may be empty."""

    code: str = ""
    choices: tuple[str, ...] = ()


def meant(typed: str, near: str) -> Meant:
    """The division that typed words or digits stand for; it never guesses.

    A code counts as it is, a retired one as what took its place. Names count where they are told
    from the province, or fit one division of the whole country only.
    """
    text = spelled(typed)
    if not text:
        return Meant()
    if text.isascii() and text.isdigit():
        now = history().successors(text)
        return Meant(now[0]) if len(now) == 1 else Meant("" if now else text, tuple(now))
    found = finder().find(text, near=near, most=_MOST)
    if text.isascii():
        return Meant(choices=found)
    whole = tuple(c for c in found if text == spelled(divisions().full_name(c)))
    named = whole or tuple(c for c in found if text in _names(c))
    if len(named) == 1:
        return Meant(named[0])
    code = _deepest(text)
    return Meant(code) if code else Meant(choices=named or found)


def _names(code: str) -> tuple[str, str]:
    name = spelled(divisions().name(code) or "")
    return name, stem(name)


def _deepest(text: str) -> str:
    """The division at which words begin that run on into an address, down to the township."""
    code = code_of(text)
    if len(code) < Level.COUNTY:
        return code
    name, short = _names(code)
    rest = text.partition(short)[2].removeprefix(name.removeprefix(short))
    inside = [c for c in divisions().children(code) if rest.startswith(_names(c)[0])]
    return max(inside, key=lambda c: len(_names(c)[0]), default=AreaCode(code))
