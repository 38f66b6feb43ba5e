"""The one list of pillars, and the rulebook that they make together for the ledger.

A new pillar is a folder and its lines here.
"""

from collections.abc import Collection, Mapping, Sequence
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
import tongxin.arrivals.exceptions.derive
import tongxin.arrivals.exceptions.facts
import tongxin.arrivals.exceptions.rules
import tongxin.arrivals.exceptions.tables
import tongxin.arrivals.facts
import tongxin.arrivals.findings.facts
import tongxin.arrivals.imports
import tongxin.arrivals.passages.facts
import tongxin.arrivals.people
import tongxin.arrivals.plans
import tongxin.arrivals.queries
import tongxin.arrivals.rules
import tongxin.arrivals.tables
import tongxin.intake.derive
import tongxin.intake.facts
import tongxin.intake.tables
import tongxin.registry.derive
import tongxin.registry.facts
import tongxin.registry.grids.derive
import tongxin.registry.grids.facts
import tongxin.registry.grids.tables
import tongxin.registry.households.derive
import tongxin.registry.households.facts
import tongxin.registry.households.rules
import tongxin.registry.households.tables
import tongxin.registry.identity.facts
import tongxin.registry.identity.rules
import tongxin.registry.identity.tables
import tongxin.registry.imports
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
from tongxin.base.clock import DAY_MS, to_ms
from tongxin.base.ids import kind_of
from tongxin.base.problems import Problem
from tongxin.desk import Contributed
from tongxin.intake.kinds import SheetKind
from tongxin.ledger import kinds as ledger_kinds
from tongxin.ledger import tables as ledger_tables
from tongxin.ledger.certificates import derive as ledger_rows
from tongxin.ledger.chains import areas_of
from tongxin.ledger.facts import Derived, Draft, Entry, Kind, Row, Stream
from tongxin.ledger.rulebook import Stratum
from tongxin.ledger.ties import Ties
from tongxin.ledger.totals import FIGURES, Total
from tongxin.policy.situation import Situation
from tongxin.registry.identity.facts import Decided
from tongxin.registry.moving import Move, moves_in_force
from tongxin.registry.risklists import remembered
from tongxin.registry.risklists.intervals import changes
from tongxin.registry.rules import AreaInForce, Judged, ListInForce, PackInForce

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for group in (
            ledger_kinds.KINDS,
            tongxin.access.facts.KINDS,
            tongxin.intake.facts.KINDS,
            tongxin.registry.facts.KINDS,
            tongxin.registry.grids.facts.KINDS,
            tongxin.registry.households.facts.KINDS,
            tongxin.registry.residents.facts.KINDS,
            tongxin.registry.identity.facts.KINDS,
            tongxin.registry.links.facts.KINDS,
            tongxin.registry.staff.facts.KINDS,
            tongxin.work.facts.KINDS,
            tongxin.arrivals.facts.KINDS,
            tongxin.arrivals.declarations.facts.KINDS,
            tongxin.arrivals.passages.facts.KINDS,
            tongxin.arrivals.findings.facts.KINDS,
            tongxin.arrivals.checkpoints.facts.KINDS,
            tongxin.arrivals.calls.facts.KINDS,
            tongxin.arrivals.exceptions.facts.KINDS,
        )
        for kind in group
    }
)
TABLES: Final[tuple[Table, ...]] = (
    *ledger_tables.OWN_DERIVED,
    *tongxin.access.tables.TABLES,
    *tongxin.intake.tables.TABLES,
    *tongxin.registry.tables.TABLES,
    *tongxin.registry.grids.tables.TABLES,
    *tongxin.registry.households.tables.TABLES,
    *tongxin.registry.residents.tables.TABLES,
    *tongxin.registry.identity.tables.TABLES,
    *tongxin.registry.links.tables.TABLES,
    *tongxin.registry.staff.tables.TABLES,
    *tongxin.work.tables.TABLES,
    *tongxin.arrivals.tables.TABLES,
    *tongxin.arrivals.comings.tables.TABLES,
    *tongxin.arrivals.checkpoints.tables.TABLES,
    *tongxin.arrivals.calls.tables.TABLES,
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
    | dict.fromkeys(("person", "pair", "staff"), Stratum.PEOPLE)
)


