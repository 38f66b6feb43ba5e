"""One person on screen: where he stands and why, until when, what is asked and owed, what happened.

Nothing here sets a standing: what can be recorded are observations, and the rules judge them.
"""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct

from tongxin.arrivals import api, facts, queries
from tongxin.arrivals.pages.asking import Group, by_level
from tongxin.arrivals.pages.fields import celsius, passed
from tongxin.arrivals.pages.records import kept, numbered
from tongxin.arrivals.pages.timeline import events
from tongxin.base.clock import from_ms
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says, typed_now
from tongxin.ledger.clusters import lead_of
from tongxin.policy.explain import Topic
from tongxin.registry.corrections import SEES
from tongxin.registry.identity import deciding
from tongxin.registry.identity.queries import waits
from tongxin.registry.queries import area_of
from tongxin.registry.rules import Judged
from tongxin.work import queries as work
from tongxin.work.rules import PROVED_BY, Urgency, urgency

NO_CELSIUS = ProblemKind(
    "arrivals.no_celsius", 422, zh="请填写体温，例如 36.5。", en="Fill in the temperature, as 36.5."
)
NO_RESULT = ProblemKind(
    "arrivals.no_result", 422, zh="请选择阴性或阳性。", en="Choose negative or positive."
)
NO_LOOK_REASON = ProblemKind(
    "arrivals.no_look_reason",
    422,
    zh="请选择或写明查看原因（至少 4 个字）。",
    en="Choose or write why you look (4 characters at least).",
)
TICKED_AND_NONE = ProblemKind(
    "arrivals.ticked_and_none",
    422,
    zh="勾选了地方，又说都没到过。请取消勾选，或点“勾选的到过”。",
    en="Places are ticked, and none is said too. Untick them, or say that the ticked ones it was.",
)
NOTHING_TICKED = ProblemKind(
    "arrivals.nothing_ticked",
    422,
    zh="没有勾选地方。都没到过的，请点“都没到过”。",
    en="No place is ticked. If the person was in none, say “In none of them”.",
)
OBSERVED = says(
    "arrivals.observed",
    "已记录，已按规则重新判断。",
    "Recorded, and judged again by the rules.",
)
NO_PART_REASON = ProblemKind(
    "arrivals.no_part_reason",
    422,
    zh="请写明根据什么认定（至少 4 个字），不要写姓名。",
    en="Say what it is found by (4 characters at least). Name nobody.",
)
NO_RECORD = ProblemKind(
    "arrivals.no_record_chosen", 422, zh="请选择哪一份记录。", en="Choose which record."
)
PARTED = says(
    "arrivals.parted",
    "已认定为不同的人：记录各自判断，数字分别计算。",
    "Found to be different people: each record is judged and counted by itself.",
)
SYMPTOM = says(
    "arrivals.symptom",
    "已记录。监测天数暂停计算，已生成报告任务。请马上告诉村医。",
    "Recorded. The days stop counting and a task to report was made. Tell the doctor now.",
    kind="held",
)


class Shown(Struct, frozen=True):
    """One episode as the page shows it."""

    journey: api.Journey
    lines: dict[str, list[api.Line]]
    pack: str
    questions: list[Group]
    lookback_days: int
    tasks: list[dict[str, Any]]


@get("/arrivals/{person:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def person_page(
    desk: AtDesk, person: FromPath[str], recorded: FromQuery[str] = ""
) -> Template | Redirect:
    """One person; any record that is one with others leads to the first of them."""
    subject = subject_id(person, "person")
    lead = lead_of(desk.connection, desk.township, subject)
    if lead != subject and area_of(desk.remit, SEES, desk.connection, desk.township, lead):
        return go(f"/arrivals/{lead}" + ("?recorded=1" if recorded == "1" else ""))
    return _page(desk, person, Form(), recorded=recorded == "1")


@post("/arrivals/{person:str}/reveal", opt={"may": "arrivals.reveal"}, sync_to_thread=True)
def reveal(desk: AtDesk, person: FromPath[str], data: Typed) -> Template:
    """The same page with the masked fields shown, once the look is recorded."""
    form = Form(data)
    reason = form.text("reason_told") or form.text("reason")
    if len(reason) < 4:
        form.wrong(NO_LOOK_REASON, "reason")
        return _page(desk, person, form, status=422)
    return _page(desk, person, form, revealed=api.revealed(desk, person, reason[:200]))


