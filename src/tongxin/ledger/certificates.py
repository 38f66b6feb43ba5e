"""What follows from the ledger's own facts: heads, certificates, carried parts, corrections."""

from tongxin.ledger import corrections
from tongxin.ledger.facts import Row, Stream
from tongxin.ledger.kinds import Forgotten, HeadSigned


def derive(stream: Stream) -> dict[str, list[Row]]:
    """Rows of `daily_head`, `certificate`, `correction` and the carried `figure_part`."""
    heads: list[Row] = []
    certificates: list[Row] = []
    carried: list[Row] = []
    for entry in stream.entries:
        match entry.body:
            case HeadSigned() as body:
                heads.append(
                    {
                        "day": body.day, "seq": body.seq, "hash": body.hash,
                        "signature": body.signature,
                    }
                )  # fmt: skip
            case Forgotten() as body:
                certificates.append(_certificate(entry.header.seq, entry.header.happened_at, body))
                carried += [{**part, "carried": True} for part in body.parts]
    found = {
        "daily_head": heads, "certificate": certificates, "figure_part": carried,
        "correction": corrections.rows(stream.entries, stream.struck),
    }  # fmt: skip
    return {name: rows for name, rows in found.items() if rows}


def _certificate(seq: int, at: int, body: Forgotten) -> Row:
    return {
        "seq": seq, "purposes": " ".join(body.purposes), "facts": body.facts, "at": at,
        "head_seq": body.head_seq, "head_hash": body.head_hash,
        "backups_until": body.backups_until, "rows_until": body.rows_until,
    }  # fmt: skip
