"""The derived rows of an account."""

from collections.abc import Sequence

import msgspec

from tongxin.access import facts, rules
from tongxin.ledger.facts import Entry, Row, Stream


def rows(stream: Stream) -> dict[str, list[Row]]:
    """Rows of `account`, `device` and `look` that follow from one account's facts."""
    found = rules.account(stream.entries)
    if found is None:
        return {}
    account = {
        "username": found.username, "name": found.name, "post": found.post,
        "password_hash": found.password_hash, "closed": found.closed,
        "roles": msgspec.json.encode(found.roles).decode(), "opened_by": found.opened_by,
        "empowered_by": " ".join(found.empowered_by),
    }  # fmt: skip
    devices = [
        {"device": device.device, "public_key": device.public_key, "label": device.label}
        for device in found.devices
    ]
    return {"account": [account], "device": devices, "look": _looks(stream.entries)}


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
