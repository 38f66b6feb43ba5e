"""Taking a fact back: which facts of a stream count, and which no longer do. Pure.

A mistaken fact stays in the ledger and in the timeline; the rules no longer see it. Its author may
take it back alone while it is fresh; otherwise somebody proposes it and an independent second
person approves. Neither can itself be taken back: what was right after all is recorded again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tongxin.ledger.facts import CLOCK, OFFICE, Entry, Row, Struck
from tongxin.ledger.kinds import Approved, TakenBack, TakingBackProposed

ALONE_HOURS: Final = 24
"""For so long an author takes back alone what he recorded, by the server's clock.

Slips are noticed on the same day or at the next morning's check; what stood longer others have
acted on. This is a choice of the program's design, and no number of any law.
"""
_ALONE_MS: Final = ALONE_HOURS * 3_600_000


def divided(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Struck, ...]]:
    """The entries that count, and those that were taken back; both in the order given."""
    if not any(_speaks(entry) for entry in entries):
        return tuple(entries), ()
    struck = {each.entry.id: each for each in _struck(entries)}
    kept = tuple(entry for entry in entries if entry.id not in struck)
    return kept, tuple(struck[entry.id] for entry in entries if entry.id in struck)


def can_be_taken_back(entry: Entry) -> bool:
    """Whether a fact of this sort can be: not what the clock or an office recorded.

    Nor what was taken back: that is recorded again.
    """
    head = entry.header
    return head.purpose != OFFICE and head.author != CLOCK and not _speaks(entry)


def is_alone(fact: Entry, author: str, at_ms: int) -> bool:
    """Whether this author, recording at this instant, takes the fact back alone."""
    head = fact.header
    return (
        can_be_taken_back(fact) and head.author == author and at_ms <= head.recorded_at + _ALONE_MS
    )


def waiting(entries: Iterable[Entry], struck: Iterable[Struck]) -> dict[str, list[Entry]]:
    """Proposals that a second person may still approve, oldest first, by the fact meant."""
    entries = list(entries)
    gone = {each.entry.id for each in struck}
    facts = {e.id for e in entries if can_be_taken_back(e) and e.id not in gone}
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=_when):
        if isinstance(entry.body, TakingBackProposed) and entry.body.fact in facts:
            found.setdefault(entry.body.fact, []).append(entry)
    return found


def rows(entries: Sequence[Entry], struck: Sequence[Struck]) -> list[Row]:
    """Rows of `correction`: each wish to take a fact back, and what became of it."""
    if not any(_speaks(entry) for entry in entries):
        return []
    counted = {each.by.id: each for each in struck}
    gone = {each.entry.id: each for each in struck}
    known = {entry.id: entry for entry in entries} | {i: each.entry for i, each in gone.items()}
    open_ = {entry.id for each in waiting(entries, struck).values() for entry in each}
    return [
        {
            "id": entry.id, "fact": body.fact,
            "kind": known[body.fact].header.kind if body.fact in known else "",
            "by": entry.header.author, "at": entry.header.happened_at,
            "approved_by": _approver(counted.get(entry.id)), "counts": entry.id in counted,
            "waits": entry.id in open_,
        }
        for entry in entries
        if isinstance(body := entry.body, TakenBack | TakingBackProposed)
    ]  # fmt: skip


def _approver(struck: Struck | None) -> str | None:
    return struck.approved.header.author if struck and struck.approved else None


def _speaks(entry: Entry) -> bool:
    return isinstance(entry.body, TakenBack | TakingBackProposed)


def _struck(entries: Sequence[Entry]) -> list[Struck]:
    """Each fact that was taken back, with the first word that did it."""
    facts = {entry.id: entry for entry in entries if can_be_taken_back(entry)}
    yes = _approvals(entries)
    found: dict[str, Struck] = {}
    for entry in sorted(entries, key=_when):
        each = _striking(entry, facts, yes)
        if each is not None:
            found.setdefault(each.entry.id, each)
    return list(found.values())


def _striking(
    entry: Entry, facts: Mapping[str, Entry], yes: Mapping[str, Sequence[Entry]]
) -> Struck | None:
    """What this entry takes back, where it does."""
    head, body = entry.header, entry.body
    if isinstance(body, TakenBack):
        fact = facts.get(body.fact)
        # With the key of one purpose, nothing is taken back that is kept for another.
        same = fact is not None and fact.header.purpose == head.purpose
        if fact is not None and same and is_alone(fact, head.author, head.recorded_at):
            return Struck(fact, entry, None)
    elif isinstance(body, TakingBackProposed) and body.fact in facts:
        others = [a for a in yes.get(entry.id, ()) if a.header.author != head.author]
        if others:
            return Struck(facts[body.fact], entry, others[0])
    return None


def _approvals(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Approvals by the proposal they are of, oldest first."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=_when):
        if isinstance(entry.body, Approved):
            found.setdefault(entry.body.proposal, []).append(entry)
    return found


def _when(entry: Entry) -> tuple[int, str]:
    """What is told first, not what came in first."""
    return entry.header.happened_at, entry.id
