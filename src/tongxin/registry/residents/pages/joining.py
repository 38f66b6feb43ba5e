"""Somebody joins a household that is registered: to live there, or as its guest from elsewhere."""

from typing import Any

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from tongxin.base.ids import new_id
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry import typed
from tongxin.registry.choices import options
from tongxin.registry.households import api as households
from tongxin.registry.labels import NEEDS, RELATIONS, SEXES
from tongxin.registry.residents import api, facts

JOINED = says("registry.joined", "已登记。", "Registered.")


@get("/residents/new", opt={"may": "registry.record"}, sync_to_thread=True)
def new_page(desk: AtDesk, household: FromQuery[str], visitor: FromQuery[str] = "") -> Template:
    """The form for somebody who joins a household."""
    form = Form(id=new_id(), household=household, visitor="1" if visitor else "")
    return _page(desk, form)


@post("/residents/new", opt={"may": "registry.record"}, sync_to_thread=True)
def join(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record who joins."""
    form = Form(data)
    known = dict(typed.origins(desk))
    made = _visitor if form.text("visitor") else _member
    new = made(form, known, desk.township)
    if new is not None:
        with form.trying():
            household = form.text("household")
            api.joined(desk, household, new)
            return go(f"/households/{household}", JOINED)
    return _page(desk, form, 422)


def _member(form: Form, known: typed.Known, near: str) -> api.NewMember | None:
    told = {
        "name": form.text("name", typed.NO_NAME),
        "relation": typed.chosen(form, "relation", RELATIONS, "other"),
        "id_number": typed.id_number(form, "id_number"), "phone": typed.phone(form, "phone"),
        "sex": form.text("sex"), "born_on": typed.day(form, "born_on"),
        "needs": typed.needs(form, "needs"),
    }  # fmt: skip
    code, place = typed.place(form, "away_name", known, near)
    if not form.sound:
        return None
    away = facts.ResidentAway(to_area=code, to_name=place[:120]) if place else None
    member = form.made(households.NewMember, away=away, **told)
    return None if member is None else api.NewMember(member=member, id=form.text("id") or None)


def _visitor(form: Form, known: typed.Known, near: str) -> api.NewMember | None:
    code, words = typed.place(form, "from_area", known, near)
    told = {
        "name": form.text("name", typed.NO_NAME),
        "id_number": typed.id_number(form, "id_number"), "phone": typed.phone(form, "phone"),
        "sex": form.text("sex"), "from_area": code,
        "from_name": form.text("from_name") or words[:120],
        "reason": form.text("stay_reason"), "until": typed.day(form, "until"),
    }  # fmt: skip
    if not form.sound:
        return None
    visitor = form.made(api.NewVisitor, **told)
    return None if visitor is None else api.NewMember(visitor=visitor, id=form.text("id") or None)


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    household = households.found(desk, form.text("household"))
    return desk.page(
        "registry/resident_new.html", status, form=form, household=household,
        relations=options(RELATIONS), sexes=options(SEXES), needs=options(NEEDS),
        origins=typed.origins(desk), visitor=bool(form.text("visitor")),
    )  # fmt: skip


HANDLERS: list[Any] = [new_page, join]
