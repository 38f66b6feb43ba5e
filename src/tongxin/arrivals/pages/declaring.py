"""Returns told ahead, on screen: a family in one form, and what each is told at once."""

from datetime import datetime, timedelta
from typing import Any, Final, get_args

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.arrivals.declarations import api, facts
from tongxin.arrivals.pages import fields
from tongxin.arrivals.pages.apart import apart
from tongxin.arrivals.pages.fields import NO_NAME, NO_VILLAGE
from tongxin.base.ids import fact_id, new_id
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, typed_now
from tongxin.registry import typed

NO_PLAN = ProblemKind(
    "arrivals.no_plan",
    422,
    zh="请填写打算哪天几点到，大概的时间也可以。",
    en="Fill in when they mean to arrive; a rough time will do.",
)
PAST_PLAN = ProblemKind(
    "arrivals.past_plan",
    422,
    zh="这个时间已经过了。人已经到了，请改用“登记”。",
    en="That time has passed. If they are here already, register their arrival instead.",
)
_PAST: Final = timedelta(days=1)
TRANSPORT: Final = {
    "train": Text("火车、高铁", "Train"), "plane": Text("飞机", "Plane"),
    "coach": Text("长途客车", "Coach"), "car": Text("自驾、拼车", "Car"),
    "lorry": Text("货车", "Lorry"), "ship": Text("轮船", "Ship"), "other": Text("其他", "Other"),
}  # fmt: skip
TYPES: Final = {
    "returnee": Text("返乡人员", "Comes home"), "student": Text("学生", "Student"),
    "visitor": Text("探亲访友", "Visits family or friends"),
    "business": Text("务工、经商", "Works or trades here"),
    "passing": Text("路过", "Passes through"),
}  # fmt: skip
BY: Final = {
    "self": Text("本人电话或到村里说", "Themselves, by phone or in person"),
    "relative": Text("家里人代报", "A relative for them"),
    "village": Text("村里排查得知", "The village found out"),
}
SEXES: Final = {"female": Text("女", "Female"), "male": Text("男", "Male")}
assert {*TRANSPORT, ""} == set(get_args(facts.Transport))
assert {*TYPES, ""} == set(get_args(facts.PersonType))


@get("/declarations/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def new_page(desk: AtDesk) -> Template:
    """A form for a family that means to come."""
    found = fields.villages(desk)
    only = found[0][0] if len(found) == 1 else ""
    return _page(desk, Form(id=new_id(), village=only, people="1", declared_by="self"))


@post("/declarations/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def declare(desk: AtDesk, data: Typed) -> Template | Redirect:
    """One more person's fields, or record the family and tell what will be asked."""
    form = Form(data)
    if form.text("more"):
        form.given["people"] = str(min(_how_many(form) + 1, api.MOST_TOGETHER))
        return _page(desk, form)
    new = read(form, desk.now, dict(typed.origins(desk)), desk.township)
    if new is not None and form.sound:
        with form.trying():
            party = api.declared(desk, new)
            return go(f"/declarations/{party.party}")
    return _page(desk, form, 422)


@get("/declarations/{party:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def party_page(desk: AtDesk, party: FromPath[str]) -> Template:
    """What a family is told at once: what to bring, what will be asked, whether it was in time."""
    told = api.party_of(desk, fact_id(party, "party"))
    return desk.page("arrivals/declared.html", party=told, apart=apart(told.people))


def read(form: Form, now: datetime, known: typed.Known, near: str) -> api.NewParty | None:
    """What the form tells of a family, or None and the problems at their fields."""
    village = form.text("village", NO_VILLAGE)
    at = _planned(form, now)
    shared = _shared(form, known, near)
    people = [_person(form, n, now) for n in range(1, _how_many(form) + 1)]
    if not form.sound or at is None:
        return None
    told = [
        each
        for person in people
        if person["name"]
        and (each := form.made(facts.ReturnDeclared, **shared, **person, planned_at=at))
    ]
    if form.problems:
        return None
    return api.NewParty(area=village, people=told, id=form.text("id") or None)


def _planned(form: Form, now: datetime) -> datetime | None:
    if not form.text("planned_at", NO_PLAN):
        return None
    at = form.moment("planned_at")
    if at is not None and at < now - _PAST:
        form.wrong(PAST_PLAN, "planned_at")
    return at


def _shared(form: Form, known: typed.Known, near: str) -> dict[str, Any]:
    """What holds for all who come together."""
    code, name = fields.origin(form, known, near)
    return {
        "from_area": code, "from_name": name, "address": form.text("address"),
        "reason": form.text("reason"), "transport": form.text("transport"),
        "vehicle": form.text("vehicle"), "contact_name": form.text("contact_name"),
        "contact_phone": typed.phone(form, "contact_phone"),
        "declared_by": form.text("declared_by") or "self", "stays": fields.stays(form, known, near),
    }  # fmt: skip


def _person(form: Form, n: int, now: datetime) -> dict[str, Any]:
    """One person's own fields; the first must have a name, an empty later one is left out."""
    wanted = n == 1 or any(
        form.text(f"{field}_{n}") for field in ("id_number", "phone", "sampled_at", "reported_at")
    )
    number, other = fields.id_number(form, f"id_number_{n}", now)
    sampled = fields.passed(form, f"sampled_at_{n}", now)
    reported = fields.passed(form, f"reported_at_{n}", now)
    certificate = {"sampled_at": sampled, "reported_at": reported} if sampled or reported else None
    return {
        "name": form.text(f"name_{n}", NO_NAME if wanted else None), "id_number": number,
        "other_document": other, "sex": form.text(f"sex_{n}"),
        "phone": typed.phone(form, f"phone_{n}"), "person_type": form.text(f"type_{n}"),
        "has_symptoms": {"yes": True, "no": False}.get(form.text(f"ill_{n}")),
        "certificate": certificate,
    }  # fmt: skip


def _how_many(form: Form) -> int:
    told = form.text("people")
    return min(max(int(told), 1), api.MOST_TOGETHER) if told.isdecimal() else 1


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    inside = ("stay_", "from_area", "reason", "contact_")
    more = any(value and name.startswith(inside) for name, value in form.given.items())
    return desk.page(
        "arrivals/declare.html", status, form=form, villages=fields.villages(desk),
        origins=typed.origins(desk), rows=range(1, fields.STAYS + 1), more=more,
        people=range(1, _how_many(form) + 1), most=api.MOST_TOGETHER,
        transports=list(TRANSPORT.items()), types=list(TYPES.items()), by=list(BY.items()),
        sexes=list(SEXES.items()), soon=typed_now(desk.now),
    )  # fmt: skip


HANDLERS: list[Any] = [new_page, declare, party_page]
