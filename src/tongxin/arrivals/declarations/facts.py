"""What is recorded when somebody tells that he will come home. Planned is never actual."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.arrivals.facts import Code, IdNumber, Name, Phone, Short, StayTold
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Instant, Kind, Purpose, Told

# Joins those who travel together: the id of the form or the vehicle, and nothing about anybody.
Party = Annotated[str, Meta(pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]
Sex = Literal["", "female", "male"]
Transport = Literal["", "train", "plane", "coach", "car", "lorry", "ship", "other"]
PersonType = Literal["", "returnee", "student", "visitor", "business", "passing"]
DeclaredBy = Literal["self", "relative", "village"]


class CertificateTold(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test certificate as shown or told: when sampled, when reported, and what it says."""

    sampled_at: Instant | None = None
    reported_at: Instant | None = None
    positive: bool = False


class ReturnDeclared(Fact, frozen=True, kw_only=True):
    """Somebody is expected at `planned_at`. Opens an episode; told again, the latest counts.

    The village he will come to is the fact's area. `other_document` is a passport or an ID number
    that cannot be right, as told: nobody is ever linked by it. `contact_…` is who at home can be
    asked; `has_symptoms` None: not asked.
    """

    name: Name
    planned_at: Instant
    party: Party = ""
    id_number: IdNumber = ""
    other_document: Annotated[str, Meta(max_length=40)] = ""
    sex: Sex = ""
    phone: Phone = ""
    from_area: Code = ""
    from_name: Short = ""
    address: Short = ""
    reason: Short = ""
    transport: Transport = ""
    vehicle: Annotated[str, Meta(max_length=40)] = ""
    has_symptoms: bool | None = None
    certificate: CertificateTold | None = None
    person_type: PersonType = ""
    contact_name: Annotated[str, Meta(max_length=60)] = ""
    contact_phone: Phone = ""
    stays: tuple[StayTold, ...] = ()
    declared_by: DeclaredBy = "self"


class ReturnCalledOff(Fact, frozen=True, kw_only=True):
    """Somebody who was expected will not come."""

    reason: Annotated[str, Meta(max_length=200)] = ""


_PERSON: Final = frozenset({"person"})

RETURN_DECLARED: Final = Kind(
    name="arrivals.return_declared", body=ReturnDeclared, about=_PERSON, purpose=Purpose.EPISODE,
    may="arrivals.record", title=Text("返乡报备", "Return declared"), introduces=True,
)  # fmt: skip
RETURN_CALLED_OFF: Final = Kind(
    name="arrivals.return_called_off", body=ReturnCalledOff, about=_PERSON,
    purpose=Purpose.EPISODE, may="arrivals.record", title=Text("取消返乡", "Return called off"),
)  # fmt: skip

KINDS: Final = (RETURN_DECLARED, RETURN_CALLED_OFF)
