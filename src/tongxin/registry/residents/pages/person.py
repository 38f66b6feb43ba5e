"""One person of a household: at home or away, special needs, what happened; moving and leaving."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from msgspec import Struct

from tongxin.access.queries import names
from tongxin.base.problems import NOT_FOUND
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.ledger.facts import REGISTRATION, Entry
from tongxin.registry import typed
from tongxin.registry.choices import options
from tongxin.registry.households import queries as households
from tongxin.registry.identity.queries import waits
from tongxin.registry.labels import LEAVING, NEEDS, RELATIONS, SEXES
from tongxin.registry.residents import api, facts, queries, rules

_OF_VISITORS = ("visit_over",)
_NOT_OF_VISITORS = ("moved", "died")
TOLD = says("registry.person_told", "已记下。", "Recorded.")


class Event(Struct, frozen=True):
    """One thing that happened to somebody, as an inhabitant."""

    at: int
    what: Text
    who: str


@get("/residents/{person:str}", opt={"may": "registry.read"}, sync_to_thread=True)
def person_page(desk: AtDesk, person: FromPath[str]) -> Template:
    """One person."""
    return _page(desk, person, Form())


@post("/residents/{person:str}/away", opt={"may": "registry.record"}, sync_to_thread=True)
def go_away(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record that somebody is away."""
    form = Form(data)
    code, words = typed.place(form, "to_area", dict(typed.origins(desk)), desk.township)
    body = form.made(
        facts.ResidentAway, to_area=code, to_name=form.text("to_name") or words[:120],
        reason=form.text("away_reason"), back_by=typed.day(form, "back_by"),
    )  # fmt: skip
    return _told(desk, person, form, api.Happened(away=body))


@post("/residents/{person:str}/back", opt={"may": "registry.record"}, sync_to_thread=True)
def come_back(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record that somebody is at home again."""
    return _told(desk, person, Form(data), api.Happened(back=facts.ResidentBack()))


@post("/residents/{person:str}/needs", opt={"may": "registry.record"}, sync_to_thread=True)
def note_needs(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record what somebody needs: all of it."""
    form = Form(data)
    body = form.made(facts.NeedsNoted, needs=typed.needs(form, "needs"))
    return _told(desk, person, form, api.Happened(needs=body))


@post("/residents/{person:str}/left", opt={"may": "registry.record"}, sync_to_thread=True)
def leave(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record that somebody does not belong to the household any more."""
    form = Form(data)
    why = typed.chosen(form, "left_for", LEAVING)
    row = api.found(desk, person)
    body = form.made(facts.ResidentLeft, why=why) if form.sound else None
    if body is not None:
        with form.trying():
            api.told(desk, person, api.Happened(left=body))
            return go(f"/households/{row['household']}", TOLD)
    return _page(desk, person, form, 422)


@post("/residents/{person:str}/correct", opt={"may": "registry.record"}, sync_to_thread=True)
def correct(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Tell who somebody is anew: what is left empty stays as it was."""
    form = Form(data)
    row = api.found(desk, person)
    stream = desk.stream(row["subject"])
    before = None if stream is None else rules.resident(stream.entries)
    if before is None:
        raise NOT_FOUND()
    told = before.told
    given = {
        "name": form.text("name") or told.name,
        "id_number": typed.id_number(form, "id_number") or told.id_number,
        "phone": typed.phone(form, "phone") or told.phone,
        "household": form.text("household") or told.household,
    }
    if isinstance(told, facts.ResidentRegistered):
        relation = form.text("relation") or told.relation
        body = form.made(
            facts.ResidentRegistered, relation=relation, sex=told.sex, born_on=told.born_on,
            **given,
        )  # fmt: skip
        return _told(desk, person, form, api.Happened(registered=body))
    hosted = form.made(
        facts.VisitorHosted, sex=told.sex, from_area=told.from_area, from_name=told.from_name,
        reason=told.reason, until=typed.day(form, "until") or told.until, **given,
    )  # fmt: skip
    return _told(desk, person, form, api.Happened(hosted=hosted))


def _told(desk: Desk, person: str, form: Form, happened: api.Happened) -> Template | Redirect:
    if form.sound:
        with form.trying():
            api.told(desk, person, happened)
            return go(f"/residents/{person}", TOLD)
    return _page(desk, person, form, 422)


def _page(desk: Desk, person: str, form: Form, status: int = 200) -> Template:
    row = api.found(desk, person)
    at_desk = desk.remit, desk.connection, desk.township
    door = households.household_of(*at_desk, row["household"])
    shown = api.shown(row, desk.now)
    form.given.setdefault("needs", list(shown.needs))
    return desk.page(
        "registry/resident.html", status, form=form, person=shown, door=door,
        may_record=desk.remit.allows("registry.record", row["area"]), needs=NEEDS,
        need_options=options(NEEDS), relations=RELATIONS, relation_options=options(RELATIONS),
        sexes=SEXES, leaving=options(LEAVING, _NOT_OF_VISITORS if shown.visitor else _OF_VISITORS),
        waits=waits(desk.connection, desk.township, row["subject"]),
        origins=typed.origins(desk), events=_events(desk, row), came=_came(desk, row),
    )  # fmt: skip


def _events(desk: Desk, row: queries.Row) -> list[Event]:
    """What was recorded of somebody as an inhabitant, the latest first."""
    stream = desk.stream(row["subject"])
    if stream is None:
        raise NOT_FOUND()
    named = names(desk.connection, desk.township)
    return [
        Event(
            entry.when[0], _what(entry, desk.store.rulebook.kinds[entry.header.kind].title),
            named.get(entry.header.author, ""),
        )
        for entry in sorted(stream.entries, key=lambda e: e.when, reverse=True)
        if entry.header.purpose == REGISTRATION
    ]  # fmt: skip


def _what(entry: Entry, title: Text) -> Text:
    """What a fact says, in words; without more, what its kind is called."""
    match entry.body:
        case facts.ResidentAway(to_name=place):
            known = place or "?"
            return Text(f"外出：{known}", f"Away: {known}")
        case facts.NeedsNoted(needs=noted):
            named = [NEEDS[need] for need in noted]
            zh = "、".join(label.zh for label in named) or "没有"
            return Text(f"特殊需要：{zh}", "Needs: " + (", ".join(n.en for n in named) or "none"))
    return title


def _came(desk: Desk, row: queries.Row) -> bool:
    """Whether there is a journey to look at too, and the asker may."""
    called = desk.called([row["subject"]])
    return row["subject"] in called and desk.remit.allows("arrivals.read", row["area"])


HANDLERS: list[Any] = [person_page, go_away, come_back, note_needs, leave, correct]
