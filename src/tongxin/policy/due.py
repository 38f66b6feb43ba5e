"""What is to be done: for each kind of task those done, and the next. Never all of a schedule."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import structs

from tongxin.base.clock import ZONE, day_of
from tongxin.base.texts import Text
from tongxin.policy.asking import QUESTION, Asking
from tongxin.policy.choice import Choice
from tongxin.policy.clauses import CheckRule, Deadline, Slot
from tongxin.policy.course import Course, Span
from tongxin.policy.evidence import Done, Temperature, Told
from tongxin.policy.judgement import Hold, Reason, Task
from tongxin.policy.pack import Pack
from tongxin.policy.swabs import Series

REGISTER, REPORT, SWAB, TEMPERATURE = "register", "report", "swab", "temperature"

_DAY = timedelta(days=1)
_SWAB = Text("核酸检测，第 {number} 次", "Test number {number}")
_SWAB_LABELS = {n: _SWAB.filled(number=n) for n in range(1, 32)}
_SWAB_TEXT = Text("按规定检测。", "A test is due under the rule.")
_TEMPERATURE = Text("测体温（{slot}）", "Temperature ({slot})")
_TEMPERATURE_TEXT = Text("监测期间每天测体温。", "Temperatures are taken every day meanwhile.")
_DUTY_TEXT = Text("得知后须在时限内完成。", "To be done within the deadline once known.")
_QUESTION_TEXT = Text(
    "停留的县只有部分地方有风险，须逐个点名询问。",
    "Only parts of the place of stay are at risk: ask about each by name.",
)


def tasks_of(
    pack: Pack,
    choice: Choice,
    told: Told,
    span: Span,
    course: Course,
    series: Series,
    holds: Sequence[Hold],
    asking: Asking,
) -> tuple[Task, ...]:
    """All done tasks and the next of each kind, in order of kind and time.

    What would lapse before the township could know of it is not asked.
    """
    category = choice.category
    tasks = _duties(pack, choice, told, span, course)
    tasks += _questions(pack, told, span, asking)
    tasks += _reports(pack, told, holds)
    if category.tests is not None:
        rule = pack.test_rule[category.tests]
        tasks += _swabs(series, Reason(_SWAB_TEXT, (), rule.clause, rule.source), course)
    elif series.asked:
        stage = next(stage for stage in category.stages if stage.tests)
        tasks += _swabs(series, Reason(_SWAB_TEXT, (), stage.clause, stage.source), course)
    if category.checks is not None:
        tasks += _temperatures(pack.check_rule[category.checks], told, span, course)
    return tuple(
        task
        for task in tasks
        if task.done_by is not None or task.lapses_at is None or task.lapses_at > span.known_at
    )


def slot_of(rule: CheckRule, moment: datetime) -> tuple[date, Slot]:
    """The slot that `moment` belongs to: it lasts until the next one opens, past midnight too."""
    local = moment.astimezone(ZONE)
    clock = local.time()
    for slot in reversed(rule.slots):
        if slot.opens <= clock:
            return local.date(), slot
    return local.date() - _DAY, rule.slots[-1]


def _duties(pack: Pack, choice: Choice, told: Told, span: Span, course: Course) -> list[Task]:
    """A duty done before the category was known to apply is asked again, until the release.

    Registering is not: once is enough, and it stays owed.
    """
    tasks = []
    for name in choice.category.duties:
        since = span.known_at
        anew = name != REGISTER and since > span.arrived_known_at
        # Nothing was to be done before anybody came, whatever somebody says.
        from_ = since if anew else span.begun_at
        done = next((d for d in told.done if d.task == name and d.at >= from_), None)
        if name == REGISTER:
            since = span.arrived_known_at
        task = _by_deadline(pack.deadline[name], name, since, done, ())
        if name != REGISTER and course.released_at is not None:
            task = structs.replace(task, lapses_at=course.released_at)
        tasks.append(task)
    return tasks


def _questions(pack: Pack, told: Told, span: Span, asking: Asking) -> list[Task]:
    """One task for all places: it is owed until an answer no longer matters."""
    if asking.questions:
        deadline = pack.deadline[QUESTION]
        facts = tuple(sorted({question.stay for question in asking.questions}))
        task = _by_deadline(deadline, QUESTION, span.asked_at, None, facts)
        reason = structs.replace(task.reason, text=_QUESTION_TEXT)
        return [structs.replace(task, reason=reason, lapses_at=asking.until)]
    if told.answers:
        last = told.answers[-1]
        done = Done(last.fact, QUESTION, last.at)
        return [_by_deadline(pack.deadline[QUESTION], QUESTION, span.asked_at, done, ())]
    return []


def _reports(pack: Pack, told: Told, holds: Sequence[Hold]) -> list[Task]:
    """One report for each kind and civil day of what stops the clock."""
    first: dict[str, tuple[Hold, datetime]] = {}
    for hold in holds:
        key = f"{REPORT}-{hold.kind}-{day_of(hold.since)}"
        known_at = min(told.known_at(fact, hold.since) for fact in hold.reason.facts)
        earliest, since = first.get(key, (hold, known_at))
        first[key] = earliest, min(since, known_at)
    tasks: list[Task] = []
    for key, (hold, since) in first.items():
        done = next((d for d in told.done if d.task == key and d.at >= hold.since), None)
        if done is not None or not any(task.done_by is None for task in tasks):
            facts = hold.reason.facts
            task = _by_deadline(pack.deadline[REPORT], key, since, done, facts)
            tasks.append(structs.replace(task, kind=REPORT))
    return tasks


def _by_deadline(
    deadline: Deadline, key: str, since: datetime, done: Done | None, facts: tuple[str, ...]
) -> Task:
    return Task(
        key=key,
        kind=key,
        label=deadline.label,
        opens_at=since,
        due_at=since + timedelta(hours=deadline.hours),
        reason=Reason(_DUTY_TEXT, facts, deadline.clause, deadline.source),
        done_by=done.fact if done else None,
        done_at=done.at if done else None,
    )


def _swabs(series: Series, reason: Reason, course: Course) -> list[Task]:
    """A test that could only be taken after the release is not asked."""
    tasks = []
    for asked in series.asked:
        swab, lapses_at = asked.swab, course.released_at
        if swab is None and lapses_at is not None and asked.opens_at >= lapses_at:
            continue
        tasks.append(
            Task(
                key=f"{SWAB}-{asked.number}",
                kind=SWAB,
                label=_SWAB_LABELS.get(asked.number) or _SWAB.filled(number=asked.number),
                opens_at=asked.opens_at,
                due_at=asked.due_at,
                reason=reason,
                done_by=swab.fact if swab else None,
                done_at=swab.taken_at if swab else None,
                lapses_at=lapses_at,
            )
        )
    return tasks


def _temperatures(rule: CheckRule, told: Told, span: Span, course: Course) -> list[Task]:
    """Slots from when the category was known until the days are over or the release.

    A temperature at the checkpoint by night does no slot of the day before the arrival.
    """
    ends_at = course.released_at or course.until
    done: dict[tuple[date, str], tuple[Slot, Temperature]] = {}
    for taken in told.temperatures:
        day, slot = slot_of(rule, taken.taken_at)
        before = _at(day, slot.due) <= span.begun_at
        if not before and (ends_at is None or taken.taken_at < ends_at):
            done.setdefault((day, slot.id), (slot, taken))
    reason = Reason(_TEMPERATURE_TEXT, (), rule.clause, rule.source)
    tasks = [
        _temperature(day, slot, reason, ends_at, taken) for (day, _), (slot, taken) in done.items()
    ]
    if done:
        day, last = next(reversed(done))
        following = _after(rule, day, last)
    else:
        following = _first(rule, max(span.known_at, span.anchor))
    task = _temperature(*following, reason, ends_at, None)
    if ends_at is None or task.opens_at < ends_at:
        tasks.append(task)
    return tasks


def _temperature(
    day: date,
    slot: Slot,
    reason: Reason,
    ends_at: datetime | None,
    taken: Temperature | None,
) -> Task:
    return Task(
        key=f"{TEMPERATURE}-{day}-{slot.id}",
        kind=TEMPERATURE,
        label=_temperature_label(slot),
        opens_at=_at(day, slot.opens),
        due_at=_at(day, slot.due),
        reason=reason,
        done_by=taken.fact if taken else None,
        done_at=taken.taken_at if taken else None,
        lapses_at=ends_at,
    )


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZONE)


def _temperature_label(slot: Slot) -> Text:
    return _TEMPERATURE.filled(slot=slot.label)


def _after(rule: CheckRule, day: date, last: str) -> tuple[date, Slot]:
    index = next(i for i, slot in enumerate(rule.slots) if slot.id == last) + 1
    return (day, rule.slots[index]) if index < len(rule.slots) else (day + _DAY, rule.slots[0])


def _first(rule: CheckRule, since: datetime) -> tuple[date, Slot]:
    """The first slot that is not over at `since`."""
    local = since.astimezone(ZONE)
    for slot in rule.slots:
        if slot.due > local.time():
            return local.date(), slot
    return local.date() + _DAY, rule.slots[0]
