"""From names, as national lists and people spell them, to a code. It never guesses."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tongxin.base.areas import AreaCode, Level
from tongxin.divisions.gazetteer import PLACEHOLDERS, Divisions
from tongxin.divisions.spelling import spelled, stem, variants, zone

# What lists write where a place has no prefecture or county above it.
_FILLERS: Final = PLACEHOLDERS | {
    "省直辖县级行政单位",
    "自治区直辖县级行政单位",
    "省直辖",
    "直辖县",
}
# The corps governs places all over Xinjiang and stands in lists as if it were a province.
_CORPS: Final = {"新疆生产建设兵团": "65", "新疆兵团": "65"}
# What a township's name ends in; 松山湖 alone may be a lake.
_TOWNSHIP: Final = re.compile(r".+(街道|[乡镇]|苏木|地区|农场|林场)")
# What people write between a township's name and the address in it.
_OFFICE: Final = re.compile(r"^(办事处|办(?=[:,]|$))?[:,]?")
# After a township's name these say that more than it is meant, or less, or a road named after it.
_NOT_INSIDE: Final = tuple("、;/和与及至到以路道")


class Resolution(Struct, frozen=True):
    """What names stand for.

    `code` is the deepest division that they fix for certain, None where not even the first one is
    known. `rest` is what was told and is no division of the list, in the order told. Where a name
    fits several divisions, `choices` has them all; `code` is then what contains them.
    """

    code: AreaCode | None
    rest: str = ""
    choices: tuple[AreaCode, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything that was told is in `code`."""
        return self.code is not None and not self.rest and not self.choices


def resolve(
    divisions: Divisions, province: str, city: str = "", county: str = "", township: str = ""
) -> Resolution:
    """The division that these names stand for, each spelled as in a list, or empty.

    A level may be missing, shifted (北京市 · 朝阳区 · 劲松街道) or repeated (上海市 · 上海市), a
    suffix left out, a space of any kind put in. The last name may run on into an address:
    春华街道新博园小区6号楼 gives the township, and the rest as text.
    """
    told = [name for name in map(spelled, (province, city, county, township)) if name]
    told = [name for name in told if name not in _FILLERS]
    at = ""
    left: list[str] = []
    for name in told:
        found, rest = _step(divisions, at, name, skipped=bool(left))
        if len(found) > 1:
            return Resolution(AreaCode(at) if at else None, "".join([*left, name]), found)
        at = found[0] if found else at
        if rest and rest not in left:
            left.append(rest)
    return Resolution(AreaCode(at) if at else None, "".join(left))


def _step(
    divisions: Divisions, at: str, name: str, *, skipped: bool
) -> tuple[tuple[AreaCode, ...], str]:
    """The divisions inside `at` that `name` fits, and what of `name` is left."""
    if not at and name in _CORPS:
        return (AreaCode(_CORPS[name]),), name
    forms = variants(name)
    if not skipped:
        children = divisions.children(at)
        for fits in (_same, _same_stem, _shortened):
            found = tuple(code for code in children if fits(forms, _name(divisions, code)))
            if found:
                return found, ""
    if any(_same(forms, _name(divisions, code)) for code in divisions.path(at)):
        return (), ""
    if len(at) < Level.COUNTY:
        found = _deeper(divisions, at, forms) or _zones(divisions, at, forms)
        if found:
            return found, ""
    return _opening(divisions, at, name)


def _name(divisions: Divisions, code: str) -> str:
    return spelled(divisions.name(code) or "")


def _same(forms: Sequence[str], name: str) -> bool:
    return name in forms


def _same_stem(forms: Sequence[str], name: str) -> bool:
    """信阳 for 信阳市."""
    return stem(name) in forms


def _shortened(forms: Sequence[str], name: str) -> bool:
    """恩施州 for 恩施土家族苗族自治州: the same stem, and what follows it ends the name too."""
    short = stem(name)
    kinds = [form.removeprefix(short) for form in forms if form.startswith(short)]
    return any(kind and name.endswith(kind) for kind in kinds)


def _deeper(divisions: Divisions, at: str, forms: Sequence[str]) -> tuple[AreaCode, ...]:
    """Prefectures and counties anywhere inside `at` that have one of the names in full."""
    found: list[AreaCode] = []
    for code in divisions.children(at):
        if len(code) <= Level.COUNTY:
            if _same(forms, _name(divisions, code)):
                found.append(code)
            if len(code) < Level.COUNTY:
                found += _deeper(divisions, code, forms)
    return tuple(found)


def _zones(divisions: Divisions, at: str, forms: Sequence[str]) -> tuple[AreaCode, ...]:
    parents = tuple(_name(divisions, code) for code in divisions.path(at))
    asked = {zone(form, parents) for form in forms} - {None}
    return tuple(
        code for code in divisions.children(at) if zone(_name(divisions, code), parents) in asked
    )


def _opening(divisions: Divisions, at: str, text: str) -> tuple[tuple[AreaCode, ...], str]:
    """The township inside `at` whose full name opens `text`, and what follows it there.

    `text` may begin with the names of what contains it. One that goes on to name another township
    is not taken apart.
    """
    address = text
    for code in divisions.path(at):
        address = address.removeprefix(_name(divisions, code))
    names = {_name(divisions, code): code for code in divisions.children(at)}
    opening = [name for name in names if _TOWNSHIP.fullmatch(name) and address.startswith(name)]
    if not opening:
        return (), text
    best = max(opening, key=len)
    rest = _OFFICE.sub("", address.removeprefix(best), count=1)
    if rest.startswith(_NOT_INSIDE) or any(name in rest for name in names if name != best):
        return (), text
    return (names[best],), rest
