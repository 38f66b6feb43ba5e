"""The one list of pillars, and the rulebook that they make together for the ledger.

A new pillar is a folder and its lines here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection, Select, Table

import tongxin.access.derive
import tongxin.access.facts
import tongxin.access.rules
import tongxin.access.tables
import tongxin.arrivals.calls.facts
import tongxin.arrivals.calls.tables
import tongxin.arrivals.checkpoints.derive
import tongxin.arrivals.checkpoints.facts
import tongxin.arrivals.checkpoints.tables
import tongxin.arrivals.comings.rules
import tongxin.arrivals.comings.tables
import tongxin.arrivals.declarations.facts
import tongxin.arrivals.derive
import tongxin.arrivals.doubts.derive
import tongxin.arrivals.doubts.facts
import tongxin.arrivals.doubts.tables
import tongxin.arrivals.exceptions.derive
import tongxin.arrivals.exceptions.facts
import tongxin.arrivals.exceptions.rules
import tongxin.arrivals.exceptions.tables
import tongxin.arrivals.facts
import tongxin.arrivals.findings.facts
import tongxin.arrivals.passages.facts
import tongxin.arrivals.queries
import tongxin.arrivals.rules
import tongxin.arrivals.tables
import tongxin.registry.derive
import tongxin.registry.facts
import tongxin.registry.grids.derive
import tongxin.registry.grids.facts
import tongxin.registry.grids.tables
import tongxin.registry.households.derive
import tongxin.registry.households.facts
import tongxin.registry.households.rules
import tongxin.registry.households.tables
import tongxin.registry.links.facts
import tongxin.registry.links.queries
import tongxin.registry.links.tables
import tongxin.registry.residents.derive
import tongxin.registry.residents.facts
import tongxin.registry.residents.queries
import tongxin.registry.residents.rules
import tongxin.registry.residents.tables
import tongxin.registry.rules
import tongxin.registry.staff.derive
import tongxin.registry.staff.facts
import tongxin.registry.staff.rules
import tongxin.registry.staff.tables
import tongxin.registry.tables
import tongxin.work.counting
import tongxin.work.facts
import tongxin.work.tables
from tongxin import admission
from tongxin.access.rules import Account
from tongxin.base import masking
from tongxin.base.areas import within
from tongxin.base.clock import DAY_MS, from_ms, to_ms
from tongxin.base.ids import kind_of
from tongxin.base.problems import Problem
from tongxin.desk import Contributed
from tongxin.ledger import kinds as ledger_kinds
from tongxin.ledger import tables as ledger_tables
from tongxin.ledger.certificates import derive as ledger_rows
from tongxin.ledger.chains import areas_of
from tongxin.ledger.facts import Derived, Draft, Entry, Kind, Row, Stream
from tongxin.ledger.rulebook import Stratum
from tongxin.ledger.totals import FIGURES, Total
from tongxin.policy.engine import plan
from tongxin.policy.evidence import Evidence
from tongxin.policy.situation import Situation
from tongxin.registry.pinning import pinned
from tongxin.registry.risklists import remembered
from tongxin.registry.risklists.intervals import changes
from tongxin.registry.rules import AreaInForce, Judged, ListInForce, PackInForce

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for group in (
            ledger_kinds.KINDS,
            tongxin.access.facts.KINDS,
            tongxin.registry.facts.KINDS,
            tongxin.registry.grids.facts.KINDS,
            tongxin.registry.households.facts.KINDS,
            tongxin.registry.residents.facts.KINDS,
            tongxin.registry.links.facts.KINDS,
            tongxin.registry.staff.facts.KINDS,
            tongxin.work.facts.KINDS,
            tongxin.arrivals.facts.KINDS,
            tongxin.arrivals.declarations.facts.KINDS,
            tongxin.arrivals.passages.facts.KINDS,
            tongxin.arrivals.findings.facts.KINDS,
            tongxin.arrivals.checkpoints.facts.KINDS,
            tongxin.arrivals.calls.facts.KINDS,
            tongxin.arrivals.doubts.facts.KINDS,
            tongxin.arrivals.exceptions.facts.KINDS,
        )
        for kind in group
    }
)
TABLES: Final[tuple[Table, ...]] = (
    *ledger_tables.OWN_DERIVED,
    *tongxin.access.tables.TABLES,
    *tongxin.registry.tables.TABLES,
    *tongxin.registry.grids.tables.TABLES,
    *tongxin.registry.households.tables.TABLES,
    *tongxin.registry.residents.tables.TABLES,
    *tongxin.registry.links.tables.TABLES,
    *tongxin.registry.staff.tables.TABLES,
    *tongxin.work.tables.TABLES,
    *tongxin.arrivals.tables.TABLES,
    *tongxin.arrivals.comings.tables.TABLES,
    *tongxin.arrivals.checkpoints.tables.TABLES,
    *tongxin.arrivals.calls.tables.TABLES,
    *tongxin.arrivals.doubts.tables.TABLES,
    *tongxin.arrivals.exceptions.tables.TABLES,
)
TOTALS: Final[tuple[Total, ...]] = (
    FIGURES,
    tongxin.work.counting.TASKS,
    tongxin.arrivals.tables.JOURNEYS,
    tongxin.registry.households.tables.HOUSEHOLDS,
    tongxin.registry.residents.tables.RESIDENTS,
    tongxin.registry.links.tables.LINKS,
    tongxin.arrivals.comings.tables.COMINGS,
)


# What others are judged by comes first; what is named nowhere is part of people's surroundings.
_STRATA: Final[Mapping[str, Stratum]] = MappingProxyType(
    dict.fromkeys(("account", "place", "proposal", "township", "held"), Stratum.CONTEXT)
    | dict.fromkeys(("person", "staff"), Stratum.PEOPLE)
)


class Context(Struct, frozen=True):
    """What a township's facts are judged and admitted by, besides themselves."""

    accounts: Mapping[str, Account]
    packs: tuple[PackInForce, ...]
    areas: tuple[AreaInForce, ...]
    lists: tuple[ListInForce, ...]
    situation: Situation
    proposers: Mapping[str, str]


