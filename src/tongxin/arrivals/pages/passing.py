"""The checkpoint at night: few fields, large targets, and what becomes of somebody in big words."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from tongxin.arrivals.checkpoints import queries as checkpoints
from tongxin.arrivals.comings import api as comings
from tongxin.arrivals.comings import queries
from tongxin.arrivals.comings.queries import View, Wanted
from tongxin.arrivals.declarations.api import found, judged_of
from tongxin.arrivals.doubts import api as doubts
from tongxin.arrivals.pages import fields
from tongxin.arrivals.pages.apart import apart
from tongxin.arrivals.pages.fields import NO_VILLAGE
from tongxin.arrivals.passages import api
from tongxin.arrivals.passages.facts import PassageRecorded
from tongxin.base.areas import Level
from tongxin.base.clock import day_of, to_ms
from tongxin.base.ids import new_id, subject_id
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go
from tongxin.registry import typed
from tongxin.registry.identity.queries import waits

BAD_TOWNSHIP = ProblemKind(
    "arrivals.bad_township",
    422,
    zh="目的地乡镇的代码是 9 位数字；不知道代码就只写名字。",
    en="A township's code has 9 digits; if you do not know it, write the name only.",
)
CODES: Final = {
    "green": Text("绿码", "Green"), "yellow": Text("黄码", "Yellow"), "red": Text("红码", "Red"),
    "none": Text("没有码", "No code"),
}  # fmt: skip
ITINERARIES: Final = {
    "clear": Text("没有风险地区", "No area at risk"), "areas": Text("有风险地区", "Areas at risk"),
    "none": Text("没有码", "No code"),
}  # fmt: skip
_SHOWN: Final = 12
# What stands for another township whose code nobody at the post knows.
_UNKNOWN_TOWNSHIP: Final = "100000000"


@get("/passages/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def new_page(
    desk: AtDesk,
    person: FromQuery[str] = "",
    episode: FromQuery[str] = "",
    near: FromQuery[str] = "",
    near_episode: FromQuery[str] = "",
    checkpoint: FromQuery[str] = "",
) -> Template:
    """A form for whoever stands at the post: expected, in the same vehicle, or quite unknown."""
    form = Form(id=new_id(), person=person, episode=episode, checkpoint=checkpoint)
    if near and near_episode:
        form.given |= _same_vehicle(desk, near, near_episode)
    return _page(desk, form)


@post("/passages/new", opt={"may": "arrivals.record"}, sync_to_thread=True)
def record(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Record one person at the post; then what becomes of him, in big words."""
    form = Form(data)
    new = read(form, desk)
    if new is not None and form.sound:
        with form.trying():
            (one,) = api.passed(desk, new)
            return go(f"/passages/{one.person}/{one.episode}")
    return _page(desk, form, 422)


