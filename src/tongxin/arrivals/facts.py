"""What is recorded about arrivals. What a person is asked to do is never among it."""

from typing import Annotated, Final

from msgspec import Meta, field

from tongxin.base.areas import AREA_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import DESK, Fact, Instant, Kind, Purpose, Told

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Phone = Annotated[str, Meta(max_length=20, pattern=r"^\+?[0-9 -]*$")]
IdNumber = Annotated[str, Meta(max_length=18, pattern=r"^([0-9]{17}[0-9X])?$")]
Code = Annotated[str, Meta(max_length=12, pattern=rf"^({AREA_PATTERN})?$")]
Short = Annotated[str, Meta(max_length=120)]
Said = Annotated[str, Meta(max_length=400)]


class StayTold(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where somebody says that he was, and when. `area` is a GB/T 2260 code, as deep as known."""

    area: Code
    name: Short = ""
    from_: Instant | None = None
    until: Instant | None = None


class ArrivalRecorded(Fact, frozen=True, kw_only=True):
    """Somebody came into the township. Opens an episode of travel and care.

    `from_area` is where he set out (empty: not told); `stays` are the places before. `celsius` is
    his temperature at the post. An emergency passes first and is written down afterwards.
    """

    name: Name
    arrived_at: Instant
    from_area: Code = ""
    from_name: Short = ""
    id_number: IdNumber = ""
    phone: Phone = ""
    address: Short = ""
    stays: tuple[StayTold, ...] = ()
    transport: Short = ""
    celsius: Annotated[float, Meta(ge=30, le=45)] | None = None
    emergency: bool = False


class SwabResulted(Fact, frozen=True, kw_only=True):
    """A laboratory answered. `taken_at` is when the swab was taken, not when it was reported."""

    taken_at: Instant
    positive: bool


class TemperatureTaken(Fact, frozen=True, kw_only=True):
    """A temperature, in degrees Celsius."""

    taken_at: Instant
    celsius: Annotated[float, Meta(ge=30, le=45)]


class SymptomSeen(Fact, frozen=True, kw_only=True):
    """Somebody saw or told of a symptom. What it means is for the rules to say."""

    seen_at: Instant


class RecoveryFound(Fact, frozen=True, kw_only=True):
    """A doctor found no symptom and no fever any more: ends all that was seen before."""

    found_at: Instant


Place = Annotated[str, Meta(min_length=2, max_length=300)]


class PlaceAnswered(Fact, frozen=True, kw_only=True):
    """Asked about one place at risk by name, the person said whether he was there."""

    place: Place
    inside: bool


class PlacesAnswered(Fact, frozen=True, kw_only=True):
    """Asked about these places by name at once, the person said in which of them he was.

    None of them: `inside` is empty. It says nothing of places that were not asked about, so a later
    list with new ones asks again.
    """

    asked: Annotated[tuple[Place, ...], Meta(min_length=1, max_length=500)]
    inside: Annotated[tuple[Place, ...], Meta(max_length=500)] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not set(self.inside) <= set(self.asked):
            raise ValueError("`inside` names a place that is not in `asked`")


class LedgerTold(Fact, frozen=True, kw_only=True):
    """A ledger kept elsewhere said this of the person, word by word; `others` by its headers.

    It is what somebody once wrote down: no standing, no test result and no colour follows from it.
    """

    note: Said = ""
    travel_code: Said = ""
    health_code: Said = ""
    swab: Said = ""
    vaccine: Said = ""
    temperature: Said = ""
    grid_worker: Said = ""
    reported_on: Said = ""
    returnee_type: Said = ""
    measures: Said = ""
    others: dict[Said, Said] = field(default_factory=dict)


ArrivalFact = (
    ArrivalRecorded
    | SwabResulted
    | TemperatureTaken
    | SymptomSeen
    | RecoveryFound
    | PlaceAnswered
    | PlacesAnswered
    | LedgerTold
)

_PERSON: Final = frozenset({"person"})


def _kind(name: str, body: type[Fact], title: Text, introduces: bool = False) -> Kind:
    return Kind(
        name=name, body=body, about=_PERSON, purpose=Purpose.EPISODE, may="arrivals.record",
        title=title, introduces=introduces,
    )  # fmt: skip


ARRIVAL_RECORDED: Final = _kind(
    "arrivals.arrival_recorded", ArrivalRecorded, Text("登记到达", "Arrival recorded"), True
)
SWAB_RESULTED: Final = _kind(
    "arrivals.swab_resulted", SwabResulted, Text("核酸结果", "Test result")
)
TEMPERATURE_TAKEN: Final = _kind(
    "arrivals.temperature_taken", TemperatureTaken, Text("测量体温", "Temperature taken")
)
SYMPTOM_SEEN: Final = _kind("arrivals.symptom_seen", SymptomSeen, Text("发现症状", "Symptom seen"))
RECOVERY_FOUND: Final = Kind(
    name="arrivals.recovery_found", body=RecoveryFound, about=_PERSON, purpose=Purpose.EPISODE,
    may="arrivals.recover", title=Text("症状消退", "Recovery found"),
)  # fmt: skip
PLACE_ANSWERED: Final = _kind(
    "arrivals.place_answered", PlaceAnswered, Text("核实到访地点", "Place answered")
)
PLACES_ANSWERED: Final = _kind(
    "arrivals.places_answered", PlacesAnswered, Text("核实多个到访地点", "Places answered")
)
LEDGER_TOLD: Final = Kind(
    name="arrivals.ledger_told", body=LedgerTold, about=_PERSON, purpose=Purpose.EPISODE,
    may="arrivals.record", title=Text("原台账所载", "Told by a ledger"), doors=DESK,
)  # fmt: skip

KINDS: Final = (
    ARRIVAL_RECORDED, SWAB_RESULTED, TEMPERATURE_TAKEN, SYMPTOM_SEEN, RECOVERY_FOUND,
    PLACE_ANSWERED, PLACES_ANSWERED, LEDGER_TOLD,
)  # fmt: skip
