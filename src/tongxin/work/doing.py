"""Whether the word that a task was done counts: not before there was anything to do, and not
before it had happened. Pure.

What does not count stays on record, and whoever reads the judgement is told of it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from tongxin.base.clock import from_ms
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy import evidence
from tongxin.policy.due import REPORT
from tongxin.policy.judgement import Contradiction, Plan
from tongxin.work.facts import TaskDone, TaskOpened

_TOO_LATE: Final = Text(
    "有任务说在将来完成，不算完成，请核实时间。",
    "A task is said to have been done in the future: it does not count, check the time.",
)
_TOO_EARLY: Final = Text(
    "有任务说在它开始之前就完成了，不算完成，请核实时间。",
    "A task is said to have been done before it began: it does not count, check the time.",
)


def has_happened(done_at: datetime, entry: Entry) -> bool:
    """Whether what an entry says was done had happened when it came in."""
    return evidence.has_happened(done_at, from_ms(entry.header.recorded_at))


def first_done(task: str, opened_at: datetime, entries: Iterable[Entry]) -> Entry | None:
    """The first word that counts of a task which somebody asked for at `opened_at`."""
    told = [
        (e.body.done_at, e.id, e)
        for e in entries
        if isinstance(e.body, TaskDone)
        and e.body.task == task
        and opened_at <= e.body.done_at
        and has_happened(e.body.done_at, e)
    ]
    return min(told)[2] if told else None


def doubted(plan: Plan, entries: Collection[Entry]) -> Plan:
    """The plan of one episode, with a doubt for each kind of word that does not count."""
    by_id = sorted(entries, key=lambda e: e.id)
    said = [(e, e.body) for e in by_id if isinstance(e.body, TaskDone)]
    late = tuple(e.id for e, body in said if not has_happened(body.done_at, e))
    early = tuple(
        e.id
        for e, body in said
        if (from_ := _begins(body.task, plan, entries)) is not None and body.done_at < from_
    )
    both = ((_TOO_LATE, late), (_TOO_EARLY, early))
    found = [Contradiction(text, facts) for text, facts in both if facts]
    return replace(plan, contradictions=(*plan.contradictions, *found)) if found else plan


def _begins(task: str, plan: Plan, entries: Iterable[Entry]) -> datetime | None:
    """From when there was something to do: since it was asked, since what is to be reported, or
    since the arrival.
    """
    asked = [
        from_ms(e.header.happened_at)
        for e in entries
        if isinstance(e.body, TaskOpened) and e.body.task == task
    ]
    reported = [hold.since for hold in plan.holds if task.startswith(f"{REPORT}-{hold.kind}-")]
    return min(asked or reported, default=plan.begun_at)
