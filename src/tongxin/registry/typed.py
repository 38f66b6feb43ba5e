"""What is typed about people and doors on the registry's pages, and what may be wrong with it."""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from tongxin.base import id_numbers
from tongxin.base.clock import to_ms
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.divisions.meaning import meant
from tongxin.divisions.shipped import divisions
from tongxin.forms import Form
from tongxin.registry import queries
from tongxin.registry.labels import NEEDS
from tongxin.registry.words import LEVELS

NO_NAME = ProblemKind("registry.no_name", 422, zh="请填写姓名。", en="Fill in the name.")
NO_CHOICE = ProblemKind("registry.no_choice", 422, zh="请选择一项。", en="Choose one of these.")
BAD_ID_NUMBER = ProblemKind(
    "registry.bad_id_number",
    422,
    zh="身份证号不对：应为 18 位，末位可为 X，出生日期和校验位要对得上。请对照证件；没有就留空。",
    en="This is not an ID number: 18 characters, the last may be X; the day of birth and the check "
    "character must fit. Look at the card, or leave it empty.",
)
BAD_PHONE = ProblemKind(
    "registry.bad_phone",
    422,
    zh="电话只能有数字、空格和短横，例如 138 0000 0000。",
    en="A telephone number has digits, blanks and dashes, as 138 0000 0000.",
)
BAD_DAY = ProblemKind(
    "registry.bad_day",
    422,
    zh="日期不对，请照 2022-04-07 的样子填写。",
    en="This is not a day; write it as 2022-04-07.",
)
NO_LOOK_REASON = ProblemKind(
    "registry.no_look_reason",
    422,
    zh="请选择或写明查看原因（至少 4 个字）。",
    en="Choose or write why you look (4 characters at least).",
)
BAD_CODE = ProblemKind(
    "registry.bad_code",
    422,
    zh="区划代码是 2 到 12 位数字；不知道就留空。",
    en="An area code has 2 to 12 digits; leave it empty if you do not know it.",
)
WHICH_PLACE = ProblemKind(
    "registry.which_place",
    422,
    zh="这里写的可能是几个地方，请选是哪一个。",
    en="This may be several places: choose which one.",
)
NO_SUCH_PLACE = ProblemKind(
    "registry.no_such_place",
    422,
    zh="认不出这个地方。请改写到省、市、县，或选“照写的记”。",
    en="This place is not recognised. Write the province, city or county, or keep the words.",
)
_CODE: Final = re.compile(r"([1-9][0-9]{1,11})?", re.ASCII)
_RECENT: Final = timedelta(days=14)
Option = tuple[str, Text | str]
Known = Mapping[str, Text | str]
_PHONE: Final = re.compile(r"\+?[0-9 -]{0,19}", re.ASCII)


def id_number(form: Form, name: str) -> str:
    """An ID number in its one spelling, or nothing; a problem where it cannot be one."""
    typed = id_numbers.normalized(form.text(name))
    if typed and not id_numbers.is_valid(typed):
        form.wrong(BAD_ID_NUMBER, name)
    return typed


def phone(form: Form, name: str = "phone") -> str:
    """A telephone number, or nothing."""
    typed = form.text(name)
    if not _PHONE.fullmatch(typed):
        form.wrong(BAD_PHONE, name)
    return typed


def day(form: Form, name: str) -> date | None:
    """A civil day, or None where nothing was typed."""
    typed = form.text(name)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        form.wrong(BAD_DAY, name)
        return None


def chosen(form: Form, name: str, among: Collection[str], otherwise: str = "") -> str:
    """One of the choices, or what stands for none; a problem where neither is."""
    typed = form.text(name) or otherwise
    if (typed not in among and typed != otherwise) or not typed:
        form.wrong(NO_CHOICE, name)
    return typed


def several(form: Form, name: str, among: Collection[str]) -> tuple[str, ...]:
    """The choices that were ticked, in the order of the form."""
    given = form.given.get(name, [])
    typed = [given] if isinstance(given, str) else list(given)
    return tuple(choice for choice in among if choice in typed)


def needs(form: Form, name: str) -> tuple[str, ...]:
    """The special needs that were ticked."""
    return several(form, name, NEEDS)


def look_reason(form: Form) -> str:
    """Why somebody looks at what is masked: chosen, or in words."""
    reason = form.text("reason_told") or form.text("reason")
    if len(reason) < 4:
        form.wrong(NO_LOOK_REASON, "reason")
    return reason[:200]


def checked_code(form: Form, name: str, code: str) -> str:
    """An area code, or nothing; a problem where it cannot be one."""
    if not _CODE.fullmatch(code):
        form.wrong(BAD_CODE, name)
    return code


def place(form: Form, name: str, known: Known, near: str) -> tuple[str, str]:
    """(area code, name) of a place in words or digits; which one was meant is asked at the field.

    What fits no division, or several, is asked about once and kept as told where somebody says so;
    in an emergency it is kept at once.
    """
    typed = form.text(name)
    if typed and typed == form.text(f"{name}_asked") and (chosen := form.text(f"{name}_meant")):
        return ("", typed) if chosen == "words" else (chosen, _spoken(known, chosen))
    found = meant(typed, near)
    code = checked_code(form, name, found.code)
    if typed and not found.code and form.text("emergency") != "yes":
        form.wrong(WHICH_PLACE if found.choices else NO_SUCH_PLACE, name)
        form.meant[name] = found.choices
    digits = typed.isascii() and typed.isdigit()
    return code, _spoken(known, code) if digits else typed


def _spoken(known: Known, code: str) -> str:
    return name_of(known, code) or divisions().full_name(code)


def name_of(known: Known, code: str) -> str:
    """What a place is called in the list that it was chosen from."""
    name = known.get(code, "")
    return (name.zh if isinstance(name, Text) else name).partition("（")[0]


def origins(desk: Desk) -> list[Option]:
    """Areas at risk now or lately: offered before anything is typed."""
    lately = to_ms(desk.now - _RECENT)
    risky = {
        row.code: Text(
            f"{row.name}（{LEVELS[row.level].zh}）", f"{row.name} ({LEVELS[row.level].en})"
        )
        for row in queries.areas_since(desk.connection, desk.township, lately)
    }
    return list(risky.items())
