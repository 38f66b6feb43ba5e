"""A judgement in sentences: why, until when, what is asked and owed, how to object."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct, structs

from tongxin.base.clock import ZONE
from tongxin.base.texts import Text
from tongxin.policy.clauses import DESIGN, Cited
from tongxin.policy.due import SWAB
from tongxin.policy.judgement import Judgement, Plan, Reason, Standing, StandingAt, Task
from tongxin.policy.pack import Pack
from tongxin.policy.standing import stopped


class Topic(StrEnum):
    """What a line is about; lines come in this order."""

    BRING = "bring"
    STANDING = "standing"
    WHY = "why"
    UNTIL = "until"
    ASKED = "asked"
    MISSED = "missed"
    OWED = "owed"
    OBJECT = "object"
    DOUBT = "doubt"
    PACK = "pack"


class Line(Struct, frozen=True):
    """One sentence with the facts behind it and its source, spelled out; empty where none is.

    `place` is where it is about; `places` are those to be answered about by name.
    """

    topic: Topic
    text: Text
    facts: tuple[str, ...] = ()
    clause: Text | None = None
    source: Text | None = None
    place: str = ""
    places: tuple[str, ...] = ()


WORDS = {
    Standing.UNJUDGED: Text("尚未判断", "Not judged yet"),
    Standing.EXPECTED: Text("预计到达", "Expected"),
    Standing.REGISTERED: Text("登记即可", "Registered, nothing further asked"),
    Standing.MONITORED: Text("监测中", "Being monitored"),
    Standing.HELD: Text("暂不解除", "Held: not released yet"),
    Standing.UNDETERMINED: Text("待询问", "To be asked about places of stay"),
    Standing.EXCEPTED: Text("例外", "Under an approved exception"),
    Standing.RELEASED: Text("已解除", "Released"),
}
COLOURS = {"yellow": Text("黄码", "yellow code"), "red": Text("红码", "red code")}

_STANDING = Text("现在：{word}（{label}）。", "Now: {word} ({label}).")
_UNTIL = Text("至{at}。", "Until {at}.")
_THROUGH = Text("至{day}24时。", "Through {day}.")
_IF_INSIDE = Text("答“到过”的，按“{possible}”处理。", "Whoever was there counts as: {possible}.")
_IF_SILENT = Text(
    "到那时仍没有答复的：不再追问，按“{label}”处理，并记明没有问过。",
    "Without an answer by then: asked no more, counts as “{label}”, and it is said that nobody "
    "asked.",
)
_NEVER_ASKED = Text(
    "{count} 个地方一直没有问过本人。", "Never asked about places by name: {count}."
)
_LATE = Text(
    "{label}：{due} 到期，{done} 才做，迟了。", "{label}: was due by {due}, done late at {done}."
)
_EXPECTED = Text("预计 {at} 到达。", "Expected at {at}.")
_UNTIL_HELD = Text(
    "何时结束还不能确定，要等上面的情况解决。",
    "The end is not known yet: what is named above must be settled first.",
)
_RELEASED = Text("已于 {at} 解除。", "Released at {at}.")
_NO_END = Text("没有期限：没有别的要求。", "There is no end, because nothing further is asked.")
_STILL_TO_DO = Text(
    "没有期限；还有要办的事，见下。", "There is no end; something is still to be done, see below."
)
_DOCTOR_FIRST = Text(
    "先由医生看过，没有问题以后再按下面的做。",
    "A doctor sees you first; what is said here is for when nothing was found.",
)
_DAYS_AHEAD = Text("到达后：{label} {days} 天。", "After you arrive: {label} for {days} days.")
_TESTS_AHEAD = Text("到达后：{label}。", "After you arrive: {label}.")
_CHECKS_AHEAD = Text(
    "到达后：每天测温 {count} 次。", "After you arrive: {count} temperatures a day."
)
_AS_PLANNED = Text("按计划到达的话，{end}", "If you come as planned: {end}")
_ASKED = Text("{label}：最迟 {due}。", "{label}: by {due}.")
_OVERDUE = Text("{label}：本应在 {due} 前完成，已逾期。", "{label}: was due by {due}, overdue.")
_CARER = Text("包保人员：{label}。", "Your carer: {label}.")
_QUESTION = Text(
    "请回答是否到过这 {count} 个地方。", "Please say whether you were in any of these: {count}."
)
_PACK = Text(
    "依据：{title}，第 {version} 版，指纹 {mark}。",
    "By: {title}, version {version}, fingerprint {mark}.",
)
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DESIGN = Text("本系统的设计选择，没有公开出处", "A choice of this program; no public source")


def explain(judgement: Judgement, pack: Pack) -> tuple[Line, ...]:
    """The lines of a judgement under `pack`, the pack that made it.

    `place` is an area code, or one with the declared name after `#`, for the page to spell out.
    """
    made, standing = judgement.plan, judgement.standing
    lines = [Line(Topic.STANDING, _standing(made, standing))]
    lines += [_because(reason, pack) for reason in _reasons(made, standing)]
    shown = [code.reason for code in made.codes if code.colour in standing.colours]
    lines += [_because(reason, pack) for reason in shown]
    lines += [Line(Topic.UNTIL, text) for text in _until(made, standing, pack)]
    lines += _asked(made, standing, pack)
    lines += _missed(made, standing, pack)
    if standing.word is not Standing.RELEASED:
        lines += _owed(made, pack)
    objection = made.objection
    source = source_of(objection.source, pack)
    lines.append(Line(Topic.OBJECT, objection.text, (), objection.clause, source))
    lines += [Line(Topic.DOUBT, doubt.text, doubt.facts) for doubt in made.contradictions]
    lines.append(Line(Topic.PACK, _pack(made, pack)))
    return tuple(lines)


def _owed(made: Plan, pack: Pack) -> list[Line]:
    promised = [
        Line(Topic.OWED, owed.text, (), owed.clause, source_of(owed.source, pack))
        for owed in made.owed
    ]
    return promised + [Line(Topic.OWED, _CARER.filled(label=each.label)) for each in made.team]


def source_of(source: str, pack: Pack) -> Text:
    """What a source's id stands for."""
    return _DESIGN if source == DESIGN else pack.sources[source].title


