"""Why records are one human being: what they have in common, and who decided what of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations

from msgspec import Struct
from sqlalchemy import Connection

from tongxin.access.queries import names
from tongxin.base import masking
from tongxin.base.clock import from_ms
from tongxin.ledger import opening
from tongxin.ledger.facts import Kind, Stream
from tongxin.ledger.keys import Keys
from tongxin.registry.identity import queries, rules
from tongxin.registry.identity.facts import Decided, PeopleJoined


class Decision(Struct, frozen=True):
    """Who decided it, when and why."""

    together: bool
    by: str
    name: str
    at: datetime
    reason: str


class Bond(Struct, frozen=True):
    """Why two records are one, or what is said against it. `number` is masked, "" for none in
    common; `forgotten`: they were one when one of them was forgotten.
    """

    one: str
    other: str
    number: str
    decision: Decision | None
    forgotten: bool

    @property
    def holds(self) -> bool:
        """Whether it makes the two one, without any third."""
        if self.decision is not None:
            return self.decision.together
        return bool(self.number) or self.forgotten


def bonds_of(
    connection: Connection,
    keys: Keys,
    kinds: Mapping[str, Kind],
    township: str,
    records: Sequence[Stream],
) -> list[Bond]:
    """All that makes these records one, or was said against it; for who may see them."""
    said = queries.said_among(connection, township, [each.subject for each in records])
    found = opening.streams(connection, keys, kinds, township, {row["subject"] for row in said})
    known = names(connection, township)
    by_pair = {
        (row["one"], row["other"]): told
        for row in said
        if (told := _decision(found[row["subject"]], known)) is not None
    }
    named = ((row["subject"], (row["one"], row["other"])) for row in said)
    certified = {both for by, both in named if by in both}  # a certificate speaks of itself
    marks = {each.subject: rules.marks(each.entries) for each in records}
    made = []
    for one, other in combinations(sorted(marks), 2):
        alike = sorted(rules.number_of(mark) for mark in marks[one] & marks[other])
        number = masking.id_number(alike[0]) if alike else ""
        decision, forgotten = by_pair.get((one, other)), (one, other) in certified
        if number or decision or forgotten:
            made.append(Bond(one, other, number, decision, forgotten))
    return made


def _decision(pair: Stream, known: dict[str, str]) -> Decision | None:
    entry = rules.decision(pair.entries)
    if entry is None or not isinstance(entry.body, Decided):
        return None
    by = entry.header.author
    return Decision(
        isinstance(entry.body, PeopleJoined), by, known.get(by, by),
        from_ms(entry.header.happened_at), entry.body.reason,
    )  # fmt: skip