class Catalogue:
    """The rulebook of all pillars."""

    kinds = KINDS
    tables: Sequence[Table] = TABLES
    shared: Sequence[Table] = tongxin.registry.links.tables.TABLES
    totals: Sequence[Total] = TOTALS

    def stratum(self, subject: str) -> Stratum:
        """When a subject is made: people last."""
        return _STRATA.get(kind_of(subject), Stratum.SURROUNDINGS)

    def context(self, township: str, entries: Sequence[Entry]) -> Context:
        """Accounts, packs in force and areas at risk, as their sealed facts say."""
        areas = tongxin.registry.rules.areas_in_force(entries)
        lists = tongxin.registry.rules.lists_in_force(entries)
        return Context(
            accounts=tongxin.access.rules.accounts(entries),
            packs=tongxin.registry.rules.packs_in_force(entries),
            areas=areas,
            lists=lists,
            situation=remembered.situation(lists, areas),
            proposers={e.id: e.header.author for e in entries if KINDS[e.header.kind].proposes},
        )

    def admits(
        self, context: Context, draft: Draft, area_now: str | None, area_beside: str | None
    ) -> Problem | None:
        """None if the author may record this now, in its area and where its subject is."""
        where = admission.places(draft, self.place_told(draft), area_now, area_beside)
        return admission.problem(context.accounts, context.proposers, draft, where)

    def beside(self, draft: Draft) -> str | None:
        """The household that somebody joins."""
        return tongxin.registry.residents.rules.household_told(draft.body)

    def place_told(self, draft: Draft) -> str:
        """The grid that a fact tells, or its area."""
        grid = tongxin.registry.households.rules.place_told(draft.body)
        return grid or tongxin.registry.staff.rules.place_told(draft.body) or draft.area

    def surroundings(
        self, connection: Connection, township: str, streams: Collection[Stream]
    ) -> Mapping[str, Any]:
        """For who lives in a household, where it is; for staff, since when they are linked."""
        homes = {
            stream.subject: home
            for stream in streams
            if (home := tongxin.registry.residents.rules.household_of(stream.entries))
        }
        areas = areas_of(connection, township, set(homes.values()))
        staff = [stream.subject for stream in streams if kind_of(stream.subject) == "staff"]
        return {
            **{who: areas.get(home) for who, home in homes.items()},
            **tongxin.registry.links.queries.first_links(connection, township, staff),
        }

    def dependents(self, township: str, subjects: Collection[str]) -> Select[Any] | None:
        """Who lives in these households, and who looks after them."""
        households = [name for name in subjects if kind_of(name) == "household"]
        if not households:
            return None
        either = sa.union(
            tongxin.registry.residents.queries.living_in(township, households),
            tongxin.registry.links.queries.looking_after(township, households),
        )
        return sa.select(either.subquery())

    def derive(self, stream: Stream, context: Context, around: Any) -> Derived:
        """What follows from one subject's facts."""
        rows: dict[str, list[Row]] = dict(ledger_rows(stream))
        area = stream.last_area
        match kind_of(stream.subject):
            case "account":
                _add(rows, tongxin.access.derive.rows(stream))
            case "place":
                _add(rows, tongxin.registry.derive.rows(stream))
                _add(rows, tongxin.registry.grids.derive.rows(stream.entries))
            case "proposal":
                _add(rows, tongxin.registry.derive.rows(stream))
            case "household":
                area = _add_derived(rows, tongxin.registry.households.derive.derived(stream))
            case "staff":
                area = _add_derived(rows, tongxin.registry.staff.derive.derived(stream, around))
            case "checkpoint":
                _add(rows, tongxin.arrivals.checkpoints.derive.rows(stream))
            case "person":
                area = _person(stream, context, around, rows)
        return Derived(area, rows)

    def parts(self, derived: Derived, purposes: Collection[str]) -> list[dict[str, Any]]:
        """What a subject counts for in each figure through facts of these purposes."""
        return [row for row in derived.rows.get("figure_part", []) if row["purpose"] in purposes]

    def touched(
        self, township: str, entries: Sequence[Entry], before: Context, after: Context
    ) -> list[Select[Any]]:
        """Whose stays meet what the areas at risk that came, went or changed may widen to."""
        return touched_between(township, before.situation, after.situation, after.packs)


