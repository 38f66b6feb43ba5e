"""What came of a telephone call to somebody who is away."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.arrivals.facts import Code, Name, Phone, Short
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Instant, Kind, Purpose

CallOutcome = Literal["returns", "stays", "unsure", "not_reached", "wrong_number", "refused"]

Note = Annotated[str, Meta(max_length=200)]


class AwayCalled(Fact, frozen=True, kw_only=True):
    """Somebody away was called, or is to be called first (`outcome` empty: noted only).

    `returns_on`: an instant of the day on which he means to come. `away_area` is where he is. Kept
    for the epidemic only, with an episode's key, whether he is a registered resident or not.
    """

    name: Name
    called_at: Instant
    outcome: CallOutcome | Literal[""] = ""
    phone: Phone = ""
    away_area: Code = ""
    away_name: Short = ""
    address: Short = ""
    returns_on: Instant | None = None
    note: Note = ""


_PERSON: Final = frozenset({"person"})

AWAY_CALLED: Final = Kind(
    name="arrivals.away_called", body=AwayCalled, about=_PERSON, purpose=Purpose.EPISODE,
    may="arrivals.record", title=Text("电话联系在外人员", "Somebody away called"), introduces=True,
)  # fmt: skip

KINDS: Final = (AWAY_CALLED,)
