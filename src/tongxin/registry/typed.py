"""What is typed about people and doors on the registry's pages, and what may be wrong with it."""

import re
from collections.abc import Collection
from datetime import date
from typing import Final

from tongxin.base import id_numbers
from tongxin.base.problems import ProblemKind
from tongxin.forms import Form
from tongxin.registry.labels import NEEDS

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
