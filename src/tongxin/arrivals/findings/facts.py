"""What somebody found at a door about one person. A household's visit is the registry's."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.arrivals.facts import Code, IdNumber, Name, Phone, Short, StayTold
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Instant, Kind, Purpose

Result = Literal["met", "absent", "refused"]


class FindingMade(Fact, frozen=True, kw_only=True):
    """Somebody was looked for at a door. Met, he has arrived, whether he ever passed a post or not.

    Absent: nobody of that name was there. Refused: somebody is there and did not open or answer.
    `came_at` is when he says that he came. Who visited is the fact's author.
    """

    name: Name
    visited_at: Instant
    result: Result
    came_at: Instant | None = None
    id_number: IdNumber = ""
    other_document: Annotated[str, Meta(max_length=40)] = ""
    phone: Phone = ""
    address: Short = ""
    from_area: Code = ""
    from_name: Short = ""
    stays: tuple[StayTold, ...] = ()
    celsius: Annotated[float, Meta(ge=30, le=45)] | None = None
    people_seen: Annotated[int, Meta(ge=0, le=99)] | None = None
    note: Annotated[str, Meta(max_length=200)] = ""


FINDING_MADE: Final = Kind(
    name="arrivals.finding_made", body=FindingMade, about=frozenset({"person"}),
    purpose=Purpose.EPISODE, may="arrivals.record", title=Text("上门摸排", "Finding made"),
    introduces=True,
)  # fmt: skip

KINDS: Final = (FINDING_MADE,)
