"""What follows from proposals. Pure.

A proposal is in force once somebody other than its proposer has approved it. What `tongxin init`
proposes needs no approval: nobody has signed in yet, and its default pack asks nothing of anyone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import kind_of
from tongxin.ledger.facts import INIT, Entry
from tongxin.ledger.kinds import Approved
from tongxin.policy.judgement import Plan
from tongxin.policy.pack import Pack
from tongxin.policy.reading import read_pack
from tongxin.policy.situation import RiskArea
from tongxin.registry.facts import (
    AreaProposed,
    CasesMoveProposed,
    PackProposed,
    RiskListKept,
    RiskListProposed,
    RiskListTold,
)

_PROPOSALS = PackProposed | AreaProposed | RiskListTold | CasesMoveProposed


class PackInForce(Struct, frozen=True):
    """A pack, since which record it is in force, and from which instant (milliseconds)."""

    pack: Pack
    proposal: str
    seq: int
    in_force_from: int


class AreaInForce(Struct, frozen=True):
    """An area that was declared by itself, and since which record that is in force."""

    area: RiskArea
    seq: int


class ListInForce(Struct, frozen=True):
    """A national list, and since which record and instant it is in force."""

    proposal: str
    body: RiskListTold
    seq: int
    known_at: datetime | None = None


class Proposal(Struct, frozen=True):
    """A proposal and who brought it into force, if anybody did; `in_force_at` in milliseconds."""

    entry: Entry
    approved_by: str | None
    in_force_seq: int | None
    in_force_at: int | None = None


def proposal(entries: Sequence[Entry]) -> Proposal | None:
    """The proposal that a stream holds: its first, for each proposal is a subject of its own."""
    first = next((e for e in entries if isinstance(e.body, _PROPOSALS)), None)
    if first is None:
        return None
    if first.header.author == INIT:
        return Proposal(first, INIT, first.header.seq, first.header.recorded_at)
    for entry in entries:
        if isinstance(entry.body, Approved) and counts(entry, first):
            return Proposal(first, entry.header.author, entry.header.seq, entry.header.recorded_at)
    return Proposal(first, None, None)


def counts(approval: Entry, proposed: Entry) -> bool:
    """Whether this approval is of that proposal, and by somebody else."""
    return (
        isinstance(approval.body, Approved)
        and approval.body.proposal == proposed.id
        and approval.header.author != proposed.header.author
    )


@lru_cache(maxsize=64)
def pack_of(text: str) -> Pack:
    """The pack of this text, which was found sound when it was proposed."""
    return read_pack(text.encode(), "ledger")


def packs_in_force(entries: Iterable[Entry]) -> tuple[PackInForce, ...]:
    """Every pack that has come into force, in that order; `entries` may tell of others too."""
    found = [
        PackInForce(pack_of(body.text), made.entry.id, made.in_force_seq, to_ms(body.in_force_from))
        for made in decided(entries)
        if made.in_force_seq is not None and isinstance(body := made.entry.body, PackProposed)
    ]
    return tuple(sorted(found, key=lambda pack: pack.seq))


def areas_in_force(entries: Iterable[Entry]) -> tuple[AreaInForce, ...]:
    """Every area that was declared by itself and has come into force, past ones included."""
    return tuple(
        AreaInForce(
            RiskArea(
                made.entry.id, body.code, body.level, body.from_, body.until, name=body.name,
                known_at=_known_at(made),
            ),
            made.in_force_seq,
        )
        for made in decided(entries)
        if made.in_force_seq is not None and isinstance(body := made.entry.body, AreaProposed)
    )  # fmt: skip


def lists_in_force(entries: Iterable[Entry]) -> tuple[ListInForce, ...]:
    """Every list of areas at risk that has come into force."""
    return tuple(
        ListInForce(made.entry.id, body, made.in_force_seq, _known_at(made))
        for made in decided(entries)
        if made.in_force_seq is not None
        and isinstance(body := made.entry.body, RiskListProposed | RiskListKept)
    )


def _known_at(made: Proposal) -> datetime | None:
    return None if made.in_force_at is None else from_ms(made.in_force_at)


def decided(entries: Iterable[Entry]) -> list[Proposal]:
    """Every proposal among these facts, with what became of it."""
    told: dict[str, list[Entry]] = {}
    for entry in entries:
        if kind_of(entry.header.subject) == "proposal":
            told.setdefault(entry.header.subject, []).append(entry)
    return [made for mine in told.values() if (made := proposal(mine)) is not None]


class Judged(Struct, frozen=True):
    """One episode: its entries, what follows from them, and the pack it keeps.

    `proposal` is the fact by which that pack came into force.
    """

    entries: tuple[Entry, ...]
    plan: Plan
    pack: Pack
    proposal: str
