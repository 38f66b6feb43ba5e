"""What is recorded about households. Who lives in one stands in each person's own facts."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.base.areas import LEAF_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Kind, Purpose, Told

Leaf = Annotated[str, Meta(pattern=rf"^{LEAF_PATTERN}$")]
Address = Annotated[str, Meta(min_length=1, max_length=120)]
Number = Annotated[str, Meta(max_length=30)]
Note = Annotated[str, Meta(max_length=200)]
Met = Literal["met", "absent", "refused"]
# What a card tells, and a second look compares.
Point = Literal["members", "away", "phones", "needs", "address", "links"]


class Position(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place on the ground: degrees north and east, WGS 84."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]


class HouseholdRegistered(Fact, frozen=True, kw_only=True):
    """There is a household here. Told again, the later corrects the earlier.

    `grid` is its grid, as fine as grids are drawn, or its village where none are. `number` is the
    number of its register book (户号).
    """

    grid: Leaf
    address: Address
    number: Number = ""
    position: Position | None = None


class HouseholdPlaced(Fact, frozen=True, kw_only=True):
    """The household belongs to this grid from now on, as when grids are divided anew."""

    grid: Leaf


class HouseholdVisited(Fact, frozen=True, kw_only=True):
    """Somebody knocked: they were met, absent, or would not open. The note names nobody."""

    result: Met
    note: Note = ""


class HouseholdRechecked(Fact, frozen=True, kw_only=True):
    """Somebody compared the card with the household: what of it was right, and what was not."""

    right: tuple[Point, ...] = ()
    wrong: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        looked_at = self.right + self.wrong
        if not looked_at or len(set(looked_at)) < len(looked_at):
            raise ValueError("each point looked at is either right or wrong, and one at least is")


class HouseholdDissolved(Fact, frozen=True, kw_only=True):
    """There is no such household any more, or never was."""

    why: Literal["moved", "merged", "in_error"]


_HOUSEHOLD: Final = frozenset({"household"})


def _kind(name: str, body: type[Fact], may: str, title: Text, introduces: bool = False) -> Kind:
    return Kind(
        name=name, body=body, about=_HOUSEHOLD, purpose=Purpose.REGISTRATION, may=may,
        title=title, introduces=introduces,
    )  # fmt: skip


HOUSEHOLD_REGISTERED: Final = _kind(
    "registry.household_registered", HouseholdRegistered, "registry.record",
    Text("登记住户", "Household registered"), introduces=True,
)  # fmt: skip
HOUSEHOLD_PLACED: Final = _kind(
    "registry.household_placed", HouseholdPlaced, "registry.record",
    Text("划入网格", "Household placed in a grid"),
)  # fmt: skip
HOUSEHOLD_VISITED: Final = _kind(
    "registry.household_visited", HouseholdVisited, "registry.visit",
    Text("上门走访", "Household visited"),
)  # fmt: skip
HOUSEHOLD_RECHECKED: Final = _kind(
    "registry.household_rechecked", HouseholdRechecked, "registry.recheck",
    Text("抽查复核", "Household checked again"),
)  # fmt: skip
HOUSEHOLD_DISSOLVED: Final = _kind(
    "registry.household_dissolved", HouseholdDissolved, "registry.record",
    Text("住户销户", "Household dissolved"),
)  # fmt: skip

KINDS: Final = (
    HOUSEHOLD_REGISTERED, HOUSEHOLD_PLACED, HOUSEHOLD_VISITED, HOUSEHOLD_RECHECKED,
    HOUSEHOLD_DISSOLVED,
)  # fmt: skip