def spoken_instant(at: datetime) -> Text:
    """An instant in the township's civil time, to the minute."""
    local = at.astimezone(ZONE)
    clock = f"{local:%H:%M}"
    return Text(f"{local.year}年{local.month}月{local.day}日 {clock}", f"{local:%Y-%m-%d} {clock}")


def spoken_end(at: datetime) -> Text:
    """Until when, as people say it: where it ends with a day, by that last whole day."""
    local = at.astimezone(ZONE)
    if local.time() != time.min:
        return _UNTIL.filled(at=spoken_instant(at))
    last = local.date() - timedelta(days=1)
    zh = f"{last.year}年{last.month}月{last.day}日"
    return _THROUGH.filled(day=Text(zh, f"{last.day} {_MONTHS[last.month - 1]} {last.year}"))


def _standing(made: Plan, standing: StandingAt) -> Text:
    return _STANDING.filled(word=WORDS[standing.word], label=made.label)


def _reasons(made: Plan, standing: StandingAt) -> list[Reason]:
    """The word's own reasons first, then the plan's; each once."""
    kept: list[Reason] = []
    for reason in (*standing.because, *made.reasons):
        if reason not in kept:
            kept.append(reason)
    return kept


def _because(reason: Reason, pack: Pack, topic: Topic = Topic.WHY) -> Line:
    source = source_of(reason.source, pack)
    return Line(topic, reason.text, reason.facts, reason.clause, source, reason.place)


def _until(made: Plan, standing: StandingAt, pack: Pack) -> list[Text]:
    """Until when, and for the undetermined what follows then."""
    if standing.word is Standing.RELEASED and made.released_at is not None:
        return [_RELEASED.filled(at=spoken_instant(made.released_at))]
    if standing.until is not None and standing.word is Standing.EXPECTED:
        return [_EXPECTED.filled(at=spoken_instant(standing.until))]
    if standing.until is not None:
        said = [spoken_end(standing.until)]
        if standing.word is Standing.UNDETERMINED and made.possible is not None:
            possible = pack.categories[pack.rank[made.possible]].label
            said += [_IF_INSIDE.filled(possible=possible), _IF_SILENT.filled(label=made.label)]
        return said
    if standing.word is Standing.REGISTERED:
        return [_STILL_TO_DO if standing.open else _NO_END]
    return [_UNTIL_HELD]


