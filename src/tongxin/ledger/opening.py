"""Reading the ledger: headers from rows, bodies from under their seals, subjects as streams."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin.base.problems import ProblemKind
from tongxin.ledger.corrections import divided
from tongxin.ledger.facts import Entry, Fact, Header, Kind, Stream
from tongxin.ledger.keys import Keys
from tongxin.ledger.kinds import Forgotten
from tongxin.ledger.sealing import SIGNATURE_BYTES, unseal
from tongxin.ledger.tables import HEADER_COLUMNS, fact

KEY_MISSING = ProblemKind(
    "ledger.key_missing",
    500,
    zh="第 {seq} 条记录的密钥不在，也没有销毁证明。请恢复密钥备份。",
    en="The key of record {seq} is gone, without a certificate of its destruction. Restore the "
    "backup of the keys.",
)

CHUNK: Final = 400
T = TypeVar("T")
# Built once: building a statement costs more than running it.
_FACTS: Final = (
    sa.select(*HEADER_COLUMNS, fact.c.sealed)
    .where(
        fact.c.township == sa.bindparam("township"),
        fact.c.subject.in_(sa.bindparam("subjects", expanding=True)),
    )
    .order_by(fact.c.subject, fact.c.seq)
)


def header_of(row: Sequence[Any]) -> Header:
    """The header in a row of `HEADER_COLUMNS` (more columns may follow)."""
    return Header(*row[:12])


def in_chunks(things: Collection[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`things` in lists of at most `size`."""
    listed = list(things)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def streams(
    connection: Connection,
    keys: Keys,
    kinds: Mapping[str, Kind],
    township: str,
    subjects: Collection[str],
) -> dict[str, Stream]:
    """Each subject's stream, opened; subjects without a fact are absent."""
    found: dict[str, Stream] = {}
    for chunk in in_chunks(subjects):
        rows = connection.execute(_FACTS, {"township": township, "subjects": chunk}).all()
        found.update(opened_streams(keys, kinds, rows))
    return found


def opened_streams(
    keys: Keys, kinds: Mapping[str, Kind], rows: Iterable[Sequence[Any]]
) -> dict[str, Stream]:
    """Streams by subject from rows of (header columns, sealed), in any order of subjects."""
    by_subject: dict[str, list[tuple[Header, bytes]]] = defaultdict(list)
    for row in rows:
        header = header_of(row)
        by_subject[header.subject].append((header, row[12]))
    wanted = {header.key() for facts in by_subject.values() for header, _ in facts}
    have = keys.keys_for(wanted)
    return {name: _stream(have, kinds, facts) for name, facts in by_subject.items()}


def _stream(
    have: Mapping[tuple[str, str, str], bytes],
    kinds: Mapping[str, Kind],
    facts: list[tuple[Header, bytes]],
) -> Stream:
    opened = [(h, entry_of(have, kinds, h, sealed)) for h, sealed in facts]
    forgotten = frozenset(
        purpose
        for _, entry in opened
        if entry is not None and isinstance(entry.body, Forgotten)
        for purpose in entry.body.purposes
    )
    for header, entry in opened:
        if entry is None and header.purpose not in forgotten:
            raise KEY_MISSING(seq=header.seq)
    kept = [e for h, e in opened if e is not None and h.purpose not in forgotten]
    return stream_of([header for header, _ in facts], kept, forgotten)


def stream_of(
    headers: Sequence[Header], readable: Sequence[Entry], forgotten: frozenset[str] = frozenset()
) -> Stream:
    """One subject's stream: its headers, and those of its entries that can be read."""
    first, last = headers[0], headers[-1]
    entries, struck = divided(readable)
    told = max(headers, key=_spoken)
    return Stream(
        township=first.township,
        subject=first.subject,
        entries=entries,
        first_seq=first.seq,
        last_seq=last.seq,
        last_area=told.area,
        forgotten=forgotten,
        struck=struck,
        last_told=_spoken(told),
    )


def fresh(new: Sequence[Entry]) -> Stream:
    """The stream of a subject of which nothing was known before."""
    headers = [entry.header for entry in new]
    forgotten = frozenset(
        purpose for e in new if isinstance(e.body, Forgotten) for purpose in e.body.purposes
    )
    return stream_of(headers, [e for e in new if e.header.purpose not in forgotten], forgotten)


def _spoken(header: Header) -> tuple[int, str]:
    """When it was spoken of, whatever came in first. Nothing is told before it has happened."""
    return min(header.happened_at, header.recorded_at), header.id


def entry_of(
    have: Mapping[tuple[str, str, str], bytes],
    kinds: Mapping[str, Kind],
    header: Header,
    sealed: bytes,
) -> Entry | None:
    """One fact opened, or None where its key is gone. Raises `ledger.unreadable` when altered."""
    key = have.get(header.key())
    if key is None:
        return None
    raw = unseal(key, sealed, header.encoded())[SIGNATURE_BYTES:]
    return Entry(header, body_of(kinds, header.kind, raw))


def body_of(kinds: Mapping[str, Kind], kind: str, raw: bytes) -> Fact:
    """A recorded body as its kind's struct; what was recorded once can be read for ever."""
    return msgspec.json.decode(raw, type=kinds[kind].body)
