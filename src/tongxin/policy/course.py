"""The course of the days: what stops the clock, when each stage ends, when release is reached."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct, structs

from tongxin.base.clock import day_of, start_of
from tongxin.base.texts import Text
from tongxin.policy.clauses import Category, ReleaseClause, StageClause
from tongxin.policy.evidence import Observation, Swab, Symptom, Temperature, Told
from tongxin.policy.judgement import Hold, Lack, Reason, Stage
from tongxin.policy.pack import Pack
from tongxin.policy.swabs import Series, series_of

SYMPTOM, FEVER, POSITIVE = "symptom", "fever", "positive"

_DAY = timedelta(days=1)
_TEXTS = {
    SYMPTOM: Text(
        "有症状，计时停止，直到医生确认没有症状。",
        "There is a symptom: the clock stops until a doctor finds none.",
    ),
    FEVER: Text(
        "体温达到发热标准，计时停止，直到医生确认没有发热。",
        "The temperature is a fever: the clock stops until a doctor finds none.",
    ),
    POSITIVE: Text(
        "检测结果阳性，等待卫生院和疾控处理。",
        "A test was positive: the hospital and the CDC decide what follows.",
    ),
}
_MISSED = Text(
    "得知时规定的天数已经过完：期间的检测没有做，不再补。",
    "The days were over before this was known: the tests of those days were not taken, and are "
    "not made up for.",
)
_UNMEASURED = Text(
    "得知时规定的天数已经过完：期间没有测温，不再补。",
    "The days were over before this was known: no temperature was taken in them, and none is made "
    "up for.",
)
_LACKING = {
    "days_done": Text("规定天数未满。", "The days are not over."),
    "tests_negative": Text(
        "规定的检测还没有全部阴性。", "Not all tests asked for are negative yet."
    ),
    "no_symptom": Text("症状尚未消除。", "A symptom has not ended."),
}


class Clock(Struct, frozen=True):
    """From when days count: the day after `anchor` (`anchor_day` 0) or that very day (1)."""

    anchor: datetime
    anchor_day: int


class Span(Struct, frozen=True):
    """From when things count.

    `begun_at` is the arrival, `anchor` what the days count from, `tests_from` what tests do.
    `arrived_known_at` is since when the township could know of the arrival, `known_at` that the
    category applies, `asked_at` that a question must be asked: nothing is due before.
    """

    begun_at: datetime
    anchor: datetime
    tests_from: datetime
    arrived_known_at: datetime
    known_at: datetime
    asked_at: datetime


class Course(Struct, frozen=True):
    """The days of one person. `until` is None while the clock is stopped, or without stages.

    `missed`: what was not met while it could have been, where the days were over before anybody
    could know of them. It lacks no more.
    """

    stages: tuple[Stage, ...]
    until: datetime | None
    released_at: datetime | None
    lacking: tuple[Lack, ...]
    holds: tuple[Hold, ...]
    missed: tuple[Lack, ...] = ()


def holds_of(told: Told, pack: Pack, since: datetime) -> tuple[Hold, ...]:
    """What stops the clock after `since`, oldest first.

    A symptom or fever lasts until the first recovery found after it. A positive test lasts, and
    counts whenever it was taken: villages do not diagnose. What was recorded ahead of its instant
    stops the clock from then on: a wrong clock must not hide that somebody is ill.
    """
    every = (*told.symptoms, *told.temperatures, *told.swabs, *told.ahead)
    seen = [warning for one in every if (warning := _warning(one, pack.fever.celsius))]
    holds: list[Hold] = []
    for at, kind, fact in sorted(seen):
        ends = (found.at for found in told.recoveries if found.at >= at)
        ended = None if kind == POSITIVE else next(ends, None)
        if ended is None or ended > since:
            cited = pack.fever if kind == FEVER else pack.stops
            reason = Reason(_TEXTS[kind], (fact,), cited.clause, cited.source)
            holds.append(Hold(kind, at, ended, reason))
    return tuple(holds)


def _warning(one: Observation, hot: float) -> tuple[datetime, str, str] | None:
    """Since when this stops the clock, as what, and by which fact; None where it does not."""
    match one:
        case Symptom(seen_at=at):
            return at, SYMPTOM, one.fact
        case Temperature(taken_at=at, celsius=celsius) if celsius >= hot:
            return at, FEVER, one.fact
        case Swab(taken_at=at, positive=True):
            return at, POSITIVE, one.fact
    return None


def laid_out(
    pack: Pack, category: Category, told: Told, span: Span, holds: Sequence[Hold]
) -> tuple[Course, Series]:
    """The days and the tests that a category asks of this person."""
    clock = Clock(span.anchor, category.anchor_day)
    first_day = day_of(span.anchor) + _DAY * (1 - category.anchor_day)
    series = series_of(pack, category, told.swabs, first_day, span.tests_from, span.known_at)
    tested_at, known_at = series.tested_at, span.known_at
    course = course_of(
        category.stages, category.release, clock, holds, tested_at, span.begun_at, known_at
    )
    if category.checks is not None and _unmeasured(course, told, span):
        rule = pack.check_rule[category.checks]
        unmeasured = Lack("checks", Reason(_UNMEASURED, (), rule.clause, rule.source))
        course = structs.replace(course, missed=(*course.missed, unmeasured))
    return course, series


def _unmeasured(course: Course, told: Told, span: Span) -> bool:
    """Whether the days were over before they were known, and nobody measured in them."""
    until = course.until
    if until is None or until > span.known_at:
        return False
    return not any(span.anchor <= taken.taken_at < until for taken in told.temperatures)


def course_of(
    clauses: Sequence[StageClause],
    release: Sequence[ReleaseClause],
    clock: Clock,
    holds: Sequence[Hold],
    tested_at: datetime | None,
    begun_at: datetime,
    known_at: datetime,
) -> Course:
    """Lay the stages over the calendar. What stops the clock after the release changes nothing."""
    kept: list[Hold] = []
    course = _with_holds(clauses, release, clock, kept, tested_at, begun_at, known_at)
    for hold in holds:
        if course.released_at is not None and hold.since >= course.released_at:
            break
        kept.append(hold)
        course = _with_holds(clauses, release, clock, kept, tested_at, begun_at, known_at)
    return course


def _with_holds(
    clauses: Sequence[StageClause],
    release: Sequence[ReleaseClause],
    clock: Clock,
    holds: Sequence[Hold],
    tested_at: datetime | None,
    begun_at: datetime,
    known_at: datetime,
) -> Course:
    stages = stages_of(clauses, clock, holds)
    until = stages[-1].until if stages and len(stages) == len(clauses) else None
    recovered_at = max((h.until for h in holds if h.until is not None), default=begun_at)
    reached: dict[str, datetime | None] = {
        "days_done": until,
        "tests_negative": tested_at,
        "no_symptom": None if any(hold.until is None for hold in holds) else recovered_at,
    }
    released_at, lacking = released(release, reached, begun_at)
    over_at = _over_unknown(until, reached, known_at)
    missed: tuple[Lack, ...] = ()
    if over_at is not None and (released_at is None or over_at < released_at):
        missed = lacking or released(release, {**reached, "tests_negative": None}, begun_at)[1]
        missed = tuple(Lack(one.condition, _as_missed(one.reason)) for one in missed)
        released_at, lacking = over_at, ()
    if released_at is not None:
        stages = tuple(_cut(stage, released_at) for stage in stages if stage.from_ < released_at)
    return Course(stages, until, released_at, lacking, tuple(holds), missed)


def _over_unknown(
    until: datetime | None, reached: dict[str, datetime | None], known_at: datetime
) -> datetime | None:
    """When a period ends that was over before the township could know of it; else None.

    Nobody is kept for tests that he was not asked for in time. A symptom still keeps him.
    """
    well_at = reached["no_symptom"]
    if until is None or well_at is None or until > known_at:
        return None
    return max(known_at, well_at)


def _as_missed(reason: Reason) -> Reason:
    return Reason(_MISSED, reason.facts, reason.clause, reason.source)


def released(
    release: Sequence[ReleaseClause], reached: dict[str, datetime | None], begun_at: datetime
) -> tuple[datetime | None, tuple[Lack, ...]]:
    """The earliest instant at which all conditions of one way hold; else what the nearest lacks."""
    best: datetime | None = None
    nearest: tuple[Lack, ...] | None = None
    for way in release:
        instants = [reached[condition] for condition in way.all]
        met = [instant for instant in instants if instant is not None]
        if len(met) == len(instants):
            at = max(begun_at, *met)
            best = at if best is None else min(best, at)
        elif nearest is None or len(instants) - len(met) < len(nearest):
            nearest = tuple(
                Lack(condition, Reason(_LACKING[condition], (), way.clause, way.source))
                for condition in way.all
                if reached[condition] is None
            )
    return best, () if best is not None else nearest or ()


def _stopped(holds: Iterable[Hold], anchor: datetime) -> list[tuple[date, date | None]]:
    """The civil days on which the clock stands: first and last of each run, merged, in order."""
    runs: list[tuple[date, date | None]] = []
    spans = [(day_of(max(h.since, anchor)), h.until and day_of(h.until)) for h in holds]
    for first, last in sorted(spans, key=lambda span: (span[0], span[1] or date.max)):
        if runs and (runs[-1][1] is None or first <= runs[-1][1] + _DAY):
            before, end = runs[-1]
            runs[-1] = (before, None if end is None or last is None else max(end, last))
        else:
            runs.append((first, last))
    return runs


def stages_of(
    clauses: Sequence[StageClause], clock: Clock, holds: Sequence[Hold]
) -> tuple[Stage, ...]:
    """The stages in civil days, up to the first whose end is not known while the clock stands."""
    stopped = _stopped(holds, clock.anchor)
    stages: list[Stage] = []
    from_ = clock.anchor
    day = day_of(clock.anchor) + _DAY * (1 - clock.anchor_day)
    for clause in clauses:
        end = _after_days(day, clause.days, stopped)
        until = None if end is None else start_of(end)
        stages.append(Stage(clause.mode, from_, until, clause.days))
        if end is None or until is None:
            break
        day, from_ = end, until
    return tuple(stages)


def _after_days(day: date, days: int, stopped: list[tuple[date, date | None]]) -> date | None:
    """The day after `days` counted ones from `day` on; None if a run without end comes first."""
    left = days
    for first, last in stopped:
        if last is not None and last < day:
            continue
        free = max((first - day).days, 0)
        if free >= left:
            break
        if last is None:
            return None
        left, day = left - free, last + _DAY
    return day + left * _DAY


def _cut(stage: Stage, released_at: datetime) -> Stage:
    if stage.until is not None and stage.until <= released_at:
        return stage
    return Stage(stage.mode, stage.from_, released_at, stage.days)
