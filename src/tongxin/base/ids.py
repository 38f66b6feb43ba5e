"""Ids. A fact's id comes from the device that made it: UUID version 7, recorded at most once.

A subject is `kind-identifier`: `person-0197…`, `place-411526108201`, `township-411526108`.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Final, NewType
from uuid import UUID

import uuid_utils

from tongxin.base.clock import from_ms, to_ms
from tongxin.base.problems import BAD_ID, ProblemKind

FactId = NewType("FactId", str)
SubjectId = NewType("SubjectId", str)

_SUBJECT: Final = re.compile(r"[a-z]+(?:-[0-9a-z]+)+", re.ASCII)
_LONGEST_SUBJECT: Final = 64
_RANDOM_BITS: Final = 74
# The instant in the id of what was never made at one: a row of a list.
_TIMELESS: Final = datetime(2000, 1, 1, tzinfo=UTC)

BAD_SUBJECT = ProblemKind(
    "base.bad_subject",
    400,
    zh="对象编号“{value}”不对：应写成“类别-编号”，例如 person-0197…。",
    en="“{value}” is not a subject: write kind-identifier, as in person-0197….",
)


def new_id() -> FactId:
    """A fresh UUIDv7, from this machine's clock and randomness: for the edge, never for rules."""
    return FactId(str(uuid_utils.uuid7()))


def new_subject(kind: str) -> SubjectId:
    """A fresh subject of a kind, as `person-0197…`."""
    return SubjectId(f"{kind}-{uuid_utils.uuid7()}")


def id_at(moment: datetime, *seed: str) -> FactId:
    """The UUIDv7 that belongs to an instant and a seed: always the same one.

    What the clock brings about is recorded under such an id, so that recording it twice is
    recording it once.
    """
    return _made(moment, hashlib.sha256("\x1f".join(seed).encode()).digest())


def keyed_id(key: bytes, *seed: str) -> FactId:
    """The UUIDv7 that belongs to a content: always the same one, and nobody without `key` can try
    out which content it was.

    What is imported from lists goes under such ids, so that the same row again records nothing new.
    """
    # Not hmac.digest: that lets other threads run for the 3 µs it takes, and then waits for them.
    return _made(_TIMELESS, hmac.new(key, "\x1f".join(seed).encode(), "sha256").digest())


def _made(moment: datetime, digest: bytes) -> FactId:
    noise = int.from_bytes(digest, "big") & ((1 << _RANDOM_BITS) - 1)
    value = (to_ms(moment) & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (noise >> 62) << 64 | 0b10 << 62 | noise & ((1 << 62) - 1)
    return FactId(str(UUID(int=value)))


def beside(id: str, *seed: str) -> FactId:
    """The UUIDv7 that belongs to another one and a seed: always the same, and as old.

    What one form records as several facts goes under such ids, so that sending it twice is
    recording it once.
    """
    milliseconds = UUID(id).int >> 80
    return id_at(from_ms(milliseconds), id, *seed)


def pair_of(one: str, other: str) -> SubjectId:
    """The subject of what is decided about two others: the same, whichever is named first."""
    both = "\x1f".join(sorted((one, other)))
    digest = hashlib.sha256(both.encode()).digest()
    return SubjectId(f"pair-{UUID(bytes=digest[:16])}")


def fact_id(value: str, field: str | None = None) -> FactId:
    """`value` as a fact's id in its one spelling, or the problem `base.bad_id`."""
    try:
        parsed = UUID(value)
    except ValueError:
        raise BAD_ID(field=field, value=value[:40]) from None
    if parsed.version != 7 or str(parsed) != value:
        raise BAD_ID(field=field, value=value[:40])
    return FactId(value)


def subject_id(value: str, field: str | None = None) -> SubjectId:
    """`value` as a subject, or the problem `base.bad_subject`."""
    if len(value) > _LONGEST_SUBJECT or _SUBJECT.fullmatch(value) is None:
        raise BAD_SUBJECT(field=field, value=value[:40])
    return SubjectId(value)


def kind_of(subject: str) -> str:
    """What a subject is: `person` of `person-0197…`."""
    return subject.partition("-")[0]
