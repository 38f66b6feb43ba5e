"""Columns that a pillar wants of a list: what they are called, how they are read."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.sheets.book import Value
from tongxin.sheets.faults import Unfit
from tongxin.sheets.values import Parser, Setting

# What a column of a sheet is taken for, where it is none of the pillar's.
KEPT: Final = "kept"  # its words are kept with the row
LEFT: Final = "left"  # it is left out

Looks = Callable[[Value, Setting], bool]


class Column(Struct, frozen=True):
    """One column that a list may have.

    `synonyms` are headers as people write them, bare of remarks; `weak` are those that may mean
    another column too, which is then looked at first come, first served. `never` are words that
    make a header another column's, as 户主 in 户主姓名. `looks` says whether a value looks like one
    of this column, to propose it where headers say nothing. `kept`: it is kept as it stands and
    nothing follows from it; `why` then says so to whoever imports.
    """

    key: str
    title: Text
    parse: Parser
    synonyms: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    required: bool = False
    looks: Looks | None = None
    kept: bool = False
    why: Text | None = None


def fits(parser: Parser) -> Looks:
    """Whether a value is one that `parser` takes, and not nothing."""

    def looks(value: Value, setting: Setting) -> bool:
        try:
            return bool(parser(value, setting))
        except Unfit:
            return False

    return looks
