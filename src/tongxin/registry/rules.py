"""What follows from proposals. Pure.

A proposal is in force once somebody other than its proposer has approved it. What `tongxin init`
proposes needs no approval: nobody has signed in yet, and its default pack asks nothing of anyone.
"""

from collections.abc import Sequence

from msgspec import Struct

from tongxin.ledger.facts import INIT, Entry
from tongxin.ledger.kinds import Approved
from tongxin.policy.judgement import Plan
from tongxin.policy.pack import Pack
from tongxin.registry.facts import AreaProposed, PackProposed


class Proposal(Struct, frozen=True):
    """A proposal and who brought it into force, if anybody did."""

    entry: Entry
    approved_by: str | None
    in_force_seq: int | None


def proposal(entries: Sequence[Entry]) -> Proposal | None:
    """The proposal that a stream holds: its first, for each proposal is a subject of its own."""
    first = next((e for e in entries if isinstance(e.body, PackProposed | AreaProposed)), None)
    if first is None:
        return None
    if first.header.author == INIT:
        return Proposal(first, INIT, first.header.seq)
    for entry in entries:
        if isinstance(entry.body, Approved) and counts(entry, first):
            return Proposal(first, entry.header.author, entry.header.seq)
    return Proposal(first, None, None)


def counts(approval: Entry, proposed: Entry) -> bool:
    """Whether this approval is of that proposal, and by somebody else."""
    return (
        isinstance(approval.body, Approved)
        and approval.body.proposal == proposed.id
        and approval.header.author != proposed.header.author
    )


class Judged(Struct, frozen=True):
    """One episode: its entries, what follows from them, and the pack it keeps.

    `proposal` is the fact by which that pack came into force.
    """

    entries: tuple[Entry, ...]
    plan: Plan
    pack: Pack
    proposal: str
