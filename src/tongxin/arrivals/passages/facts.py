"""What is seen at a checkpoint. What becomes of it (pass, hold, …) the rules say."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.arrivals.declarations.facts import CertificateTold, Party
from tongxin.arrivals.facts import Code, IdNumber, Phone, Short, StayTold
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Instant, Kind, Purpose

# "" : not looked at. "none": has none, or cannot show it (an old phone, a child).
HealthCode = Literal["", "green", "yellow", "red", "none"]
Itinerary = Literal["", "clear", "areas", "none"]
Checkpoint = Annotated[str, Meta(max_length=64, pattern=r"^(checkpoint-[0-9a-z-]+)?$")]
Township = Annotated[str, Meta(pattern=r"^([1-9][0-9]{8})?$")]
Receiver = Literal["clinic", "hospital", "village", "township", "other"]


class PassageRecorded(Fact, frozen=True, kw_only=True):
    """Somebody stood at a checkpoint. Opens an episode, or belongs to a declared one.

    Codes are observations: no standing rests on them alone. `bound_for` is another township's
    code, where that is the way; else the village is the fact's area. `party` joins those in one
    vehicle. An emergency passes first: then hardly anything else is known. `lives_here` None: not
    asked.
    """

    name: Annotated[str, Meta(max_length=60)]
    passed_at: Instant
    checkpoint: Checkpoint = ""
    party: Party = ""
    plate: Annotated[str, Meta(max_length=20)] = ""
    id_number: IdNumber = ""
    other_document: Annotated[str, Meta(max_length=40)] = ""
    phone: Phone = ""
    address: Short = ""
    from_area: Code = ""
    from_name: Short = ""
    stays: tuple[StayTold, ...] = ()
    health_code: HealthCode = ""
    itinerary: Itinerary = ""
    certificate: CertificateTold | None = None
    celsius: Annotated[float, Meta(ge=30, le=45)] | None = None
    has_symptoms: bool = False
    lives_here: bool | None = None
    emergency: bool = False
    bound_for: Township = ""
    bound_for_name: Short = ""


class HandedOver(Fact, frozen=True, kw_only=True):
    """Somebody who was held, or is bound for elsewhere, was handed over.

    `receiver` is which kind of place took over, `to` which one: an office, and nobody's name.
    """

    handed_at: Instant
    receiver: Receiver
    to: Short = ""


class WentBack(Fact, frozen=True, kw_only=True):
    """Somebody who stood at the post went back where he came from, and is not in the township."""

    went_at: Instant


_PERSON: Final = frozenset({"person"})

PASSAGE_RECORDED: Final = Kind(
    name="arrivals.passage_recorded", body=PassageRecorded, about=_PERSON,
    purpose=Purpose.EPISODE, may="arrivals.record", title=Text("卡点登记", "Passage recorded"),
    introduces=True,
)  # fmt: skip
HANDED_OVER: Final = Kind(
    name="arrivals.handed_over", body=HandedOver, about=_PERSON, purpose=Purpose.EPISODE,
    may="arrivals.record", title=Text("移交", "Handed over"),
)  # fmt: skip

WENT_BACK: Final = Kind(
    name="arrivals.went_back", body=WentBack, about=_PERSON, purpose=Purpose.EPISODE,
    may="arrivals.record", title=Text("已返回", "Went back"),
)  # fmt: skip

KINDS: Final = (PASSAGE_RECORDED, HANDED_OVER, WENT_BACK)