def _asked(made: Plan, standing: StandingAt, pack: Pack) -> list[Line]:
    over = standing.word is Standing.RELEASED
    lines = [] if over else _mode(made, standing, pack)
    lines += _to_come(made, pack) if standing.word is Standing.EXPECTED else []
    if made.advice is not None and not over:
        # Advice is written for the healthy, and may be to live as usual.
        first = [Line(Topic.ASKED, _DOCTOR_FIRST)] if stopped(made, standing.now) else []
        lines += [*first, Line(Topic.ASKED, made.advice)]
    lines += [
        _task(task, standing, pack) for task in made.next_tasks if not _lapsed(task, standing)
    ]
    if made.questions and not _unanswered(made, standing):
        facts = tuple(dict.fromkeys(question.stay for question in made.questions))
        places = tuple(question.place for question in made.questions)
        text = _QUESTION.filled(count=len(places))
        lines.append(Line(Topic.ASKED, text, facts, places=places))
    return lines


def _mode(made: Plan, standing: StandingAt, pack: Pack) -> list[Line]:
    """What the stage asks: of somebody expected, the first that he will be in."""
    expected = made.stages[0] if standing.word is Standing.EXPECTED and made.stages else None
    stage = standing.stage or expected
    clause = pack.mode.get(stage.mode) if stage else None
    if clause is None:
        return []
    return [Line(Topic.ASKED, clause.text, (), clause.clause, source_of(clause.source, pack))]


def _to_come(made: Plan, pack: Pack) -> list[Line]:
    """What will be asked from the arrival on: tests and temperatures, of which no task exists yet,
    and how long it lasts for whoever comes as planned.
    """
    category = pack.categories[pack.rank[made.category]] if made.category else None
    if category is None:
        return []
    lines = []
    for stage in category.stages:
        text = _DAYS_AHEAD.filled(label=stage.label, days=stage.days)
        lines.append(_asked_by(text, stage, pack))
    if category.tests is not None:
        rule = pack.test_rule[category.tests]
        lines.append(_asked_by(_TESTS_AHEAD.filled(label=rule.label), rule, pack))
    if category.checks is not None:
        check = pack.check_rule[category.checks]
        text = _CHECKS_AHEAD.filled(count=check.temperature_per_day)
        lines.append(_asked_by(text, check, pack))
    if made.until is not None:
        lines.append(Line(Topic.ASKED, _AS_PLANNED.filled(end=spoken_end(made.until))))
    return lines


def _asked_by(text: Text, cited: Cited, pack: Pack) -> Line:
    return Line(Topic.ASKED, text, (), cited.clause, source_of(cited.source, pack))


def _unanswered(made: Plan, standing: StandingAt) -> bool:
    """Whether the time to answer is over and nobody did."""
    until = made.undetermined_until
    return bool(made.questions) and until is not None and standing.now >= until


def _missed(made: Plan, standing: StandingAt, pack: Pack) -> list[Line]:
    """What was not done in time, or not at all: said, whatever the standing."""
    lines = [_because(lack.reason, pack, Topic.MISSED) for lack in made.missed]
    if made.undetermined is not None and _unanswered(made, standing):
        text = _NEVER_ASKED.filled(count=len(made.questions))
        lines.append(_because(structs.replace(made.undetermined, text=text), pack, Topic.MISSED))
    for task in made.late_tasks:
        if task.done_at is not None:
            due, done = spoken_instant(task.due_at), spoken_instant(task.done_at)
            text = _LATE.filled(label=task.label, due=due, done=done)
            late = _late_rule(made, pack) if task.kind == SWAB else None
            text = Text(text.zh + late.zh, f"{text.en} {late.en}") if late else text
            said = structs.replace(task.reason, text=text, facts=(task.done_by or "",))
            lines.append(_because(said, pack, Topic.MISSED))
    return lines


def _late_rule(made: Plan, pack: Pack) -> Text | None:
    """What the pack says of a test that was taken too late."""
    category = pack.categories[pack.rank[made.category]] if made.category else None
    return pack.test_rule[category.tests].late if category and category.tests else None


def _lapsed(task: Task, standing: StandingAt) -> bool:
    return task.lapses_at is not None and standing.now >= task.lapses_at


def _task(task: Task, standing: StandingAt, pack: Pack) -> Line:
    text = _OVERDUE if task.overdue_at(standing.now) else _ASKED
    said = text.filled(label=task.label, due=spoken_instant(task.due_at))
    reason = task.reason
    source = source_of(reason.source, pack)
    return Line(Topic.ASKED, said, reason.facts, reason.clause, source)


def _pack(made: Plan, pack: Pack) -> Text:
    mark = Text(made.fingerprint[:12], made.fingerprint[:12])
    version = Text(str(made.version), str(made.version))
    return _PACK.filled(title=pack.pack.title, version=version, mark=mark)
