"""Writing down who has arrived: few fields first, what is wrong told at the field."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from tongxin.arrivals import api, facts, rules
from tongxin.base.clock import to_ms
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.base.problems import ProblemKind
from tongxin.base.provinces import PROVINCES
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, typed_now
from tongxin.registry import queries as registry
from tongxin.registry.words import LEVELS

NO_NAME = ProblemKind("arrivals.no_name", 422, zh="请填写姓名。", en="Fill in the name.")
NO_VILLAGE = ProblemKind(
    "arrivals.no_village", 422, zh="请选择到哪个村。", en="Choose the village."
)
BAD_NUMBER = ProblemKind(
    "arrivals.bad_id_number",
    422,
    zh="身份证号对不上：请对照证件逐位核对。没有证件可以留空。",
    en="This ID number cannot be right: compare it with the card. Leave it empty without papers.",
)
BAD_PHONE = ProblemKind(
    "arrivals.bad_phone",
    422,
    zh="手机号只能是数字，最多 20 位。",
    en="A telephone number has digits only, 20 at most.",
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
IN_THE_FUTURE = ProblemKind(
    "arrivals.in_the_future",
    422,
    zh="时间还没有到。请填写实际发生的时间。",
    en="That is in the future. Fill in when it really happened.",
)
ENDS_BEFORE = ProblemKind(
    "arrivals.ends_before",
    422,
    zh="离开的日子早于到的日子。",
    en="The last day is before the first day.",
)
STAYS: Final = 5
_PHONE: Final = re.compile(r"\+?[0-9 -]{0,20}", re.ASCII)
_CODE: Final = re.compile(r"([1-9][0-9]{1,11})?", re.ASCII)
_RECENT: Final = timedelta(days=14)
# How far ahead of ours a clock at a checkpoint may run.
_SLACK: Final = timedelta(minutes=10)
Option = tuple[str, Text | str]


@get("/arrivals/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def new_page(desk: AtDesk, again: FromQuery[str] = "", episode: FromQuery[str] = "") -> Template:
    """A form for somebody who has just arrived.

    `again` and `episode` name somebody whose arrival was taken back: it is recorded anew there.
    """
    villages = _villages(desk)
    only = villages[0][0] if len(villages) == 1 else ""
    form = Form(id=new_id(), arrived_at=typed_now(desk.now), village=only)
    if again and episode:
        form.given |= {"person": subject_id(again, "again"), "episode": fact_id(episode, "episode")}
    return _page(desk, form)


@post("/arrivals/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record the arrival; then to the person, with the standing and why."""
    form = Form(data)
    new = read(form, desk.now, dict(origins(desk)))
    if new is not None and form.sound:
        with form.trying():
            recorded = api.arrived(desk, new)
            return go(f"/arrivals/{recorded.person}?recorded=1")
    return _page(desk, form, status=422)


def read(form: Form, now: datetime, known: dict[str, Text | str]) -> api.NewArrival | None:
    """What the form tells, or None and the problems at its fields, in the order of the page."""
    name, village = form.text("name", NO_NAME), form.text("village", NO_VILLAGE)
    temperature, phone = celsius(form, "celsius"), _phone(form)
    number, at = _id_number(form), passed(form, "arrived_at", now) or now
    code = form.text("from_area") or form.text("origin")
    if not _CODE.fullmatch(code):
        form.wrong(BAD_CODE, "from_area")
    stays = _stays(form, known)
    if not form.sound:
        return None
    told = form.made(
        facts.ArrivalRecorded, name=name, arrived_at=at, from_area=code,
        from_name=form.text("from_name") or _name(known, code), id_number=number, phone=phone,
        address=form.text("address"), stays=stays, transport=form.text("transport"),
        celsius=temperature, emergency=form.text("emergency") == "yes",
    )  # fmt: skip
    if told is None:
        return None
    return api.NewArrival(
        area=village, arrival=told, id=form.text("id") or None,
        person=form.text("person") or None, episode=form.text("episode") or None,
    )  # fmt: skip


def _id_number(form: Form) -> str:
    number = form.text("id_number").upper().replace(" ", "")
    if number and not rules.id_number_fits(number):
        form.wrong(BAD_NUMBER, "id_number")
    return number


def _phone(form: Form) -> str:
    phone = form.text("phone")
    if not _PHONE.fullmatch(phone):
        form.wrong(BAD_PHONE, "phone")
    return phone


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
    if moment is not None and moment > now + _SLACK:
        form.wrong(IN_THE_FUTURE, name)
        return None
    return moment


def origins(desk: Desk) -> list[Option]:
    """Where people come from: areas at risk now or lately, then every province."""
    lately = to_ms(desk.now - _RECENT)
    risky = {
        row.code: Text(
            f"{row.name}（{LEVELS[row.level].zh}）", f"{row.name} ({LEVELS[row.level].en})"
        )
        for row in registry.areas_since(desk.connection, desk.township, lately)
    }
    rest = [(code, name) for code, name in PROVINCES.items() if code not in risky]
    return [*risky.items(), *rest]


def _name(known: dict[str, Text | str], code: str) -> str:
    name = known.get(code, "")
    return (name.zh if isinstance(name, Text) else name).partition("（")[0]


def _stays(form: Form, known: dict[str, Text | str]) -> Sequence[facts.StayTold]:
    """The rows of places that were filled in."""
    found = []
    for n in range(1, STAYS + 1):
        code, name = form.text(f"stay_{n}_area"), form.text(f"stay_{n}_name")
        since, last = form.day(f"stay_{n}_from"), form.day(f"stay_{n}_until")
        if since and last and last < since:
            form.wrong(ENDS_BEFORE, f"stay_{n}_until")
        if code or name or since or last:
            until = last + timedelta(days=1) if last else None
            stay = form.made(
                facts.StayTold, area=code, name=name or _name(known, code), from_=since,
                until=until,
            )  # fmt: skip
            found += [stay] if stay else []
    return found


def _villages(desk: Desk) -> list[Option]:
    named = registry.places(desk.connection, desk.township)
    return [
        (code, name)
        for code, name in named.items()
        if len(code) > len(desk.township) and desk.remit.allows("arrivals.record", code)
    ]


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    inside = ("stay_", "from_area", "transport", "address")
    more = any(value and name.startswith(inside) for name, value in form.given.items())
    return desk.page(
        "arrivals/new.html", status, form=form, villages=_villages(desk), origins=origins(desk),
        rows=range(1, STAYS + 1), more=more,
    )  # fmt: skip


HANDLERS: list[Any] = [new_page, record]
