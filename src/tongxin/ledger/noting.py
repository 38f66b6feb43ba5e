"""Notes of what was forgotten, beside the file of keys: a restore of older copies repeats them."""

import logging
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from tongxin.ledger.keys import Destruction
from tongxin.ledger.kinds import Forgotten

_log = logging.getLogger("tongxin.ledger")


class Note(Struct, frozen=True):
    """A forgetting, noted apart from ledger and keys: the whole body of its fact. Names nobody."""

    township: str
    subject: str
    area: str
    at: datetime
    body: Forgotten

    @property
    def destruction(self) -> Destruction:
        return Destruction(self.township, self.subject, self.body.purposes, self.at)


def notes_beside(keys_path: Path) -> Path:
    """Where the forgettings of the townships with this file of keys are noted."""
    return keys_path.with_name(keys_path.name + ".forgotten")


def noted(path: Path) -> list[Note]:
    """The forgettings noted beside the keys; none where there is no note.

    A line that a full disk cut off is no note: `Forgetting.finish` writes it again.
    """
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [note for line in lines if line and (note := _read(line)) is not None]


def _read(line: bytes) -> Note | None:
    try:
        return msgspec.json.decode(line, type=Note)
    except msgspec.DecodeError:
        _log.warning("a note of a forgetting cannot be read: %d bytes", len(line))
        return None
