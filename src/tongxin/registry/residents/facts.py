"""What is recorded about somebody who lives here or visits, each in that person's own facts."""

from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.base.areas import AREA_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Kind, Purpose

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Phone = Annotated[str, Meta(max_length=20, pattern=r"^\+?[0-9 -]*$")]
IdNumber = Annotated[str, Meta(max_length=18, pattern=r"^([0-9]{17}[0-9X])?$")]
HouseholdId = Annotated[str, Meta(max_length=64, pattern=r"^household(-[0-9a-z]+)+$")]
Code = Annotated[str, Meta(max_length=12, pattern=rf"^({AREA_PATTERN})?$")]
Short = Annotated[str, Meta(max_length=120)]
Sex = Literal["", "male", "female"]
Relation = Literal[
    "head", "spouse", "child", "child_in_law", "parent", "grandchild", "grandparent", "sibling",
    "other",
]  # fmt: skip
Need = Literal["elderly_alone", "disabled", "pregnant", "seriously_ill"]


class ResidentRegistered(Fact, frozen=True, kw_only=True):
    """Somebody lives in this household. Told again, the later corrects the earlier.

    `relation` is to the head of the household. A valid ID number tells sex and day of birth by
    itself; `sex` and `born_on` are for whoever has none at hand.
    """

    household: HouseholdId
    name: Name
    relation: Relation = "other"
    id_number: IdNumber = ""
    phone: Phone = ""
    sex: Sex = ""
    born_on: date | None = None


class VisitorHosted(Fact, frozen=True, kw_only=True):
    """Somebody from elsewhere (外来人员) stays with this household, until a day if it is known."""

    household: HouseholdId
    name: Name
    id_number: IdNumber = ""
    phone: Phone = ""
    sex: Sex = ""
    from_area: Code = ""
    from_name: Short = ""
    reason: Short = ""
    until: date | None = None


class ResidentAway(Fact, frozen=True, kw_only=True):
    """Somebody who lives here is elsewhere: where, what for, and until when if it is known."""

    to_area: Code = ""
    to_name: Short = ""
    reason: Short = ""
    back_by: date | None = None


class ResidentBack(Fact, frozen=True, kw_only=True):
    """Somebody who was away is at home again."""


class NeedsNoted(Fact, frozen=True, kw_only=True):
    """What somebody needs special care for, all of it: none of them where nothing is named."""

    needs: tuple[Need, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.needs)) < len(self.needs):
            raise ValueError("a need is named once")


class ResidentLeft(Fact, frozen=True, kw_only=True):
    """Somebody does not belong to the household any more, or never did."""

    why: Literal["moved", "died", "visit_over", "in_error"]


_PERSON: Final = frozenset({"person"})


def _kind(name: str, body: type[Fact], title: Text, introduces: bool = False) -> Kind:
    return Kind(
        name=name, body=body, about=_PERSON, purpose=Purpose.REGISTRATION, may="registry.record",
        title=title, introduces=introduces,
    )  # fmt: skip


RESIDENT_REGISTERED: Final = _kind(
    "registry.resident_registered", ResidentRegistered, Text("登记居民", "Resident registered"),
    introduces=True,
)  # fmt: skip
VISITOR_HOSTED: Final = _kind(
    "registry.visitor_hosted", VisitorHosted, Text("登记外来人员", "Visitor registered"),
    introduces=True,
)  # fmt: skip
RESIDENT_AWAY: Final = _kind("registry.resident_away", ResidentAway, Text("外出", "Away"))
RESIDENT_BACK: Final = _kind("registry.resident_back", ResidentBack, Text("回到家", "Back at home"))
NEEDS_NOTED: Final = _kind(
    "registry.needs_noted", NeedsNoted, Text("特殊需要", "Special needs noted")
)
RESIDENT_LEFT: Final = _kind(
    "registry.resident_left", ResidentLeft, Text("不再属于本户", "Left the household")
)

KINDS: Final = (
    RESIDENT_REGISTERED, VISITOR_HOSTED, RESIDENT_AWAY, RESIDENT_BACK, NEEDS_NOTED, RESIDENT_LEFT,
)  # fmt: skip
