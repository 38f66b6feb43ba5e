"""Moving open cases to another pack: by a recorded, approved fact, and from then on. Pure.

A journey keeps the pack of its first fact. A move says otherwise for the journeys of one pack that
are still open when it comes into force: who is released stays released. Nothing that the other
pack asks is due before the move.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tongxin.base.clock import from_ms
from tongxin.base.texts import Text
from tongxin.ledger.facts import Entry
from tongxin.policy.clauses import DESIGN
from tongxin.policy.explain import spoken_instant
from tongxin.policy.judgement import Plan, Reason, Standing
from tongxin.policy.pack import Pack
from tongxin.policy.standing import standing_at
from tongxin.registry.facts import CasesMoveProposed
from tongxin.registry.rules import PackInForce, decided

# What follows under a pack; nothing is due before the instant, where one is given.
Judge = Callable[[PackInForce, datetime | None], Plan]

_MOVED: Final = Text(
    "{at} 起改按“{new}”第 {new_version} 版判断，此前按“{old}”第 {old_version} 版。",
    "Judged by “{new}”, version {new_version}, from {at} on; before that by “{old}”, version "
    "{old_version}.",
)
_CLAUSE: Final = Text(
    "在管人员改按新规则须写明理由，先看影响，由第二人批准。",
    "Open cases are moved to other rules with a reason, after a preview, by two people.",
)


class Move(Struct, frozen=True):
    """Open cases of the pack `from_pack` are judged by `to_pack` (proposals) from `at` on."""

    proposal: str
    from_pack: str
    to_pack: str
    seq: int
    at: datetime


def moves_in_force(entries: Iterable[Entry]) -> tuple[Move, ...]:
    """Every move that has come into force, in that order."""
    found = [
        Move(made.entry.id, body.from_pack, body.to_pack, made.in_force_seq, from_ms(at))
        for made in decided(entries)
        if made.in_force_seq is not None
        and (at := made.in_force_at) is not None
        and isinstance(body := made.entry.body, CasesMoveProposed)
    ]
    return tuple(sorted(found, key=lambda move: move.seq))


def moved(
    first: PackInForce,
    began_seq: int,
    packs: Sequence[PackInForce],
    moves: Sequence[Move],
    judge: Judge,
) -> tuple[PackInForce, Plan]:
    """The pack by which a journey is judged that began under `first`, and what follows under it."""
    by, plan = first, judge(first, None)
    known = {pack.proposal: pack for pack in packs}
    for move in moves:
        to = known.get(move.to_pack)
        if to is None or to.seq > move.seq or move.seq < began_seq:
            continue
        if move.from_pack == by.proposal and is_open(plan, by.pack, move.at):
            by, plan = to, _told(judge(to, move.at), move, by.pack, to.pack)
    return by, plan


def is_open(plan: Plan, pack: Pack, at: datetime) -> bool:
    """Whether a case is one that a move at `at` concerns: not released, and not registered so long
    ago that the pack no longer looks there.
    """
    word = standing_at(plan, at).word
    if word is Standing.REGISTERED:
        since = at - timedelta(days=pack.areas.lookback_days)
        return plan.begun_at is not None and plan.begun_at >= since
    return word is not Standing.RELEASED


def _told(plan: Plan, move: Move, old: Pack, new: Pack) -> Plan:
    text = _MOVED.filled(
        at=spoken_instant(move.at), new=new.pack.title, new_version=new.pack.version,
        old=old.pack.title, old_version=old.pack.version,
    )  # fmt: skip
    reason = Reason(text, (move.proposal,), _CLAUSE, DESIGN)
    return replace(plan, reasons=(*plan.reasons, reason))
