"""From the words for where somebody came from to a code. It never guesses: rather no code."""

from collections.abc import Iterator
from functools import lru_cache

from tongxin.base.areas import Level
from tongxin.divisions.gazetteer import Divisions
from tongxin.divisions.shipped import divisions
from tongxin.divisions.spelling import spelled, stem


@lru_cache(maxsize=8192)
def code_of(words: str) -> str:
    """The division that `words` fix for certain, down to the county; empty where there is none.

    Full names are believed wherever they open what is left (上海市浦东新区张江路); short ones only
    where they are all that is told (上海浦东, 河南信阳), for 北京路 lies in no 北京.
    """
    text = spelled(words)
    return _walk(text, short=False)[0] or _whole(_walk(text, short=True))


def _whole(found: tuple[str, str]) -> str:
    code, rest = found
    return "" if rest else code


def _walk(text: str, *, short: bool) -> tuple[str, str]:
    """The code at the end of the names that open `text`, and what is left of it."""
    at, rest = "", text
    while rest and len(at) < Level.COUNTY:
        steps = [(name, code) for name, code in _names(at, short) if rest.startswith(name)]
        if not steps and not at:
            steps = [(n, c) for n, c in _everywhere(short) if rest.startswith(n)]
        longest = max((len(name) for name, _ in steps), default=0)
        codes = {code for name, code in steps if len(name) == longest}
        if len(codes) != 1:
            break
        (at,) = codes
        rest = rest[longest:]
    return at, rest


@lru_cache(maxsize=2)
def _everywhere(short: bool) -> tuple[tuple[str, str], ...]:
    """The names of all prefectures and counties: 深圳市宝安区 leaves the province out."""
    return tuple(each for province in divisions().children() for each in _names(province, short))


@lru_cache(maxsize=1024)
def _names(at: str, short: bool) -> tuple[tuple[str, str], ...]:
    """The names of what lies directly in `at`, and of a province's counties, with their codes."""
    return tuple(_named(divisions(), at, short))


def _named(known: Divisions, at: str, short: bool) -> Iterator[tuple[str, str]]:
    for code in known.children(at):
        name = spelled(known.name(code) or "")
        yield name, code
        if short:
            yield stem(name), code
        # 河南省潢川县 leaves the prefecture out.
        if len(at) == Level.PROVINCE and len(code) == Level.CITY:
            yield from _named(known, code, short)