class Context(Struct, frozen=True):
    """What a township's facts are judged and admitted by, besides themselves."""

    accounts: Mapping[str, Account]
    packs: tuple[PackInForce, ...]
    areas: tuple[AreaInForce, ...]
    lists: tuple[ListInForce, ...]
    situation: Situation
    moves: tuple[Move, ...]
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
            moves=moves_in_force(entries),
            proposers={e.id: e.header.author for e in entries if KINDS[e.header.kind].proposes},
        )

    def admits(
        self, context: Context, draft: Draft, area_now: str | None, areas_beside: Collection[str]
    ) -> Problem | None:
        """None if the author may record this now, in its area and where its subject is."""
        if isinstance(draft.body, Decided) and len(areas_beside) < len(self.beside(draft)):
            return admission.UNKNOWN_PEOPLE(field="other")
        where = admission.places(draft, self.place_told(draft), area_now, areas_beside)
        return admission.problem(context.accounts, context.proposers, draft, where)

    def beside(self, draft: Draft) -> Collection[str]:
        """The household that somebody joins; the two people that are found to be one, or two."""
        if isinstance(draft.body, Decided):
            return (draft.body.one, draft.body.other)
        household = tongxin.registry.residents.rules.household_told(draft.body)
        return (household,) if household else ()

    def place_told(self, draft: Draft) -> str:
        """The grid that a fact tells, or its area."""
        grid = tongxin.registry.households.rules.place_told(draft.body)
        grid = grid or tongxin.intake.facts.place_told(draft.body)
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

    def ties(self, stream: Stream) -> Ties | None:
        """People bear the ID numbers that they told; a pair says what was decided of two."""
        match kind_of(stream.subject):
            case "person":
                return tongxin.registry.identity.rules.ties_of(stream.entries)
            case "pair":
                return tongxin.registry.identity.rules.decided(stream.entries)
        return None

    def may_mark(self, draft: Draft) -> bool:
        """A person's number, and what may bring back an earlier one."""
        of_person = kind_of(draft.subject) == "person"
        return of_person and tongxin.registry.identity.rules.may_mark(draft.body)

    def tellers(self, stream: Stream, mark: str) -> Sequence[str]:
        """The facts that tell this number."""
        return tongxin.registry.identity.rules.tellers(stream.entries, mark)

    def has_say(self, context: Context, draft: Draft, places: Collection[str]) -> bool:
        """Whether the author, or who vouches, has this fact's capability in all these places."""
        return admission.outside(context.accounts, draft, places) is None

    def derive(
        self, streams: Sequence[Stream], context: Context, around: Mapping[str, Any]
    ) -> Mapping[str, Derived]:
        """What follows for each of these, which are one, from the facts of all."""
        if kind_of(streams[0].subject) == "person":
            return tongxin.arrivals.people.derived(streams, plans(streams, context), around)
        return {s.subject: self._derived(s, around.get(s.subject)) for s in streams}

    def served_with(
        self, streams: Sequence[Stream], context: Context, purposes: Collection[str]
    ) -> Collection[str]:
        """With an episode, the others of its journey."""
        served = set(purposes)
        if kind_of(streams[0].subject) == "person":
            for judged in plans(streams, context).values():
                whole = {entry.header.purpose for entry in judged.entries}
                served |= whole if whole & served else set()
        return served

    def _derived(self, stream: Stream, around: Any) -> Derived:
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
            case "import":
                _add(rows, tongxin.intake.derive.rows(stream))
                area = tongxin.intake.derive.area(stream)
            case "household":
                area = _add_derived(rows, tongxin.registry.households.derive.derived(stream))
            case "staff":
                area = _add_derived(rows, tongxin.registry.staff.derive.derived(stream, around))
            case "checkpoint":
                _add(rows, tongxin.arrivals.checkpoints.derive.rows(stream))
        return Derived(area, rows)

    def parts(self, derived: Derived, purposes: Collection[str]) -> list[dict[str, Any]]:
        """What a subject counts for in each figure through facts of these purposes."""
        return [row for row in derived.rows.get("figure_part", []) if row["purpose"] in purposes]

    def touched(
        self, township: str, entries: Sequence[Entry], before: Context, after: Context
    ) -> list[Select[Any]]:
        """Whose stays meet what the areas at risk that came, went or changed may widen to, and
        whose pack others take the place of.
        """
        stayed = touched_between(township, before.situation, after.situation, after.packs)
        return stayed + moved_between(township, before.moves, after.moves)


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


def moved_between(
    township: str, before: Sequence[Move], after: Sequence[Move]
) -> list[Select[Any]]:
    """The people whose cases the moves may concern that one context has and the other has not."""
    packs = {move.from_pack for move in set(before) ^ set(after)}
    return [tongxin.arrivals.queries.judged_by(township, packs)] if packs else []


Rows = dict[str, list[Row]]


def _add_derived(rows: Rows, derived: Derived) -> str:
    _add(rows, derived.rows)
    return derived.area


def _add(rows: Rows, more: Mapping[str, list[Row]]) -> None:
    """Each pillar's rows after those of the pillars before it; several may fill one table."""
    for name, added in more.items():
        rows[name] = [*rows.get(name, ()), *added]


def plans(streams: Sequence[Stream], context: Context) -> dict[str, Judged]:
    """Each journey of one human being, of all records that are one, by all pillars' evidence."""
    return tongxin.arrivals.plans.plans(streams, context.packs, context.moves, context.situation)


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
# A door to knock at is no secret of whoever goes there.
DOORS: Final = "registry.doors"
# The columns that pillars add to lists of pillars below them, after the list's own: the returnee
# ledger is `ledger`.
CONTRIBUTED: Final[Mapping[str, tuple[Contributed, ...]]] = MappingProxyType({"ledger": ()})
# The kinds of list that can be imported, in the order in which they are offered.
SHEETS: Final[Mapping[str, SheetKind]] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            tongxin.arrivals.imports.LEDGER,
            tongxin.registry.imports.HOUSEHOLDS,
            tongxin.registry.imports.STAFF,
        )
    }
)
