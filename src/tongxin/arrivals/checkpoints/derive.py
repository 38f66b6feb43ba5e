"""The derived rows of a checkpoint: what was told last counts."""

from tongxin.arrivals.checkpoints.facts import CheckpointClosed, CheckpointOpened
from tongxin.ledger.facts import Entry, Row, Stream


def rows(stream: Stream) -> dict[str, list[Row]]:
    """Rows of `checkpoint` and, while it is open, of `coverage`."""
    told = sorted(stream.entries, key=_told)
    opened = [e for e in told if isinstance(e.body, CheckpointOpened)]
    if not opened:
        return {}
    last, newest = opened[-1], told[-1]
    body = last.body
    if not isinstance(body, CheckpointOpened):
        raise AssertionError("opened by something else")
    closed = newest if isinstance(newest.body, CheckpointClosed) else None
    row = {
        "area": last.header.area, "name": body.name, "place": body.place,
        "equipment": "\n".join(body.equipment), "opened_at": opened[0].header.happened_at,
        "closed_at": closed.header.happened_at if closed else None,
        "closed_for": closed.body.reason
        if closed and isinstance(closed.body, CheckpointClosed)
        else "",
    }  # fmt: skip
    covered = [] if closed else sorted(set(body.villages))
    return {"checkpoint": [row], "coverage": [{"village": village} for village in covered]}


def _told(entry: Entry) -> tuple[int, str]:
    return entry.header.happened_at, entry.id
