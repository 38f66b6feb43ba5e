"""Writing down who has arrived: few fields first, what is wrong told at the field."""

from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from tongxin.arrivals import api, facts
from tongxin.arrivals.pages import fields
from tongxin.arrivals.pages.fields import NO_NAME, NO_VILLAGE, STAYS, celsius, passed
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, typed_now
from tongxin.registry import typed


@get("/arrivals/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def new_page(desk: AtDesk, again: FromQuery[str] = "", episode: FromQuery[str] = "") -> Template:
    """A form for somebody who has just arrived.

    `again` and `episode` name somebody whose arrival was taken back: it is recorded anew there.
    """
    villages = fields.villages(desk)
    only = villages[0][0] if len(villages) == 1 else ""
    form = Form(id=new_id(), arrived_at=typed_now(desk.now), village=only)
    if again and episode:
        form.given |= {"person": subject_id(again, "again"), "episode": fact_id(episode, "episode")}
    return _page(desk, form)


@post("/arrivals/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record the arrival; then to the person, with the standing and why."""
    form = Form(data)
    new = read(form, desk.now, dict(typed.origins(desk)), desk.township)
    if new is not None and form.sound:
        with form.trying():
            recorded = api.arrived(desk, new)
            return go(f"/arrivals/{recorded.person}?recorded=1")
    return _page(desk, form, status=422)


def read(form: Form, now: datetime, known: typed.Known, near: str) -> api.NewArrival | None:
    """What the form tells, or None and the problems at its fields, in the order of the page."""
    name, village = form.text("name", NO_NAME), form.text("village", NO_VILLAGE)
    temperature, phone = celsius(form, "celsius"), typed.phone(form)
    number, other = fields.id_number(form, "id_number", now)
    at = passed(form, "arrived_at", now) or now
    code, from_name = fields.origin(form, known, near)
    stays = fields.stays(form, known, near)
    if other:
        form.wrong(fields.BAD_ID_FORMAT, "id_number", count=len(other))
    if not form.sound:
        return None
    told = form.made(
        facts.ArrivalRecorded, name=name, arrived_at=at, from_area=code,
        from_name=from_name, id_number=number, phone=phone,
        address=form.text("address"), stays=stays, transport=form.text("transport"),
        celsius=temperature, emergency=form.text("emergency") == "yes",
    )  # fmt: skip
    if told is None:
        return None
    return api.NewArrival(
        area=village, arrival=told, id=form.text("id") or None,
        person=form.text("person") or None, episode=form.text("episode") or None,
    )  # fmt: skip


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    inside = ("stay_", "from_area", "transport", "address")
    more = any(value and name.startswith(inside) for name, value in form.given.items())
    return desk.page(
        "arrivals/new.html", status, form=form, villages=fields.villages(desk),
        origins=typed.origins(desk),
        rows=range(1, STAYS + 1), more=more,
    )  # fmt: skip


HANDLERS: list[Any] = [new_page, record]
