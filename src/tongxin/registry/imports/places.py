"""The places that lists name: villages, and grids in them as people write them."""

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from tongxin.base.areas import Level
from tongxin.intake.kinds import Ground
from tongxin.registry.grids.queries import grids
from tongxin.registry.queries import places
from tongxin.sheets.faults import FaultKind
from tongxin.sheets.rows import Row
from tongxin.sheets.values import place_key

NO_GRID = FaultKind(
    "grid_unknown",
    "{village}没有叫“{value}”的网格。可以写：{known}。",
    "There is no grid “{value}” in {village}. It may be: {known}.",
)
_DIGITS: Final = {c: str(n) for n, c in enumerate("零一二三四五六七八九")}
_NUMBER: Final = re.compile(r"第?(?P<n>[零一二三四五六七八九十]{1,3}|\d{1,2})(号?网格|格|组)?")
_FEW: Final = 6


def villages(connection: Connection, township: str) -> dict[str, str]:
    """The township's villages by code."""
    named = places(connection, township)
    return {code: name for code, name in named.items() if len(code) == Level.VILLAGE}


class Grids:
    """The grids that are drawn in a township, found by what a list calls them."""

    def __init__(self, connection: Connection, township: str) -> None:
        self._grids = {each.code: each.name for each in grids(connection, township, township)}
        self._villages: Mapping[str, str] = villages(connection, township)

    def place(self, ground: Ground, row: Row, capability: str) -> str:
        """Where a row belongs: its grid, else its village; empty, with a fault, where it cannot."""
        village, words = row.values.get("village") or "", row.values.get("grid") or ""
        if words in self._grids:
            village = village or words[: Level.VILLAGE]
        village = ground.place(row, capability, village)
        if not village or not words:
            return village
        found = self._named(village[: Level.VILLAGE], words)
        if found is None:
            known = [n for c, n in self._grids.items() if c.startswith(village)][:_FEW]
            name = self._villages.get(village[: Level.VILLAGE], village)
            ground.fault(row, NO_GRID, "grid", value=words, village=name, known="、".join(known))
            return ""
        return ground.place(row, capability, found)

    def _named(self, village: str, words: str) -> str | None:
        """The one grid of a village that is called so, or has this number."""
        mine = {code: name for code, name in self._grids.items() if code.startswith(village)}
        if words in mine:
            return words
        short = self._bare(village, words)
        same = [code for code, name in mine.items() if self._bare(village, name) == short]
        if len(same) == 1:
            return same[0]
        number = number_of(short)
        code = f"{village}-{number:02}" if number else ""
        return code if code in mine else None

    def _bare(self, village: str, words: str) -> str:
        """A grid's name without that of its village before it."""
        name = self._villages.get(village, "")
        for before in (name, place_key(name)):
            if before and words.startswith(before) and words != before:
                return words.removeprefix(before)
        return words


def number_of(words: str) -> int:
    """The number that a grid goes by: 三 of 第三网格, 12 of 12网格; 0 where it has none."""
    found = _NUMBER.fullmatch(words)
    if found is None:
        return 0
    told = found["n"]
    if told.isdecimal() and told.isascii():
        return int(told)
    tens, ten, ones = told.partition("十")
    if not ten:
        return int("".join(_DIGITS[c] for c in told))
    return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))
