"""What a fact is: its header, its body, the kinds there are, and how one travels and is judged.

A fact's header stays readable for ever and names nobody: ids, codes and instants. Its body holds
what was said, exactly as received, and is readable only while its key exists.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from tongxin.base.clock import is_plausible
from tongxin.base.texts import Text

# An instant in a body must carry its zone.
Instant = Annotated[datetime, Meta(tz=True)]
Words = Annotated[str, Meta(min_length=1, max_length=400)]

SERVER: Final = "server"  # the device of what the server signs itself
CLOCK: Final = "clock"  # the author of what time alone brings about
INIT: Final = "init"  # the author of what `tongxin init` records, before anybody has signed in
OFFICE: Final = "office"
REGISTRATION: Final = "registration"
EPISODE: Final = "episode"


class Told(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody says, or a part of it. Its instants lie between 2000 and 2200.

    One at the end of all calendars would be recorded, and no rule could add a day to it.
    """

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime) and not is_plausible(value):
                raise ValueError(f"{name} lies before 2000 or after 2200")


class Fact(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of a fact; each kind is a subclass. Names are past tense."""


class Purpose(StrEnum):
    """Why a fact is kept, and so which of its subject's keys it is sealed with.

    OFFICE is for what concerns no person and stays: it is sealed with the township's own key.
    """

    REGISTRATION = "registration"
    EPISODE = "episode"
    OFFICE = "office"


class Door(StrEnum):
    """By which way a fact comes in."""

    DEVICE = "device"
    FORM = "form"
    CLOCK = "clock"
    INIT = "init"


PEOPLE: Final = frozenset({Door.DEVICE, Door.FORM, Door.INIT})
DESK: Final = frozenset({Door.FORM, Door.INIT})
ITSELF: Final = frozenset({Door.CLOCK, Door.INIT})


class Kind(Struct, frozen=True):
    """One kind of fact: a name that never changes its meaning once it has shipped.

    `about`: the kinds of subject it may speak of. `may`: the capability that its author needs in
    the fact's area, or None where the door alone decides. `introduces`: whether it may be the
    first fact about a subject. `shapes_context`: whether recording it changes what other subjects
    are judged by (packs in force, areas at risk, accounts). `where_told`: only where the fact says
    it happened counts for its author's remit, not where its subject belongs. `own`: about himself
    its author needs no capability. `proposes`: somebody independent must approve it with
    `ledger.approved`. `subject_of`: where the body itself tells whom the fact is about, how; else
    any subject will do. `kept`: what stays in memory of a body that shapes the context; else all.
    """

    name: str
    body: type[Fact]
    about: frozenset[str]
    purpose: Purpose
    may: str | None
    title: Text
    doors: frozenset[Door] = PEOPLE
    introduces: bool = False
    shapes_context: bool = False
    where_told: bool = False
    own: bool = False
    proposes: bool = False
    subject_of: Callable[[Any], str] | None = None
    kept: Callable[[Any], Fact] | None = None


class Header(Struct, frozen=True, array_like=True):
    """The part of a fact that is never sealed; also the associated data of its sealing.

    Instants and the offset are milliseconds; `offset_ms` is the server's clock minus the
    device's, measured when the batch came in.
    """

    township: str
    seq: int
    id: str
    kind: str
    subject: str
    purpose: str
    area: str
    author: str
    device: str
    happened_at: int
    offset_ms: int
    recorded_at: int

    def encoded(self) -> bytes:
        """The header in its one spelling: what is hashed and authenticated."""
        return msgspec.json.encode(self)

    def key(self) -> tuple[str, str, str]:
        """Which key the body is sealed with."""
        return key_of(self.township, self.subject, self.purpose)


def key_of(township: str, subject: str, purpose: str) -> tuple[str, str, str]:
    """(township, subject, purpose) of the key; what is kept for the office has the township's."""
    if purpose == OFFICE:
        return township, township_subject(township), OFFICE
    return township, subject, purpose


def township_subject(township: str) -> str:
    return f"township-{township}"


class Entry(Struct, frozen=True):
    """A recorded fact, opened: what rules are given."""

    header: Header
    body: Fact

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def when(self) -> tuple[int, str]:
        """When it happened, to order a subject's facts by: instant (milliseconds), then id.

        As its author claims, but no later than it was recorded: a clock that runs ahead must not
        have the last word for years.
        """
        return min(self.header.happened_at, self.header.recorded_at), self.header.id


class Struck(Struct, frozen=True):
    """A fact that was taken back: it no longer counts, and stays in the timeline.

    `by` is the fact that says so, `approved` the second person's yes where one was needed.
    """

    entry: Entry
    by: Entry
    approved: Entry | None


class Draft(Struct, frozen=True):
    """A well-formed and authentic fact on its way to the writer, its body decoded beside it."""

    township: str
    id: str
    kind: Kind
    subject: str
    purpose: str
    area: str
    author: str
    device: str
    happened_at: int
    offset_ms: int
    raw: bytes
    signature: bytes
    body: Fact
    door: Door
    vouched_by: str | None = None

    def key(self) -> tuple[str, str, str]:
        """Which key the body is sealed with."""
        return key_of(self.township, self.subject, self.purpose)

    @property
    def envelope(self) -> bytes:
        """What is sealed: the author's signature, then the body exactly as received."""
        return self.signature + self.raw


class Outcome(StrEnum):
    """What became of a fact that was sent."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    HELD = "held"
    REFUSED = "refused"


class Verdict(Struct, frozen=True, omit_defaults=True):
    """The answer for one fact: RECORDED only once it is durable and visible."""

    id: str
    outcome: Outcome
    seq: int | None = None
    code: str | None = None
    why: Text | None = None


class Stream(Struct, frozen=True):
    """All that is known of one subject and can still be read, in the order recorded.

    `entries` are what counts; `struck` is what was taken back, which rules do not see.
    `last_area` is where the subject was last spoken of, and `last_told` when. `forgotten` are the
    purposes whose keys are destroyed; their entries are no longer here.
    """

    township: str
    subject: str
    entries: tuple[Entry, ...]
    first_seq: int
    last_seq: int
    last_area: str
    forgotten: frozenset[str] = frozenset()
    struck: tuple[Struck, ...] = ()
    last_told: tuple[int, str] = (0, "")

    @property
    def readable(self) -> tuple[Entry, ...]:
        """What counts and what was taken back, in the order recorded: for timelines and keys."""
        if not self.struck:
            return self.entries
        both = (*self.entries, *(each.entry for each in self.struck))
        return tuple(sorted(both, key=lambda entry: entry.header.seq))


Row = dict[str, Any]


class Derived(Struct, frozen=True):
    """What follows from one subject's facts: where it belongs now, and its rows by table name."""

    area: str
    rows: Mapping[str, list[Row]]
