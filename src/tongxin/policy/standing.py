"""Where a plan stands at an instant: nothing but comparisons."""

from collections.abc import Sequence
from datetime import datetime

from tongxin.base.texts import Text
from tongxin.policy.clauses import DESIGN
from tongxin.policy.codes import colours_at
from tongxin.policy.judgement import Excepted, Plan, Reason, Stage, Standing, StandingAt

_EXCEPTION = Text("已批准例外：{reason}", "An exception was approved: {reason}")
_EXCEPTION_CLAUSE = Text(
    "例外须写明理由和期限，并由第二人批准。",
    "An exception has a reason and an end, and a second person approves it.",
)

_Word = tuple[Standing, datetime | None, tuple[Reason, ...]]


def standing_at(made: Plan, now: datetime) -> StandingAt:
    """Where `made` stands at `now`, with what is open and what is overdue."""
    word, until, because = _before_the_course(made, now) or _in_the_course(made, now)
    open_ = tuple(task for task in made.tasks if task.open_at(now))
    return StandingAt(
        word=word,
        now=now,
        stage=_stage(made.stages, now),
        until=until,
        colours=colours_at(made, now),
        open=open_,
        overdue=tuple(task for task in open_ if task.overdue_at(now)),
        because=because,
    )


def _before_the_course(made: Plan, now: datetime) -> _Word | None:
    """The words that outweigh the course of the days."""
    if made.category is None:
        return Standing.UNJUDGED, None, made.reasons
    if made.provisional:
        return Standing.EXPECTED, made.begun_at, made.reasons
    if made.stages and (ill := stopped(made, now)):
        return Standing.HELD, None, ill
    if made.undetermined is not None:
        until = made.undetermined_until
        if until is None or now < until:
            return Standing.UNDETERMINED, until, (made.undetermined,)
    return None


def stopped(made: Plan, now: datetime) -> tuple[Reason, ...]:
    """Symptom, fever or positive test that has not ended: told whatever the word is."""
    return tuple(
        hold.reason
        for hold in made.holds
        if hold.since <= now and (hold.until is None or now < hold.until)
    )


def _in_the_course(made: Plan, now: datetime) -> _Word:
    excepted = [one for one in made.excepted if one.from_ <= now < one.until]
    if excepted:
        until = max(one.until for one in excepted)
        return Standing.EXCEPTED, until, tuple(_by_exception(one) for one in excepted)
    if not made.stages:
        return Standing.REGISTERED, None, (*stopped(made, now), *made.reasons)
    if made.released_at is not None and now >= made.released_at:
        return Standing.RELEASED, None, made.reasons
    if made.until is not None and now >= made.until:
        # Nothing lacks where a later fact has settled it since: then the plan's reasons must do.
        return Standing.HELD, None, tuple(one.reason for one in made.lacking) or made.reasons
    return Standing.MONITORED, made.released_at or made.until, made.reasons


def _by_exception(one: Excepted) -> Reason:
    return Reason(_EXCEPTION.filled(reason=one.reason), (one.fact,), _EXCEPTION_CLAUSE, DESIGN)


def _stage(stages: Sequence[Stage], now: datetime) -> Stage | None:
    for stage in stages:
        if stage.from_ <= now and (stage.until is None or now < stage.until):
            return stage
    return None
