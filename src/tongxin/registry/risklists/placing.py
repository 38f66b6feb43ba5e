"""Entries of a list as declarations: a code as deep as the words go, and the words themselves."""

import hashlib
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct

from tongxin.base.areas import Level
from tongxin.divisions.gazetteer import Divisions
from tongxin.divisions.resolving import Resolution, resolve
from tongxin.divisions.spelling import stem
from tongxin.registry.risklists.extents import Names, names, within
from tongxin.registry.risklists.oddities import Oddity, oddity
from tongxin.registry.risklists.reading import Entry, RiskList
from tongxin.registry.risklists.spelling import cleaned

LONGEST_NAME: Final = 280


class Declaration(Struct, frozen=True, array_like=True):
    """One place at a level. `whole`: all of `code` is at least at this level; else a part of it
    is, known by `name` alone. `entry` and `place` are where it stands in the list, from 1.
    """

    code: str
    level: str
    whole: bool
    name: str
    entry: int
    place: int

    @property
    def key(self) -> tuple[str, str, bool, str]:
        """By which the same place at the same level is known again in another list."""
        return self.code, self.level, self.whole, self.name


class Declared(Struct, frozen=True):
    """What a list declares, and all that was odd about it."""

    declarations: tuple[Declaration, ...]
    oddities: tuple[Oddity, ...]


class Unit(Struct, frozen=True):
    """The division that an entry speaks of. `exact`: `code` is all and only what it names; else
    `missing` is what of its name no list of divisions knows. `odd`: what is odd about the names.
    """

    code: str
    name: str
    exact: bool
    missing: str
    names: Names
    codes: tuple[str, ...]
    odd: str


def declared(read: RiskList, divisions: Divisions) -> Declared:
    """What the list declares, each place once, and what was odd in reading and placing it."""
    oddities = list(read.oddities)
    kept: dict[tuple[str, str, bool, str], Declaration] = {}
    levels: dict[tuple[str, bool, str], str] = {}
    for entry in read.entries:
        for each in _placed(entry, divisions, oddities):
            key, where = each.key, (each.code, each.whole, each.name)
            if key in kept:
                _tell(oddities, "repeated", each)
                continue
            if where in levels:
                _tell(oddities, "two-levels", each)
            levels.setdefault(where, each.level)
            kept[key] = each
    return Declared(tuple(kept.values()), tuple(oddities))


def _tell(oddities: list[Oddity], kind: str, each: Declaration) -> None:
    oddities.append(oddity(kind, each.name, each.level, each.entry, each.place))


def _placed(entry: Entry, divisions: Divisions, oddities: list[Oddity]) -> Iterator[Declaration]:
    unit = _unit(divisions, entry.province, entry.city, entry.county)
    said = " ".join(filter(None, (entry.province, entry.city, entry.county)))
    if unit is None:
        oddities.append(oddity("unknown-province", said, entry.level, entry.n))
        return
    if unit.odd:
        oddities.append(oddity(unit.odd, said, entry.level, entry.n))
    if not any(entry.places):
        oddities.append(
            oddity("no-places" if unit.exact else "nothing-named", said, entry.level, entry.n)
        )
        if unit.exact:
            yield Declaration(unit.code, entry.level, True, unit.name, entry.n, 0)
    for m, text in enumerate(entry.places, start=1):
        if text:
            yield _place(unit, entry, m, text, oddities)


def _place(unit: Unit, entry: Entry, m: int, text: str, oddities: list[Oddity]) -> Declaration:
    found = within(text, unit.names)
    if found.unsure:
        oddities.append(oddity("several-townships", text, entry.level, entry.n, m))
    code, name, exact = unit.code, unit.name, unit.exact
    if found.township is not None:
        code, name, exact = unit.codes[found.township], unit.names.townships[found.township], True
    if found.whole and exact:
        return Declaration(code, entry.level, True, name, entry.n, m)
    asked = text if not unit.missing or unit.missing in text else unit.missing + text
    if len(asked) > LONGEST_NAME:
        oddities.append(oddity("shortened", asked, entry.level, entry.n, m))
        mark = hashlib.sha256(asked.encode()).hexdigest()[:8]
        asked = f"{asked[: LONGEST_NAME - 10]}…{mark}"
    # Most of the names stand in the next list again: kept once for both.
    return Declaration(code, entry.level, False, sys.intern(asked), entry.n, m)


@lru_cache(maxsize=20_000)  # the same few hundred names stand in every list
def _unit(divisions: Divisions, province: str, city: str, county: str) -> Unit | None:
    found = resolve(divisions, province, city, county)
    code = found.code
    if code is None:
        return None
    missing = cleaned(found.rest)
    path = [cleaned(divisions.name(each) or "") for each in divisions.path(code)]
    exact, name = found.whole and bool(county), path[-1] if path else ""
    inside = divisions.children(code) if exact else ()
    towns = tuple(each for each in inside if len(each) == Level.TOWNSHIP)
    townships = [cleaned(divisions.name(each) or "") for each in towns]
    # 昌吉回族自治州昌吉市 is 昌吉州昌吉市 in many a list.
    path += [f"{stem(each)}{each[-1]}" for each in path if each[-2:-1] == "治"]
    return Unit(
        code, name if exact else missing, exact, missing,
        names((province, city, county, *path), townships), towns, _odd(found, county),
    )  # fmt: skip


def _odd(found: Resolution, county: str) -> str:
    """What is odd about the names of a division; empty where nothing is."""
    if found.choices:
        return "several-fit"
    if found.rest:
        return "unknown-county"
    if not county:
        return "no-county"
    return "shifted" if len(found.code or "") == Level.TOWNSHIP else ""
