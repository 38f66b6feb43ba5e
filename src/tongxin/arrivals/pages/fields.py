"""Fields that the forms of arrivals share: what was typed, read kindly, told wrong at the field."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tongxin.arrivals import facts, identity
from tongxin.arrivals.instants import IN_THE_FUTURE
from tongxin.base.clock import ZONE, day_of, start_of, to_ms
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.divisions.meaning import meant
from tongxin.divisions.shipped import divisions
from tongxin.forms import Form
from tongxin.policy.evidence import has_happened
from tongxin.registry import queries as registry
from tongxin.registry.words import LEVELS

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
BAD_CODE = ProblemKind(
    "arrivals.bad_code",
    422,
    zh="区划代码是 2 到 12 位数字；不知道就留空。",
    en="An area code has 2 to 12 digits; leave it empty if you do not know it.",
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
WHICH_PLACE = ProblemKind(
    "arrivals.which_place",
    422,
    zh="这里写的可能是几个地方，请选是哪一个。",
    en="This may be several places: choose which one.",
)
NO_SUCH_PLACE = ProblemKind(
    "arrivals.no_such_place",
    422,
    zh="认不出这个地方。请改写到省、市、县，或选“照写的记”。",
    en="This place is not recognised. Write the province, city or county, or keep the words.",
)
ENDS_BEFORE = ProblemKind(
    "arrivals.ends_before",
    422,
    zh="离开的日子早于到的日子。",
    en="The last day is before the first day.",
)
STAYS: Final = 5
_CODE: Final = re.compile(r"([1-9][0-9]{1,11})?", re.ASCII)
_REMEMBERED: Final = 31
_RECENT: Final = timedelta(days=14)
_FAULTS: Final = {
    identity.Fault.FORMAT: BAD_ID_FORMAT,
    identity.Fault.DATE: BAD_ID_DATE,
    identity.Fault.CHECK: BAD_ID_CHECK,
}
Option = tuple[str, Text | str]
Known = Mapping[str, Text | str]


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
    typed = form.text("from_area")
    if not _CODE.fullmatch(typed):
        form.wrong(BAD_CODE, "from_area")
    code, words = place(form, "origin", known, near)
    return typed or code, form.text("from_name") or name_of(known, typed) or words


def place(form: Form, name: str, known: Known, near: str) -> tuple[str, str]:
    """(area code, name) of a place in words or digits; which one was meant is asked at the field.

    What fits no division, or several, is asked about once and kept as told where somebody says so;
    in an emergency it is kept at once.
    """
    typed = form.text(name)
    if typed and typed == form.text(f"{name}_asked") and (chosen := form.text(f"{name}_meant")):
        return ("", typed) if chosen == "words" else (chosen, _spoken(known, chosen))
    found = meant(typed, near)
    if found.code and not _CODE.fullmatch(found.code):
        form.wrong(BAD_CODE, name)
    elif typed and not found.code and form.text("emergency") != "yes":
        form.wrong(WHICH_PLACE if found.choices else NO_SUCH_PLACE, name)
        form.meant[name] = found.choices
    digits = typed.isascii() and typed.isdigit()
    return found.code, _spoken(known, found.code) if digits else typed


def _spoken(known: Known, code: str) -> str:
    return name_of(known, code) or divisions().full_name(code)


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


def origins(desk: Desk) -> list[Option]:
    """Areas at risk now or lately: offered before anything is typed."""
    lately = to_ms(desk.now - _RECENT)
    risky = {
        row.code: Text(
            f"{row.name}（{LEVELS[row.level].zh}）", f"{row.name} ({LEVELS[row.level].en})"
        )
        for row in registry.areas_since(desk.connection, desk.township, lately)
    }
    return list(risky.items())


def name_of(known: Known, code: str) -> str:
    """What a place is called in the list that it was chosen from."""
    name = known.get(code, "")
    return (name.zh if isinstance(name, Text) else name).partition("（")[0]


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
