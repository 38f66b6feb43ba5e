"""The derived rows of an account."""

from collections.abc import Sequence

import msgspec

from tongxin.access import facts, rules
from tongxin.ledger.facts import Entry, Row, Stream


def rows(stream: Stream) -> dict[str, list[Row]]:
    """Rows of `account` and `look` that follow from one account's facts."""
    found = rules.account(stream.entries)
    if found is None:
        return {}
    account = {
        "username": found.username, "name": found.name, "post": found.post,
        "closed": found.closed, "roles": msgspec.json.encode(found.roles).decode(),
    }  # fmt: skip
    return {"account": [account], "look": _looks(stream.entries)}


def _looks(entries: Sequence[Entry]) -> list[Row]:
    looks: list[Row] = []
    for entry in entries:
        body = entry.body
        if isinstance(body, facts.Revealed):
            about, reason = body.subject, body.reason
        elif isinstance(body, facts.Exported):
            about, reason = f"{body.what}: {body.rows}", body.reason
        else:
            continue
        looks.append(
            {
                "seq": entry.header.seq, "kind": entry.header.kind, "about": about,
                "reason": reason, "at": entry.header.happened_at,
            }
        )  # fmt: skip
    return looks
