"""What time alone brings about: daily heads, alarms; lists that nobody fetched and journeys whose
day has come are forgotten.

Each is recorded under an id made of the instant it was due, so that ticking twice, or in two
processes, records it once; after days of being off it is recorded as of those instants.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.arrivals.queries import to_forget
from tongxin.arrivals.retention import forget_at
from tongxin.base.areas import AreaCode, village_of
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import id_at
from tongxin.catalogue import plans
from tongxin.installation import Installation, townships
from tongxin.intake.staging import Staging
from tongxin.ledger import heads
from tongxin.ledger.facts import CLOCK, EPISODE, Door, Draft, Outcome, Stream
from tongxin.ledger.kinds import HeadSigned
from tongxin.ledger.leaps import waits_until
from tongxin.ledger.sealing import Signer
from tongxin.ledger.wire import authored
from tongxin.work.facts import TASK_OVERDUE, TaskOverdue
from tongxin.work.queries import unalarmed

_AT_ONCE: Final = 200
_MOST_FORGOTTEN: Final = 500


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
    # People of whom a journey was forgotten, because its day has come.
    forgotten: int = 0
    # Until when nobody is forgotten, because the clock went on by more than a day at once.
    waits_until: datetime | None = None

    @property
    def nothing(self) -> bool:
        """Whether there was nothing to do."""
        done = self.heads or self.alarms or self.keys_destroyed or self.lists or self.forgotten
        return not done


def tick(installation: Installation, now: datetime) -> list[Ticked]:
    """Record all that time has brought about up to `now`, in each township."""
    installation.database.keep_statistics()
    installation.store.go_on()
    named = townships(installation.database)
    waits = waits_until(installation.database, now)
    done = [_tick(installation, township, now, waits) for township in named]
    # The last, for it may have to wait for whoever holds a file open: heads and alarms must not.
    left = [installation.forgetting.finish(township) for township in named]
    return [
        replace(each, keys_destroyed=finished.keys, log_emptied=finished.log_emptied)
        for each, finished in zip(done, left, strict=True)
    ]


def _tick(
    installation: Installation, township: str, now: datetime, waits: datetime | None
) -> Ticked:
    days = _sign_heads(installation, township, now)
    alarms = _raise_alarms(installation, township, now)
    lists = Staging(installation.store, township).forget_old(now)
    forgotten = 0 if waits else _forget(installation, township, now)
    return Ticked(township, days, alarms, 0, lists=lists, forgotten=forgotten, waits_until=waits)


def _forget(installation: Installation, township: str, now: datetime) -> int:
    """Forget the journeys whose day has come: how many people's.

    So many in one tick, for heads and alarms must not wait for the first tick after months of
    being off. What is due is judged once more in the transaction that forgets it.
    """

    def due(records: Sequence[Stream], context: Any) -> set[str]:
        return {
            entry.header.purpose
            for judged in plans(records, context).values()
            if (day := forget_at(judged)) is not None and day <= now
            for entry in judged.entries
        }

    with installation.database.reading() as connection:
        people = to_forget(connection, township, to_ms(now), _MOST_FORGOTTEN)
    forgetting = installation.forgetting
    return sum(forgetting.forget_due(township, person, due, now) for person in people)


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
