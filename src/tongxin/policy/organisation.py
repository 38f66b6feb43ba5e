"""The tables of a policy pack by which a township organises itself: grids, links, visits, entry.

They warn and plan. None of them decides anybody's standing.
"""

from typing import Literal

from msgspec import Struct

from tongxin.base.texts import Text
from tongxin.policy.clauses import Certificate, Cited, When

# What a post looks at. The codes are observations: no standing rests on them.
Document = Literal["health_code", "itinerary_code", "certificate"]


class GridSize(Cited, frozen=True, kw_only=True):
    """How large one grid should be: warn outside of it, refuse nothing. None: not said."""

    household_min: int | None = None
    household_max: int | None = None
    people_max: int | None = None


class Grids(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sizes of grids, and of the micro-grids inside them where they exist."""

    grid: GridSize
    micro_grid: GridSize | None = None


class Recommended(Cited, frozen=True, kw_only=True):
    """How many households one member is best linked to, both ends included."""

    household_min: int
    household_max: int


class MemberLinks(Cited, frozen=True, kw_only=True):
    """Members linked to households (党员联户): warn above `household_max` for one member."""

    household_max: int
    recommended: Recommended | None = None


class Visits(Cited, frozen=True, kw_only=True):
    """When what is known of a household is too old, and how much of it is checked again.

    Every household is visited within `renew_days`, one with special needs within
    `special_needs_days`. `recheck_percent` of the visits are checked by somebody else, and
    `correct_percent` of those checked should prove right.
    """

    renew_days: int
    special_needs_days: int
    recheck_percent: int
    correct_percent: int


class Journeys(Cited, frozen=True, kw_only=True):
    """When records of one person are one journey, and when nobody came.

    A declaration, a passage and a finding whose times lie no more than `join_within_hours` apart
    are one journey. Who was expected and has not come `no_show_after_hours` later is a no-show.
    """

    join_within_hours: int
    no_show_after_hours: int


class Declaration(Cited, frozen=True, kw_only=True):
    """How many civil days before the arrival a return is told. Later is said, never punished."""

    days_ahead: int


class Calls(Cited, frozen=True, kw_only=True):
    """Calls to people away, in places of these words.

    The next call falls due `every_days` after one that was answered, and `retry_hours` after one
    that was not.
    """

    words: tuple[str, ...]
    every_days: int
    retry_hours: int


class Papers(Cited, frozen=True, kw_only=True):
    """What those who fall in (`when`) show at the post. The first entry that fits counts.

    `certificate` says how long a test certificate is good and from when; it stands exactly where
    `documents` name one.
    """

    id: str
    label: Text
    when: tuple[When, ...]
    documents: tuple[Document, ...]
    certificate: Certificate | None = None


class Visitors(Cited, frozen=True, kw_only=True):
    """What becomes of a visitor from afar whose papers do not do and who is not ill."""

    without_papers: Literal["register", "turn_back"]


class Entry(Cited, frozen=True, kw_only=True):
    """What happens at the entrance of a village (入村关).

    Somebody let in without a good certificate is tested within `test_within_hours`. `emergency`,
    `residents` and `elsewhere` are the clauses by which an emergency passes, nobody who lives
    here is turned back, and somebody bound for another township is handed over to it.
    """

    test_within_hours: int
    papers: tuple[Papers, ...]
    emergency: Cited
    residents: Cited
    elsewhere: Cited
    visitors: Visitors