def touched_between(
    township: str, before: Situation, after: Situation, packs: Sequence[PackInForce]
) -> list[Select[Any]]:
    """The people whose stays meet what differs between two situations, as far as any pack reaches.

    A stay that was over before anything differs is not among them, however far a pack reaches back.
    """
    if before is after:
        return []
    back = max(each.pack.areas.reach_back_days for each in packs) * DAY_MS
    since: dict[str, int] = {}
    for change in changes(before, after):
        from_ms = to_ms(change.since) - back
        for code in {each.pack.reach(change.code) for each in packs}:
            since[code] = min(since.get(code, from_ms), from_ms)
    return tongxin.arrivals.queries.touched_by(township, since)


Rows = dict[str, list[Row]]


def _person(stream: Stream, context: Context, home: str | None, rows: Rows) -> str:
    """Add what follows for a person, resident or returnee; where the person is.

    `home` is where the household is that the person belongs to: whoever came to that village is
    there.
    """
    residents = tongxin.registry.residents.derive
    home = home or residents.area_of(stream.entries)
    came = tongxin.arrivals.rules.area_of(stream.entries)
    area = came or home or stream.last_area
    if home and within(home, area):
        area = home
    carried = rows.get("figure_part", [])
    _add(rows, tongxin.arrivals.derive.rows(area, plans(stream, context), carried))
    _add(rows, tongxin.arrivals.exceptions.derive.rows(stream.entries, area))
    _add(rows, residents.rows(stream.entries, home))
    _add(rows, {"likeness": tongxin.arrivals.doubts.derive.decisions(stream.entries)})
    return area


def _add_derived(rows: Rows, derived: Derived) -> str:
    _add(rows, derived.rows)
    return derived.area


def _add(rows: Rows, more: Mapping[str, list[Row]]) -> None:
    """Each pillar's rows after those of the pillars before it; several may fill one table."""
    for name, added in more.items():
        rows[name] = [*rows.get(name, ()), *added]


def plans(stream: Stream, context: Context) -> dict[str, Judged]:
    """Each of a person's episodes, judged by all pillars' evidence."""
    found = {}
    began = tongxin.arrivals.derive.episodes(stream.readable)
    for episode, entries in tongxin.arrivals.derive.episodes(stream.entries).items():
        # By the first fact told, also where it was taken back: correcting a slip changes no rules.
        pin = pinned(context.packs, began[episode])
        told = tongxin.arrivals.comings.rules.counting(entries)
        statements: list[Evidence] = [
            s for e in told for s in tongxin.arrivals.rules.statements(e)
        ]
        statements += tongxin.arrivals.exceptions.rules.waivers(stream.entries, episode)
        recorded = {e.id: from_ms(e.header.recorded_at) for e in entries}
        judged = pin.doubted(plan(statements, pin.by.pack, context.situation, recorded))
        found[episode] = Judged(tuple(entries), judged, pin.by.pack, pin.by.proposal)
    return found


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue; made once."""
    return Catalogue()


# What devices hold of a subject, and the capability that each table needs.
SYNCED: Final[Mapping[Table, str]] = MappingProxyType(
    {
        tongxin.arrivals.tables.journey: "arrivals.read",
        tongxin.work.tables.task: "work.read",
    }
)
# Whom those tables are about: changes of other subjects are no device's business.
SYNCED_ABOUT: Final = ("person",)
# Columns that are masked wherever a row leaves as it is.
MASKED: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"name": masking.name, "id_number": masking.id_number, "phone": masking.phone}
)
# The columns that pillars add to lists of pillars below them, after the list's own: the returnee
# ledger is `ledger`.
CONTRIBUTED: Final[Mapping[str, tuple[Contributed, ...]]] = MappingProxyType({"ledger": ()})
