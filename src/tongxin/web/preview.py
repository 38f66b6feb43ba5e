"""Whose standing differs between two contexts: before a proposal is approved, or since it was.

Worked out for a part of the people at a time, so that no request takes long however many a list
touches. Nothing is recorded here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.arrivals import queries
from tongxin.base import masking
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.catalogue import Context, moved_between, plans, touched_between
from tongxin.ledger import opening
from tongxin.ledger.clusters import clusters_of
from tongxin.ledger.facts import Stream
from tongxin.ledger.store import Store
from tongxin.policy.engine import standing_at
from tongxin.policy.judgement import Plan
from tongxin.policy.situation import RiskArea, Situation
from tongxin.registry.facts import AreaProposed, CasesMoveProposed, RiskListTold
from tongxin.registry.moving import Move
from tongxin.registry.risklists.remembered import situation
from tongxin.registry.rules import ListInForce

# As many people as are compared for one answer: a fraction of a second.
AT_ONCE: Final = 500
# Later in the chain than all that is recorded.
_LAST: Final = 2**62


class Compared(Struct, frozen=True):
    """Two contexts to hold against each other. `until_seq`: facts recorded later do not count."""

    before: Context
    after: Context
    until_seq: int | None = None


class Stand(Struct, frozen=True):
    """Where a journey stands, by which category, until when."""

    standing: str
    mode: str
    label: Text
    until: datetime | None


class Change(Struct, frozen=True):
    """How one journey's standing changes. `state` and `mode` are as in lists of journeys."""

    person: str
    episode: str
    name: str
    area: str
    before: Stand
    after: Stand


class Preview(Struct, frozen=True):
    """What a part of the touched people comes to.

    `touched`: all whom the change may concern; `compared`: those of this part; `changed`: how many
    of their journeys stand otherwise; `changes`: those of them that the asker may read about;
    `fresh_tasks`: how many tasks they have more; `next`: where the next part begins, or empty.
    """

    touched: int
    compared: int
    changed: int
    changes: list[Change]
    fresh_tasks: int
    next: str


def of_area(context: Context, proposed: AreaProposed) -> Compared:
    """Without and with an area that somebody proposes."""
    area = RiskArea(
        "proposal", proposed.code, proposed.level, proposed.from_, proposed.until,
        name=proposed.name,
    )  # fmt: skip
    return Compared(context, _with(context, context.situation.together([area])))


def of_list(context: Context, proposal: str, body: RiskListTold, now: datetime) -> Compared:
    """Without and with a list: as of now, or as of the record that brought it into force."""
    mine = next((one for one in context.lists if one.proposal == proposal), None)
    if mine is None:
        # As if known since this hour began, so that what is worked out serves for all of it.
        hour = now.replace(minute=0, second=0, microsecond=0)
        added = (*context.lists, ListInForce(proposal, body, 0, hour))
        return Compared(context, _with(context, situation(added, context.areas)))
    before, after = (
        situation(
            [one for one in context.lists if one.seq < seq],
            [each for each in context.areas if each.seq < seq],
        )
        for seq in (mine.seq, mine.seq + 1)
    )
    return Compared(_with(context, before), _with(context, after), mine.seq)


def of_move(context: Context, proposal: str, body: CasesMoveProposed, now: datetime) -> Compared:
    """Without and with open cases moved to another pack now."""
    move = Move(proposal, body.from_pack, body.to_pack, _LAST, now)
    after = msgspec.structs.replace(context, moves=(*context.moves, move))
    return Compared(context, after)


def _with(context: Context, other: Situation) -> Context:
    return msgspec.structs.replace(context, situation=other)


def compare(
    store: Store,
    connection: Connection,
    remit: Remit,
    township: str,
    compared: Compared,
    now: datetime,
    after: str = "",
    most: int = AT_ONCE,
    *,
    only_mine: bool = False,
) -> Preview:
    """What changes at `now` for the next people after `after`; those in the remit by name.

    `only_mine` leaves everybody else out: of the counts, too.
    """
    people = (
        touched_of(remit, connection, township, compared)
        if only_mine
        else touched(connection, township, compared)
    )
    part = [person for person in people if person > after][:most]
    changes: list[Change] = []
    changed = fresh = 0
    for chunk in opening.in_chunks(part):
        named = queries.names_of(remit, connection, township, chunk)
        for records in clusters_of(connection, store.keys, store.rulebook.kinds, township, chunk):
            person = records[0].subject
            row = named.get(person)
            may_read = row is not None and remit.allows("arrivals.read", row["area"])
            for episode, before, will, more in _differences(records, compared, now):
                fresh += more
                if before == will:
                    continue
                changed += 1
                if row and may_read:
                    name = masking.name(row["name"])
                    changes.append(Change(person, episode, name, row["area"], before, will))
    more_to_come = bool(part) and part[-1] != people[-1]
    return Preview(
        len(people), len(part), changed, changes, fresh, part[-1] if more_to_come else ""
    )


def together(one: Preview, more: Preview) -> Preview:
    """A part of a preview and the part that follows it."""
    return Preview(
        more.touched, one.compared + more.compared, one.changed + more.changed,
        one.changes + more.changes, one.fresh_tasks + more.fresh_tasks, more.next,
    )  # fmt: skip


def touched(connection: Connection, township: str, compared: Compared) -> list[str]:
    """Everybody whom the difference may concern, by subject."""
    before, after = compared.before.situation, compared.after.situation
    found: set[str] = set()
    statements = touched_between(township, before, after, compared.after.packs)
    statements += moved_between(township, compared.before.moves, compared.after.moves)
    for statement in statements:
        found.update(connection.scalars(statement))
    return sorted(found)


def touched_of(
    remit: Remit, connection: Connection, township: str, compared: Compared
) -> list[str]:
    """Those of the touched about whom the asker may read."""
    people = touched(connection, township, compared)
    mine: set[str] = set()
    for chunk in opening.in_chunks(people):
        named = queries.names_of(remit, connection, township, chunk)
        mine.update(who for who, row in named.items() if remit.allows("arrivals.read", row["area"]))
    return [person for person in people if person in mine]


def _differences(
    records: Sequence[Stream], compared: Compared, now: datetime
) -> list[tuple[str, Stand, Stand, int]]:
    """Each journey by its episode: where it stood, where it stands, how many tasks it has more."""
    told = [_until(stream, compared.until_seq) for stream in records]
    was, will = plans(told, compared.before), plans(told, compared.after)
    return [
        (
            episode,
            _stand(was[episode].plan, now),
            _stand(judged.plan, now),
            len(_owed(judged.plan) - _owed(was[episode].plan)),
        )
        for episode, judged in will.items()
    ]


def _until(stream: Stream, seq: int | None) -> Stream:
    """The stream as it was when record number `seq` was made."""
    if seq is None:
        return stream
    kept = tuple(entry for entry in stream.entries if entry.header.seq < seq)
    return msgspec.structs.replace(stream, entries=kept)


def _stand(plan: Plan, now: datetime) -> Stand:
    standing = standing_at(plan, now)
    mode = standing.stage.mode if standing.stage else ""
    return Stand(standing.word.value, mode, plan.label, standing.until)


def _owed(plan: Plan) -> set[str]:
    return {task.key for task in plan.next_tasks}
