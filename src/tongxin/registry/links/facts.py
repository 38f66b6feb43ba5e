"""What is recorded of a household's link to a member who looks after it."""

from typing import Annotated, Final

from msgspec import Meta

from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Kind, Purpose

StaffId = Annotated[str, Meta(max_length=64, pattern=r"^staff(-[0-9a-z]+)+$")]


class HouseholdLinked(Fact, frozen=True, kw_only=True):
    """From now on this member looks after the household (党员联户)."""

    staff: StaffId


class HouseholdUnlinked(Fact, frozen=True, kw_only=True):
    """This member does not look after the household any more, or never did."""

    staff: StaffId


def _kind(name: str, body: type[Fact], title: Text) -> Kind:
    return Kind(
        name=name, body=body, about=frozenset({"household"}), purpose=Purpose.REGISTRATION,
        may="registry.arrange", title=title,
    )  # fmt: skip


HOUSEHOLD_LINKED: Final = _kind(
    "registry.household_linked", HouseholdLinked, Text("党员联户", "Household linked to a member")
)
HOUSEHOLD_UNLINKED: Final = _kind(
    "registry.household_unlinked", HouseholdUnlinked,
    Text("解除联户", "Household no longer linked"),
)  # fmt: skip

KINDS: Final = (HOUSEHOLD_LINKED, HOUSEHOLD_UNLINKED)