@get("/passages/{person:str}/{episode:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def outcome_page(desk: AtDesk, person: FromPath[str], episode: FromPath[str]) -> Template:
    """What becomes of somebody at the post, why, and what comes next."""
    row = found(desk, person, episode)
    return desk.page(
        "arrivals/passed.html", coming=comings.shown(row, desk.now), told=api.told(desk, row),
        doubts=doubts.found(desk, person),
        waits=waits(desk.connection, desk.township, subject_id(person, "person")),
        together=queries.together(desk.remit, desk.connection, desk.township, row["party"]),
    )  # fmt: skip


def read(form: Form, desk: Desk) -> api.NewPassages | None:
    """What the form tells, or None and the problems at its fields."""
    emergency = form.text("emergency") == "yes"
    expected = bool(form.text("person"))
    found_code, elsewhere = typed.place(form, "bound_for_name", {}, desk.township)
    code = form.text("bound_for") or (found_code if len(found_code) == len(desk.township) else "")
    if code and (len(code) != len(desk.township) or not code.isdecimal()):
        form.wrong(BAD_TOWNSHIP, "bound_for")
    if code == desk.township:
        elsewhere, code = "", ""  # this one is no other
    bound_for = code or (_UNKNOWN_TOWNSHIP if elsewhere else "")
    village = form.text("village", None if emergency or bound_for or expected else NO_VILLAGE)
    if not form.text("name") and not emergency and not expected:
        form.wrong(api.NOBODY_NAMED, "name")
    values = _seen(form, desk) | {"emergency": emergency, "bound_for": bound_for}
    values["bound_for_name"] = elsewhere
    if not form.sound:
        return None
    body = form.made(PassageRecorded, **values)
    if body is None:
        return None
    one = api.OnePassage(
        passage=body, person=form.text("person") or None, episode=form.text("episode") or None
    )
    area = village or (_area_of(desk, form) if expected else _of_no_village(desk))
    return api.NewPassages(area=area, passages=[one], id=form.text("id") or None)


def _of_no_village(desk: Desk) -> str:
    """Where to tell of somebody in haste or bound for elsewhere: as widely as one may."""
    mine = desk.remit.inside(api.MAY, desk.township)
    return mine[0][: Level.VILLAGE] if mine else desk.township


def _seen(form: Form, desk: Desk) -> dict[str, Any]:
    """What was seen of one person; everything may be missing."""
    now = desk.now
    known = dict(typed.origins(desk))
    number, other = fields.id_number(form, "id_number", now)
    code, name = fields.origin(form, known, desk.township)
    sampled = fields.recent(form, "sampled_at", now)
    reported = fields.recent(form, "reported_at", now)
    shown = sampled or reported or form.text("positive") == "yes"
    certificate = {
        "sampled_at": sampled, "reported_at": reported, "positive": form.text("positive") == "yes"
    } if shown else None  # fmt: skip
    return {
        "name": form.text("name"), "passed_at": now, "checkpoint": form.text("checkpoint"),
        "party": form.text("party"), "plate": form.text("plate").upper(),
        "id_number": number, "other_document": other, "phone": typed.phone(form),
        "address": form.text("address"), "from_area": code, "from_name": name,
        "stays": fields.stays(form, known, desk.township), "health_code": form.text("health_code"),
        "itinerary": form.text("itinerary"), "certificate": certificate,
        "celsius": fields.celsius(form, "celsius"), "has_symptoms": form.text("ill") == "yes",
        "lives_here": {"yes": True, "no": False}.get(form.text("lives_here")),
    }  # fmt: skip


def _area_of(desk: Desk, form: Form) -> str:
    row = found(desk, form.text("person"), form.text("episode"))
    area: str = row["village"]
    return area


def _same_vehicle(desk: Desk, person: str, episode: str) -> dict[str, str]:
    """What the next person in the same vehicle shares with the one before."""
    row = found(desk, person, episode)
    seen = [
        (e.header.happened_at, e.id, e.body)
        for e in judged_of(desk, row).entries
        if isinstance(e.body, PassageRecorded)
    ]
    if not seen:
        return {}
    last = max(seen, key=lambda each: each[:2])[2]
    return {
        "party": last.party, "plate": last.plate, "village": row["village"],
        "origin": last.from_area, "from_name": last.from_name, "checkpoint": last.checkpoint,
        "bound_for": "" if last.bound_for == _UNKNOWN_TOWNSHIP else last.bound_for,
        "bound_for_name": last.bound_for_name, "address": last.address,
    }  # fmt: skip


def _page(desk: Desk, form: Form, status: int = 200) -> Template:
    posts = [
        post
        for post in checkpoints.checkpoints(desk.connection, desk.township)
        if post.closed_at is None
    ]
    if len(posts) == 1 and not form.text("checkpoint"):
        form.given["checkpoint"] = posts[0].id
    mine = next((post for post in posts if post.id == form.text("checkpoint")), None)
    villages = fields.villages(desk)
    if mine is not None:  # those that this post covers come first
        villages.sort(key=lambda option: option[0] not in mine.villages)
    guest = None
    if form.text("person"):
        guest = comings.shown(found(desk, form.text("person"), form.text("episode")), desk.now)
    elif len(villages) == 1:
        form.given.setdefault("village", villages[0][0])
    expected = _expected(desk, mine, guest is None)
    inside = ("stay_", "from_area", "address", "bound_for", "lives_here", "positive", "other")
    return desk.page(
        "arrivals/passing.html", status, form=form, villages=villages, guest=guest,
        origins=typed.origins(desk), rows=range(1, fields.STAYS + 1),
        posts=[(post.id, post.name) for post in posts], codes=list(CODES.items()),
        itineraries=list(ITINERARIES.items()), expected=expected, apart=apart(expected),
        more=any(value and name.startswith(inside) for name, value in form.given.items()),
    )  # fmt: skip


def _expected(desk: Desk, post: checkpoints.Post | None, wanted: bool) -> list[comings.Coming]:
    """Who is expected today, for a tap instead of typing; none once somebody is chosen."""
    if not wanted:
        return []
    narrowed = Wanted(
        view=View.EXPECTED, day=day_of(desk.now).isoformat(),
        villages=post.villages if post else (),
    )  # fmt: skip
    rows = queries.comings(
        desk.remit, desk.connection, desk.township, narrowed, to_ms(desk.now), _SHOWN
    )
    return [comings.shown(row, desk.now) for row in rows]


HANDLERS: list[Any] = [new_page, record, outcome_page]
