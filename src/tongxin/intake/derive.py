"""The derived row of an import."""

import msgspec

from tongxin.intake.facts import FileImported
from tongxin.ledger.facts import Row, Stream


def rows(stream: Stream) -> dict[str, list[Row]]:
    """The row of `imported` that follows from an import's facts."""
    return {
        "imported": [
            {
                "area": body.area, "list_kind": body.list_kind, "digest": body.digest,
                "by": entry.header.author, "at": entry.header.happened_at,
                "seq": entry.header.seq, "new": body.new, "added": body.added,
                "known": body.known, "doubtful": body.doubtful, "returned": body.returned,
                "mapping": msgspec.json.encode(body.mapping).decode(),
            }
            for entry in stream.entries[:1]
            if isinstance(body := entry.body, FileImported)
        ]
    }  # fmt: skip


def area(stream: Stream) -> str:
    """Where the office is that brought the list."""
    bodies = [entry.body for entry in stream.entries]
    return next((b.area for b in bodies if isinstance(b, FileImported)), stream.last_area)