@post("/arrivals/{person:str}/temperature", opt={"may": "arrivals.record"}, sync_to_thread=True)
def take_temperature(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record a temperature."""
    form = Form(data)
    value = celsius(form, "celsius")
    if value is None and form.sound:
        form.wrong(NO_CELSIUS, "celsius")
    at = passed(form, "taken_at", desk.now) or desk.now
    body = (
        form.made(facts.TemperatureTaken, celsius=value, taken_at=at)
        if value is not None and form.sound
        else None
    )
    seen = api.Observed(form.text("episode"), temperature=body)
    return _observed(desk, person, form, seen)


@post("/arrivals/{person:str}/swab", opt={"may": "arrivals.record"}, sync_to_thread=True)
def result_swab(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record a test result."""
    form = Form(data)
    result = form.text("result", NO_RESULT)
    at = passed(form, "swab_at", desk.now) or desk.now
    body = (
        form.made(facts.SwabResulted, taken_at=at, positive=result == "positive")
        if form.sound
        else None
    )
    return _observed(desk, person, form, api.Observed(form.text("episode"), swab=body))


@post("/arrivals/{person:str}/symptom", opt={"may": "arrivals.record"}, sync_to_thread=True)
def see_symptom(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record that a symptom was seen."""
    form = Form(data)
    at = passed(form, "seen_at", desk.now) or desk.now
    body = form.made(facts.SymptomSeen, seen_at=at) if form.sound else None
    seen = api.Observed(form.text("episode"), symptom=body)
    return _observed(desk, person, form, seen, SYMPTOM)


@post("/arrivals/{person:str}/recovery", opt={"may": "arrivals.recover"}, sync_to_thread=True)
def find_recovery(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record that a doctor found no symptom any more."""
    form = Form(data)
    at = passed(form, "found_at", desk.now) or desk.now
    body = form.made(facts.RecoveryFound, found_at=at) if form.sound else None
    return _observed(desk, person, form, api.Observed(form.text("episode"), recovery=body))


@post("/arrivals/{person:str}/answer", opt={"may": "arrivals.record"}, sync_to_thread=True)
def answer_places(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Record in which of the places that somebody was asked about he was, all in one go."""
    form = Form(data)
    asked, inside = form.several("asked"), form.several("inside")
    none = form.text("none") == "yes"
    if none and inside:
        form.wrong(TICKED_AND_NONE, "inside")
    elif not none and not inside:
        form.wrong(NOTHING_TICKED, "inside")
    body = form.made(facts.PlacesAnswered, asked=asked, inside=inside) if form.sound else None
    return _observed(desk, person, form, api.Observed(form.text("episode"), answers=body))


@post("/arrivals/{person:str}/part", opt={"may": "people.join"}, sync_to_thread=True)
def part(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Decide that one of the records that are one is somebody else's."""
    form = Form(data)
    record, reason = form.text("record", NO_RECORD), form.text("reason")
    if len(reason) < 4:
        form.wrong(NO_PART_REASON, "reason")
    if form.sound:
        with form.trying():
            deciding.part(desk, subject_id(person), subject_id(record, "record"), reason[:400])
    if form.sound:
        return go(f"/arrivals/{person}", PARTED)
    return _page(desk, person, form, status=422)


def _observed(
    desk: Desk, person: str, form: Form, seen: api.Observed, said: str = OBSERVED
) -> Template | Redirect:
    if form.sound:
        with form.trying():
            api.observed(desk, person, seen)
            return go(f"/arrivals/{person}", said)
    return _page(desk, person, form, status=422)


def _page(desk: Desk, person: str, form: Form, status: int = 200, **more: Any) -> Template:
    subject = subject_id(person, "person")
    rows = queries.journeys_of(desk.remit, desk.connection, desk.township, subject)
    if not rows:
        return _emptied(desk, subject, form, status)
    records = desk.records(subject)
    judged = desk.judged(records)
    subject = rows[0]["subject"]
    tasks = _tasks(desk, subject)
    titles = {task["task"]: task["title"] for task in tasks}
    episodes = [_shown(desk, row, judged, tasks) for row in rows]
    told = events(desk, records, titles, rows[0]["area"])
    preset = {name: typed_now(desk.now) for name in ("taken_at", "swab_at", "seen_at")}
    form.given = preset | form.given
    return desk.page(
        "arrivals/person.html", status, form=form, person=subject, episodes=episodes,
        newest=episodes[0], events=told, proved_by=PROVED_BY,
        told_here={event.id for event in told}, here=f"/arrivals/{subject}",
        waits=waits(desk.connection, desk.township, subject), kept=kept(records),
        bonds=numbered(desk, records) if len(records) > 1 else [],
        **({"recorded": False, "revealed": None} | more),
    )  # fmt: skip


def _emptied(desk: Desk, subject: str, form: Form, status: int) -> Template:
    """Somebody all of whose arrivals were taken back: what is left is what happened."""
    area = area_of(desk.remit, SEES, desk.connection, desk.township, subject)
    records = desk.records(subject) if area else []
    if area is None or not any(stream.struck for stream in records):
        raise NOT_FOUND()
    return desk.page(
        "arrivals/emptied.html", status, form=form, person=subject, area=area,
        events=events(desk, records, {}, area), here=f"/arrivals/{subject}",
    )  # fmt: skip


def _shown(
    desk: Desk, row: queries.Row, judged: Mapping[str, Judged], tasks: list[dict[str, Any]]
) -> Shown:
    journey = api.shown(row, desk.now)
    mine = {row["episode"]: judged[row["episode"]]}
    (told,) = api.explanations(mine, desk.now)
    lines: dict[str, list[api.Line]] = {topic.value: [] for topic in Topic}
    for line in told.lines:
        lines[line.topic].append(line)
    one = mine[row["episode"]]
    questions = by_level(one.plan.questions, one.pack)
    own = [task for task in tasks if task["episode"] == row["episode"]]
    days = one.pack.areas.lookback_days
    return Shown(journey, lines, told.pack, questions, days, own)


def _tasks(desk: Desk, person: str) -> list[dict[str, Any]]:
    """The person's tasks that still are, or were, owed; with how urgent each is."""
    found = []
    for row in work.tasks_of(desk.remit, desk.connection, desk.township, person):
        done = None if row["done_at"] is None else from_ms(row["done_at"])
        lapses = None if row["lapses_at"] is None else from_ms(row["lapses_at"])
        state = urgency(desk.now, from_ms(row["opens_at"]), from_ms(row["due_at"]), lapses, done)
        if state is not Urgency.LAPSED:
            title = Text(row["title_zh"], row["title_en"])
            found.append({**row, "state": state.value, "title": title})
    return found


HANDLERS: list[Any] = [
    person_page, reveal, take_temperature, result_swab, see_symptom, find_recovery,
    answer_places, part,
]  # fmt: skip
