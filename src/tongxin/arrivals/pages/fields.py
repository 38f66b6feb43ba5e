"""Fields that the forms of arrivals share: what was typed, read kindly, told wrong at the field."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tongxin.arrivals import facts, identity
from tongxin.arrivals.instants import IN_THE_FUTURE
from tongxin.base.clock import ZONE, day_of, start_of
from tongxin.base.problems import ProblemKind
from tongxin.desk import Desk
from tongxin.forms import Form
from tongxin.policy.evidence import has_happened
from tongxin.registry import queries as registry
from tongxin.registry.typed import Known, Option, checked_code, name_of, place

NO_NAME = ProblemKind("arrivals.no_name", 422, zh="请填写姓名。", en="Fill in the name.")
NO_VILLAGE = ProblemKind(
    "arrivals.no_village", 422, zh="请选择到哪个村。", en="Choose the village."
)
BAD_ID_FORMAT = ProblemKind(
    "arrivals.bad_id_format",
    422,
    zh="身份证号对不上：应是 18 位，前 17 位是数字，最后一位是数字或 X；这里是 {count} 位。"
    "没有证件可以留空。",
    en="This ID number cannot be right: it has 18 characters, 17 digits and a digit or X; this has "
    "{count}. Leave it empty without papers.",
)
BAD_ID_DATE = ProblemKind(
    "arrivals.bad_id_date",
    422,
    zh="身份证号对不上：第 7 到 14 位是出生年月日，没有这一天。请对照证件核对这几位。",
    en="This ID number cannot be right: characters 7 to 14 are the day of birth, and there is no "
    "such day. Compare these with the card.",
)
BAD_ID_CHECK = ProblemKind(
    "arrivals.bad_id_check",
    422,
    zh="身份证号对不上：校验位不符，多半有一位抄错或两位颠倒。请对照证件逐位核对。",
    en="This ID number cannot be right: its check digit does not fit, so one digit is likely wrong "
    "or two are swapped. Compare it with the card.",
)
BAD_CELSIUS = ProblemKind(
    "arrivals.bad_celsius",
    422,
    zh="体温应在 30 到 45 ℃ 之间，请再量一次或核对。",
    en="A temperature lies between 30 and 45 °C. Measure or check again.",
)
BAD_RECENT = ProblemKind(
    "arrivals.bad_recent",
    422,
    zh="看不出是什么时候。写 4 位时分（0630），前面可加日（060630）或月日（04060630），"
    "要在过去 30 天内。",
    en="When is that? Write hour and minute (0630), the day before it (060630) or month and day "
    "(04060630); within the last 30 days.",
)
ENDS_BEFORE = ProblemKind(
    "arrivals.ends_before",
    422,
    zh="离开的日子早于到的日子。",
    en="The last day is before the first day.",
)
STAYS: Final = 5
_REMEMBERED: Final = 31
_FAULTS: Final = {
    identity.Fault.FORMAT: BAD_ID_FORMAT,
    identity.Fault.DATE: BAD_ID_DATE,
    identity.Fault.CHECK: BAD_ID_CHECK,
}


def id_number(form: Form, name: str, now: datetime) -> tuple[str, str]:
    """(ID number, other document) as typed; which check it fails is told at the field.

    Where somebody insists (the box `…_as_told`), it is kept as told and marked as doubtful.
    """
    number = identity.normalized(form.text(name))
    fault = identity.fault(number, day_of(now))
    if fault is not None and form.text(f"{name}_as_told") != "yes":
        form.wrong(_FAULTS[fault], name, count=len(number))
    return identity.kept(number) if number else ("", "")


def origin(form: Form, known: Known, near: str) -> tuple[str, str]:
    """(area code, name) of where somebody sets out: picked, in words, or typed as a code."""
    typed = checked_code(form, "from_area", form.text("from_area"))
    code, words = place(form, "origin", known, near)
    return typed or code, form.text("from_name") or name_of(known, typed) or words


def celsius(form: Form, name: str) -> float | None:
    """A temperature of somebody alive, in degrees Celsius."""
    value = form.number(name)
    if value is not None and not 30 <= value <= 45:
        form.wrong(BAD_CELSIUS, name)
        return None
    return value


def passed(form: Form, name: str, now: datetime) -> datetime | None:
    """An instant that has come already."""
    moment = form.moment(name)
    if moment is not None and not has_happened(moment, now):
        form.wrong(IN_THE_FUTURE, name)
        return None
    return moment


def recent(form: Form, name: str, now: datetime) -> datetime | None:
    """The latest past instant that a few digits tell: `0630`, `060630`, `04060630`, or in full.

    For a cold thumb at night: hour and minute, with the day and the month before them if needed.
    """
    typed = re.sub(r"[\s:：.\-/月日时点分]", "", form.text(name))
    parts = [int(typed[i : i + 2]) for i in range(0, len(typed), 2)] if typed.isdecimal() else []
    if len(typed) not in (4, 6, 8) or not parts:
        return passed(form, name, now)
    minute, hour, *rest = reversed(parts)
    local = now.astimezone(ZONE)
    for days in range(_REMEMBERED):
        day = day_of(local - timedelta(days=days))
        fits = all(a == b for a, b in zip(rest, (day.day, day.month), strict=False))
        if fits and hour < 24 and minute < 60:
            found = start_of(day) + timedelta(hours=hour, minutes=minute)
            if found <= now:
                return found
    form.wrong(BAD_RECENT, name)
    return None


def stays(form: Form, known: Known, near: str) -> Sequence[facts.StayTold]:
    """The rows of places that were filled in."""
    found = []
    for n in range(1, STAYS + 1):
        (code, words), name = (
            place(form, f"stay_{n}_area", known, near),
            form.text(f"stay_{n}_name"),
        )
        since, last = form.day(f"stay_{n}_from"), form.day(f"stay_{n}_until")
        if since and last and last < since:
            form.wrong(ENDS_BEFORE, f"stay_{n}_until")
        if code or words or name or since or last:
            until = last + timedelta(days=1) if last else None
            stay = form.made(
                facts.StayTold, area=code, name=name or words, from_=since,
                until=until,
            )  # fmt: skip
            found += [stay] if stay else []
    return found


def villages(desk: Desk, capability: str = "arrivals.record") -> list[Option]:
    """The villages where the asker may do that."""
    named = registry.places(desk.connection, desk.township)
    return [
        (code, name)
        for code, name in named.items()
        if len(code) > len(desk.township) and desk.remit.allows(capability, code)
    ]
