"""Deciding at a desk that records are of one human being, or of two; and why they are one."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from tongxin.base import masking
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import Desk
from tongxin.ledger.facts import OFFICE, Kind, Stream, Verdict
from tongxin.registry.identity import queries
from tongxin.registry.identity.bonds import Bond, bonds_of
from tongxin.registry.identity.facts import (
    PEOPLE_JOINED,
    PEOPLE_PARTED,
    Decided,
    PeopleJoined,
    PeopleParted,
    subject_of,
)
from tongxin.registry.identity.rules import number_of
from tongxin.registry.queries import area_of
from tongxin.registry.residents import queries as residents

SAME_RECORD = ProblemKind(
    "registry.same_record",
    422,
    zh="这是同一份记录。请选另一份。",
    en="That is the same record. Choose another one.",
)
NOT_ONE = ProblemKind(
    "registry.not_one",
    409,
    zh="这两份记录本来就不算同一人，不用分开。",
    en="These records do not count as one person; there is nothing to part.",
)


class Side(Struct, frozen=True):
    """One of two records, masked: what somebody goes by, and where that is recorded."""

    person: str
    name: str
    area: str
    is_resident: bool


class SameNumber(Struct, frozen=True):
    """Two records with one ID number (masked). Who told it of `one` has no say about `other`."""

    one: Side
    other: Side
    id_number: str


def same_number(desk: Desk, most: int) -> list[SameNumber]:
    """What somebody with a say over both has to look at, both in the asker's remit."""
    rows = queries.set_aside(desk.remit, desk.connection, desk.township, most)
    leads = {row[name] for row in rows for name in ("lead_one", "lead_other")}
    living = residents.people_of(desk.remit, desk.connection, desk.township, leads) if leads else {}
    came = desk.called(leads)

    def side(row: Mapping[str, Any], which: str) -> Side:
        lead = row[f"lead_{which}"]
        name = masking.name(living[lead]["name"]) if lead in living else ""
        name = name or (came[lead].name if lead in came else "")
        return Side(row[which], name, row[f"area_{which}"], lead in living)

    return [
        SameNumber(
            side(row, "one"), side(row, "other"), masking.id_number(number_of(row["mark"]))
        )
        for row in rows
    ]  # fmt: skip


def bonds(desk: Desk, records: Sequence[Stream]) -> list[Bond]:
    """All that makes these records one, or was said against it; for who may see them."""
    kinds = desk.store.rulebook.kinds
    return bonds_of(desk.connection, desk.keys, kinds, desk.township, records)


def join(desk: Desk, one: str, other: str, reason: str) -> Verdict:
    """Decide that two records are of one human being; judged together at once."""
    if one == other:
        raise SAME_RECORD(field="other")
    (verdict,) = _record(desk, PEOPLE_JOINED, [PeopleJoined(one=one, other=other, reason=reason)])
    return verdict


def keep_apart(desk: Desk, one: str, other: str, reason: str) -> Verdict:
    """Decide that two records are of two human beings, whatever they have in common."""
    if one == other:
        raise SAME_RECORD(field="other")
    (verdict,) = _record(desk, PEOPLE_PARTED, [PeopleParted(one=one, other=other, reason=reason)])
    return verdict


def part(desk: Desk, one: str, other: str, reason: str) -> int:
    """Decide that `other` is somebody else than all the records it is one with; how many."""
    _place(desk, one)
    records = desk.records(one)
    if other not in {each.subject for each in records}:
        raise NOT_ONE(field="other")
    held = [bond for bond in bonds(desk, records) if bond.holds and other in (bond.one, bond.other)]
    if not held:
        raise NOT_ONE(field="other")
    said: list[Decided] = [PeopleParted(one=b.one, other=b.other, reason=reason) for b in held]
    _record(desk, PEOPLE_PARTED, said)
    return len(said)


def _record(desk: Desk, kind: Kind, said: Sequence[Decided]) -> list[Verdict]:
    """Record decisions together, each about two people in the asker's remit."""
    drafts = []
    for body in said:
        area = _place(desk, body.one)
        _place(desk, body.other)
        drafts.append(desk.draft(kind, body, subject=subject_of(body), purpose=OFFICE, area=area))
    return desk.record_all(drafts)


def _place(desk: Desk, person: str) -> str:
    """Where somebody is in the asker's remit, or `base.not_found`."""
    area = area_of(desk.remit, queries.MAY, desk.connection, desk.township, person)
    if area is None:
        raise NOT_FOUND()
    return area
