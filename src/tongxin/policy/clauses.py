"""The tables of a policy pack by which people are judged. `pack.Pack` holds them together.

Every struct that holds a number of the law is `Cited`: it names its source and quotes its clause.
`source = "design"` marks a number that no source gives, and `unverified = true` one whose source
says something near it; both must say `why`. What is not known is absent and listed in `missing`.
"""

from datetime import date, time
from typing import Literal

from msgspec import Struct

from tongxin.base.areas import Level
from tongxin.base.texts import Text

# The source of numbers that nobody published; the table that uses it says why.
DESIGN = "design"

Mode = Literal["central", "home_isolation", "home_monitor", "self_monitor", "code_only"]
Anchor = Literal["last_exposure", "leave_area", "crossing", "arrival", "onset"]
Condition = Literal["days_done", "tests_negative", "no_symptom"]
Width = Literal["province", "city", "county", "township"]

WIDTHS: dict[str, int] = {
    "province": Level.PROVINCE,
    "city": Level.CITY,
    "county": Level.COUNTY,
    "township": Level.TOWNSHIP,
}


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a clause can be read. `where` is an address or a document."""

    title: Text
    where: str


class Cited(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table that holds a number carries. `clause` quotes or sums up the source."""

    source: str
    clause: Text
    why: Text | None = None
    unverified: bool = False


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """Which pack this is, on what basis, and when it applies: [valid_from, valid_to).

    `validity` says where these two days come from.
    """

    id: str
    version: int
    title: Text
    legal_basis: Text
    approved_by: Text
    valid_from: date
    valid_to: date | None = None
    validity: Cited | None = None


class Disease(Cited, frozen=True, kw_only=True, rename={"class_": "class"}):
    """The notifiable disease. `class_` and `managed_as` are its legal classes, A to C."""

    code: str
    name: Text
    class_: Literal["A", "B", "C"]
    managed_as: Literal["A", "B", "C"]
    report_hours: int


class Deadline(Cited, frozen=True, kw_only=True):
    """Something that must be done within `hours` of becoming known."""

    id: str
    label: Text
    hours: int


class SwabRule(Cited, frozen=True, kw_only=True):
    """`count` negative tests within `within_hours`, each `min_gap_hours` after the one before.

    One taken later than that counts, and is shown as late: `late` is the sentence that says so.
    """

    id: str
    label: Text
    count: int
    within_hours: int
    min_gap_hours: int
    late: Text | None = None


class Slot(Struct, frozen=True, forbid_unknown_fields=True):
    """A time of day for a check, in the township's civil time."""

    id: str
    label: Text
    opens: time
    due: time


class CheckRule(Cited, frozen=True, kw_only=True):
    """Temperatures per day, one in each slot."""

    id: str
    temperature_per_day: int
    slots: tuple[Slot, ...]


class Role(Struct, frozen=True, forbid_unknown_fields=True):
    """A role; the label is for the township to change."""

    id: str
    label: Text


class Team(Cited, frozen=True, kw_only=True):
    """Who cares for one person (N包一), or who leads one grid (一长三员)."""

    id: str
    label: Text
    roles: tuple[Role, ...]


class Word(Cited, frozen=True, kw_only=True):
    """A word for places, over declared levels. `widened_to`: one place makes all of it such."""

    id: str
    label: Text
    levels: tuple[str, ...]
    widened_to: Width | None = None

    def covers(self, narrow: "Word") -> bool:
        """Whether every place that `narrow` speaks of surely is one of this word's too."""
        if not set(narrow.levels) <= set(self.levels):
            return False
        if self.widened_to is None:
            return narrow.widened_to is None
        return narrow.widened_to is None or WIDTHS[narrow.widened_to] >= WIDTHS[self.widened_to]


