"""The derived rows of doubts: traits of each person with a journey, and decisions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tongxin.arrivals.doubts.facts import LikenessDecided
from tongxin.arrivals.doubts.rules import Told, keys
from tongxin.base.pinyin import syllables
from tongxin.ledger.facts import Entry, Row


def traits(comings: Iterable[Row]) -> list[Row]:
    """What a person can be found alike by, from the rows of his comings; each key once."""
    found: dict[str, int] = {}
    for row in comings:
        for key in keys(told_by(row)):
            found[key] = max(found.get(key, 0), row["at"])
    return [{"key": key, "at": at} for key, at in found.items()]


def told_by(row: Mapping[str, Any], subject: str = "") -> Told:
    """What a coming's row tells of the person."""
    name = row["name"]
    return Told(
        subject, name, syllables(name), row["id_number"], row["phone"], row["village"],
        row["address"],
    )  # fmt: skip


def decisions(entries: Sequence[Entry]) -> list[Row]:
    """What was decided of this person and each other, by what was told last."""
    latest: dict[str, Row] = {}
    for entry in sorted(entries, key=lambda e: (e.header.happened_at, e.id)):
        if isinstance(entry.body, LikenessDecided):
            latest[entry.body.other] = {
                "other": entry.body.other, "is_same": entry.body.is_same,
                "decided_by": entry.header.author, "decided_at": entry.header.happened_at,
            }  # fmt: skip
    return list(latest.values())
