"""What time alone brings about: daily heads, alarms, lists that nobody fetched are forgotten; and
from which day somebody may be forgotten.

Each is recorded under an id made of the instant it was due, so that ticking twice, or in two
processes, records it once; after days of being off it is recorded as of those instants.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import day_of, from_ms, start_of, to_ms
from tongxin.base.ids import id_at
from tongxin.installation import Installation, townships
from tongxin.intake.staging import Staging
from tongxin.ledger import heads
from tongxin.ledger.facts import CLOCK, EPISODE, Door, Draft, Outcome
from tongxin.ledger.kinds import HeadSigned
from tongxin.ledger.sealing import Signer
from tongxin.ledger.wire import authored
from tongxin.policy.judgement import Plan
from tongxin.policy.pack import Pack
from tongxin.work.facts import TASK_OVERDUE, TaskOverdue
from tongxin.work.queries import unalarmed

_AT_ONCE: Final = 200


class Ticked(Struct, frozen=True):
    """What one tick brought about in a township: days whose head was signed, alarms, keys gone.

    `lists` are those that nobody imported or fetched, and that were forgotten.
    """

    township: str
    heads: tuple[str, ...]
    alarms: int
    keys_destroyed: int
    # Whether deleted rows are out of the database's log; else the next tick tries again.
    log_emptied: bool = True
    lists: int = 0

    @property
    def nothing(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.heads or self.alarms or self.keys_destroyed or self.lists)


def tick(installation: Installation, now: datetime) -> list[Ticked]:
    """Record all that time has brought about up to `now`, in each township."""
    installation.database.keep_statistics()
    installation.store.go_on()
    named = townships(installation.database)
    done = [_tick(installation, township, now) for township in named]
    # The last, for it may have to wait for whoever holds a file open: heads and alarms must not.
    left = [installation.forgetting.finish(township) for township in named]
    return [
        replace(each, keys_destroyed=finished.keys, log_emptied=finished.log_emptied)
        for each, finished in zip(done, left, strict=True)
    ]


def forget_at(plan: Plan, pack: Pack) -> datetime | None:
    """The instant from which an episode may be forgotten without anybody's approval.

    `retention.days` of its pack, counted in civil days from its end: the release, or the arrival
    where nothing further was asked. None while the end is not known.
    """
    ended = plan.released_at if plan.stages else plan.begun_at
    if ended is None or (plan.undetermined is not None and plan.undetermined_until is None):
        return None
    if plan.undetermined_until is not None:
        ended = max(ended, plan.undetermined_until)
    return start_of(day_of(ended) + timedelta(days=pack.retention.days + 1))


def _tick(installation: Installation, township: str, now: datetime) -> Ticked:
    days = _sign_heads(installation, township, now)
    alarms = _raise_alarms(installation, township, now)
    lists = Staging(installation.store, township).forget_old(now)
    return Ticked(township, days, alarms, 0, lists=lists)


def _sign_heads(installation: Installation, township: str, now: datetime) -> tuple[str, ...]:
    with installation.database.reading() as connection:
        drafts = heads.due(connection, installation.keys, township, now)
    verdicts = installation.store.record(drafts, now) if drafts else []
    return tuple(
        draft.body.day
        for draft, verdict in zip(drafts, verdicts, strict=True)
        if verdict.outcome is Outcome.RECORDED and isinstance(draft.body, HeadSigned)
    )


def _raise_alarms(installation: Installation, township: str, now: datetime) -> int:
    """An alarm for each late task; again while alarms bring further late tasks to light."""
    raised = 0
    while True:
        with installation.database.reading() as connection:
            rows = unalarmed(connection, township, to_ms(now), _AT_ONCE)
        if not rows:
            return raised
        signer = installation.keys.signer(township, now)
        drafts = [_alarm(signer, township, row) for row in rows]
        verdicts = installation.store.record(drafts, now)
        recorded = sum(verdict.outcome is Outcome.RECORDED for verdict in verdicts)
        if not recorded:
            return raised  # another process is raising them
        raised += recorded


def _alarm(signer: Signer, township: str, row: Mapping[str, Any]) -> Draft:
    due_at = from_ms(row["due_at"])
    return authored(
        signer, TASK_OVERDUE, TaskOverdue(task=row["task"], due_at=due_at), township=township,
        id=id_at(due_at, row["subject"], row["episode"], row["task"], "overdue"),
        subject=row["subject"], purpose=f"{EPISODE}:{row['episode']}",
        area=village_of(AreaCode(row["area"])), author=CLOCK, happened_at=due_at,
        door=Door.CLOCK,
    )  # fmt: skip