class Areas(Cited, frozen=True, kw_only=True):
    """How declared areas meet stays.

    A stay counts if it ended no more than `lookback_days` civil days before the arrival, and if
    it overlaps the time at risk, begun `reach_back_days` before the declaration. `otherwise` is
    the word for every place that no other word fits, `unknown` for who did not tell where he was
    or told it so that no code is known: without it such a person counts as `otherwise`.
    """

    levels: tuple[str, ...]
    lookback_days: int
    reach_back_days: int
    otherwise: Role
    unknown: Role | None = None


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody falls into a category: all that is given must hold. Nothing given: everyone.

    `origin`: a stay in one of these words, or the word `areas.unknown`. `outside`: a stay outside
    the township's own province, city, county or township. `contact`: exposure of this degree.
    `reported_case`: is a case.
    """

    origin: tuple[str, ...] = ()
    outside: Width | None = None
    contact: str | None = None
    reported_case: bool = False

    @property
    def everyone(self) -> bool:
        """Whether nothing is asked, so that everyone falls in."""
        return not (self.origin or self.outside or self.contact or self.reported_case)


class StageClause(Cited, frozen=True, kw_only=True):
    """`days` in one mode. `tests` are the days of the stage on which a test is taken."""

    mode: Mode
    label: Text
    days: int
    tests: tuple[int, ...] = ()


class ModeClause(Cited, frozen=True, kw_only=True):
    """What a mode asks of a person, in words for that person; the modes are distinct states."""

    id: Mode
    label: Text
    text: Text


class ReleaseClause(Cited, frozen=True, kw_only=True):
    """One way to be released: every condition in `all` holds."""

    all: tuple[Condition, ...]


class OwedClause(Cited, frozen=True, kw_only=True):
    """What the person may count on."""

    text: Text


class Objection(Cited, frozen=True, kw_only=True):
    """How to object, and within how many hours somebody else than the decider answers."""

    text: Text
    answer_hours: int


class Category(Cited, frozen=True, kw_only=True):
    """Who is asked what. Categories stand in order, strictest first: the first that fits counts.

    `anchor_day` 0: the day of the anchor is day 0, and the days are those after it; 1: it counts
    as the first. The anchor `crossing` is when somebody came in across the width that `when` names
    as `outside`. `duties` name deadlines, `tests`, `checks` and `team` the rules of those names.
    """

    id: str
    label: Text
    anchor: Anchor
    anchor_day: int
    when: tuple[When, ...]
    duties: tuple[str, ...] = ()
    stages: tuple[StageClause, ...] = ()
    tests: str | None = None
    checks: str | None = None
    release: tuple[ReleaseClause, ...] = ()
    team: str | None = None
    owed: tuple[OwedClause, ...] = ()
    advice: Text | None = None


class CodeClause(Cited, frozen=True, kw_only=True):
    """A health code colour: shown from its anchor until one way of release holds."""

    colour: Literal["red", "yellow"]
    label: Text
    when: tuple[When, ...]
    anchor_day: int
    days: int
    release: tuple[ReleaseClause, ...]
    tests: str | None = None
    anchor: Anchor = "arrival"


class Certificate(Cited, frozen=True, kw_only=True):
    """How long a negative certificate is good, and which instant starts the count."""

    cert_validity_h: int
    cert_clock: Literal["sample", "report"]


class Tier(Cited, frozen=True, kw_only=True):
    """A gathering of up to `up_to` people (None: of any size): what becomes of it."""

    decision: Literal["village_approves", "township_approves", "refused"]
    label: Text
    up_to: int | None = None


class Gathering(Cited, frozen=True, kw_only=True):
    """Weddings, funerals and the like: how long before (or after) to tell, and who decides."""

    id: str
    label: Text
    tiers: tuple[Tier, ...]
    days_ahead: int | None = None
    within_hours: int | None = None


class Standard(Cited, frozen=True, kw_only=True):
    """A staffing or coverage standard: warn outside of it, refuse nothing."""

    id: str
    label: Text
    unit: Text
    at_least: int | None = None
    at_most: int | None = None


class Retention(Cited, frozen=True, kw_only=True):
    """After how many days without purpose a person's episode is forgotten."""

    days: int


class Fever(Cited, frozen=True, kw_only=True):
    """From this temperature on, in degrees Celsius, it is a fever."""

    celsius: float


class Missing(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that the pack should say and no source tells."""

    what: Text
