"""The records that are one human being, as a page names them, and what makes them one."""

from collections.abc import Sequence

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.desk import Desk
from tongxin.ledger.facts import Stream
from tongxin.registry.identity import deciding
from tongxin.registry.identity.bonds import Bond


class Kept(Struct, frozen=True):
    """One of the records that are one: which, and how many facts stand in it."""

    record: str
    name: Text


class Numbered(Struct, frozen=True):
    """What makes two of the records one, or was said against it, each by its number."""

    one: int
    other: int
    bond: Bond


def kept(records: Sequence[Stream]) -> list[Kept]:
    """The records as a page names them: by number, for they have no other name."""
    found = []
    for n, stream in enumerate(records, start=1):
        facts = len(stream.readable)
        found.append(
            Kept(stream.subject, Text(f"第 {n} 份（{facts} 条）", f"Record {n} ({facts} facts)"))
        )
    return found


def numbered(desk: Desk, records: Sequence[Stream]) -> list[Numbered]:
    """What makes these records one, by their numbers."""
    number = {stream.subject: n for n, stream in enumerate(records, start=1)}
    return [
        Numbered(number[bond.one], number[bond.other], bond)
        for bond in deciding.bonds(desk, records)
    ]
