"""What rows of comings tell for likeness, and the derived rows of decisions."""

from collections.abc import Mapping, Sequence
from typing import Any

from tongxin.arrivals.doubts.facts import LikenessDecided
from tongxin.arrivals.doubts.rules import Told
from tongxin.base.pinyin import syllables
from tongxin.ledger.facts import Entry, Row


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
