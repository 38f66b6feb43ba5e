"""What rows of comings tell for likeness."""

from collections.abc import Mapping
from typing import Any

from tongxin.arrivals.doubts.rules import Told
from tongxin.base.pinyin import syllables


def told_by(row: Mapping[str, Any], subject: str = "") -> Told:
    """What a coming's row tells of the person."""
    name = row["name"]
    return Told(
        subject, name, syllables(name), row["id_number"], row["phone"], row["village"],
        row["address"],
    )  # fmt: skip
