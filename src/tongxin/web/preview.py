"""Whose standing a proposal would change, before anybody approves it. Nothing is recorded here."""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.arrivals import queries
from tongxin.base import masking
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.catalogue import Context, plans
from tongxin.ledger import opening
from tongxin.ledger.store import Store
from tongxin.policy.engine import standing_at
from tongxin.policy.judgement import Plan
from tongxin.policy.situation import RiskArea, Situation
from tongxin.registry.facts import AreaProposed

# As many changes as a page lists; all of them are counted.
LISTED: Final = 200


class Change(Struct, frozen=True):
    """How one journey's standing would change. `state` and `mode` are as in lists of journeys."""

    person: str
    name: str
    area: str
    before: "Stand"
    after: "Stand"


class Stand(Struct, frozen=True):
    """Where a journey stands, by which category, until when."""

    standing: str
    mode: str
    label: Text
    until: datetime | None


class Preview(Struct, frozen=True):
    """How many would be judged again, how many of their journeys would stand otherwise, and how.

    `changes` holds the first of those that the asker may read about.
    """

    touched: int
    changed: int
    changes: list[Change]
    fresh_tasks: int


def of_area(
    store: Store,
    connection: Connection,
    remit: Remit,
    township: str,
    context: Context,
    proposed: AreaProposed,
    now: datetime,
) -> Preview:
    """What declaring this area would change at `now`; those in the remit are listed by name."""
    area = RiskArea(
        "proposal", proposed.code, proposed.level, proposed.from_, proposed.until,
        name=proposed.name,
    )  # fmt: skip
    widened = msgspec.structs.replace(
        context, situation=Situation((*context.situation.areas, area))
    )
    codes = {each.pack.reach(area.code) for each in context.packs}
    people = [row[0] for row in connection.execute(queries.touched_by(township, codes).distinct())]
    changes: list[Change] = []
    touched = changed = fresh = 0
    for chunk in opening.in_chunks(people):
        named = queries.names_of(remit, connection, township, chunk)
        found = opening.streams(connection, store.keys, store.rulebook.kinds, township, chunk)
        for person, stream in found.items():
            touched += 1
            was, will = plans(stream, context), plans(stream, widened)
            for episode, judged in will.items():
                before, after = _stand(was[episode].plan, now), _stand(judged.plan, now)
                fresh += len(_owed(judged.plan) - _owed(was[episode].plan))
                if before == after:
                    continue
                changed += 1
                row = named.get(person)
                if len(changes) < LISTED and row and remit.allows("arrivals.read", row["area"]):
                    changes.append(
                        Change(person, masking.name(row["name"]), row["area"], before, after)
                    )
    return Preview(touched, changed, changes, fresh)


def _stand(plan: Plan, now: datetime) -> Stand:
    standing = standing_at(plan, now)
    mode = standing.stage.mode if standing.stage else ""
    return Stand(standing.word.value, mode, plan.label, standing.until)


def _owed(plan: Plan) -> set[str]:
    return {task.key for task in plan.next_tasks}
