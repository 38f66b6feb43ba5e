"""Calls to people who are away: whom to call now, and what came of it."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect, Template

from tongxin.arrivals import api as arrivals
from tongxin.arrivals.calls import api, queries
from tongxin.arrivals.calls.facts import AwayCalled
from tongxin.arrivals.pages import fields
from tongxin.arrivals.pages.fields import NO_NAME, NO_VILLAGE
from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.registry import typed
from tongxin.registry.queries import in_force_at, packs_in_force

NO_RETURN_DAY = ProblemKind(
    "arrivals.no_return_day",
    422,
    zh="请填写打算哪天回来，大概也可以。",
    en="Fill in on which day they mean to come; roughly will do.",
)
NO_OUTCOME = ProblemKind(
    "arrivals.no_call_outcome",
    422,
    zh="请选择电话里怎么说，没打通也要选。",
    en="Choose what came of the call, also where nobody answered.",
)
# What the form says where nobody was called yet: an empty answer is no answer.
_NOTED: Final = "noted"
CALLED = says("arrivals.called", "已记录。", "Recorded.")
OUTCOMES: Final = {
    "returns": Text("要回来", "Means to come"), "stays": Text("不回来", "Stays there"),
    "unsure": Text("还没定", "Not sure"), "not_reached": Text("没打通", "Not reached"),
    "wrong_number": Text("号码不对", "Wrong number"), "refused": Text("不愿说", "Would not say"),
    "": Text("只登记，还没打", "Noted, not called yet"),
}  # fmt: skip
PAGE: Final = 50


@get("/calls", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_page(
    desk: AtDesk,
    village: FromQuery[str] = "",
    all_: Annotated[str, QueryParameter(name="all")] = "",
    page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Whom to call now, or all who are away."""
    after, everybody = (page - 1) * PAGE, all_ == "1"
    found = api.listed(desk, not everybody, village, PAGE, after)
    packs = packs_in_force(desk.connection, desk.township)
    return desk.page(
        "arrivals/calls.html", calls=found.calls, total=found.total, everybody=everybody,
        due=api.how_many(desk, due=True), known=api.how_many(desk, due=False),
        outcomes=OUTCOMES, village=village, page=page, first=after + 1,
        villages=fields.villages(desk, "arrivals.read"),
        rules=in_force_at(packs, desk.now).pack.calls if packs else None,
    )  # fmt: skip


@get("/calls/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def new_page(desk: AtDesk, person: FromQuery[str] = "", episode: FromQuery[str] = "") -> Template:
    """A form for a call; for a resident who is away, or somebody called before, what is known
    need not be typed.
    """
    return _page(desk, Form(id=new_id(), person=person, episode=episode))


@post("/calls/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record what came of a call."""
    form = Form(data)
    new = _of_resident(desk, form) if _is_first(form) else _read(desk, form)
    if new is not None and form.sound:
        with form.trying():
            if isinstance(new, api.NewCall):
                api.made(desk, new)
            else:
                api.resident_called(desk, form.text("person"), new)
            return go("/calls", CALLED)
    return _page(desk, form, 422)


@post("/calls/reveal", opt={"may": "arrivals.reveal"}, sync_to_thread=True)
def reveal(desk: AtDesk, data: Typed) -> Template:
    """The form for a call with the telephone to dial, once the look is recorded."""
    form = Form(data)
    row, may = _known(desk, form)
    reason = typed.look_reason(form)
    if not form.sound:
        return _page(desk, form, 422)
    fresh = Form(id=new_id(), person=form.text("person"), episode=form.text("episode"))
    shown = arrivals.looked(desk, row, reason, may, ("name", "phone", "address"))
    return _page(desk, fresh, revealed=shown)


def _known(desk: Desk, form: Form) -> tuple[queries.Row, str]:
    """What is known of whoever is called, and what it takes to see it unmasked.

    Before the first call that is what the registry knows.
    """
    if _is_first(form):
        return api.away(desk, form.text("person")), "registry.reveal"
    return api.found(desk, form.text("person"), form.text("episode")), "arrivals.reveal"


def _is_first(form: Form) -> bool:
    """Whether it is the first call to a resident whom the registry knows to be away."""
    return bool(form.text("person")) and not form.text("episode")


def _of_resident(desk: Desk, form: Form) -> api.ResidentCall | None:
    api.away(desk, form.text("person"))
    values: dict[str, Any] = {
        "outcome": form.text("outcome", NO_OUTCOME), "phone": typed.phone(form),
        "note": form.text("note"), "id": form.text("id") or None, "returns_on": _return_day(form),
    }  # fmt: skip
    return form.made(api.ResidentCall, **values) if form.sound else None


def _return_day(form: Form) -> datetime | None:
    """The day on which somebody means to come, which has to be told then."""
    if form.text("outcome") == "returns" and form.text("returns_on", NO_RETURN_DAY):
        return form.day("returns_on")
    return None


def _read(desk: Desk, form: Form) -> api.NewCall | None:
    outcome = form.text("outcome", NO_OUTCOME)
    if outcome == _NOTED and not form.text("person"):
        outcome = ""
    values: dict[str, Any] = {"called_at": desk.now, "outcome": outcome, "note": form.text("note")}
    person, episode = form.text("person"), form.text("episode")
    if person and episode:
        row = api.found(desk, person, episode)
        kept = ("name", "phone", "address", "away_area", "away_name")
        values |= {name: row[name] for name in kept}
        village = row["area"]
        values["phone"] = typed.phone(form) or row["phone"]
    else:
        code, place = fields.origin(form, dict(typed.origins(desk)), desk.township)
        village = form.text("village", NO_VILLAGE)
        values |= {
            "name": form.text("name", NO_NAME), "phone": typed.phone(form), "away_area": code,
            "away_name": place, "address": form.text("address"),
        }  # fmt: skip
    values["returns_on"] = _return_day(form)
    call = form.made(AwayCalled, **values) if form.sound else None
    if call is None:
        return None
    return api.NewCall(
        area=village, call=call, id=form.text("id") or None, person=person or None,
        episode=episode or None,
    )  # fmt: skip


def _page(
    desk: Desk, form: Form, status: int = 200, revealed: arrivals.Revealed | None = None
) -> Template:
    guest, may_reveal = None, False
    outcomes = [(value or _NOTED, title) for value, title in OUTCOMES.items()]
    if form.text("person"):
        outcomes = [each for each in outcomes if each[0] != _NOTED]  # he is noted already
        row, may = _known(desk, form)
        guest = (api.shown_uncalled if _is_first(form) else api.shown)(row, {})
        may_reveal = all(desk.remit.allows(each, row["area"]) for each in ("arrivals.reveal", may))
    known = {name: form.text(name) for name in ("person", "episode") if form.text(name)}
    return desk.page(
        "arrivals/call.html", status, form=form, guest=guest, outcomes=outcomes,
        villages=fields.villages(desk), origins=typed.origins(desk), may_reveal=may_reveal,
        revealed=revealed, here="/calls/new" + (f"?{urlencode(known)}" if known else ""),
    )  # fmt: skip


HANDLERS: list[Any] = [list_page, new_page, record, reveal]
