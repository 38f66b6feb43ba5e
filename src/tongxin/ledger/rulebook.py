"""What the ledger needs to know of the pillars above it; the catalogue is the one rulebook.

The ledger records and keeps; what facts mean is told it through this. `Context` is whatever the
rules are given besides a subject's own facts: to the ledger it is a sealed box.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from typing import Any, Protocol

from sqlalchemy import Connection, Select, Table

from tongxin.base.problems import Problem
from tongxin.ledger.facts import Derived, Draft, Entry, Kind, Stream
from tongxin.ledger.ties import Ties
from tongxin.ledger.totals import Total

Context = Any


class Stratum(IntEnum):
    """In which order subjects are made: each may be judged by rows of the strata below it.

    CONTEXT makes what all others are judged by, and is judged without it. SURROUNDINGS are what
    people live in and pass through. PEOPLE come last.
    """

    CONTEXT = 0
    SURROUNDINGS = 1
    PEOPLE = 2


class Rulebook(Protocol):
    """Kinds of facts, what follows from them, and whom a change of the context touches."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Every kind of fact by its name."""

    @property
    def tables(self) -> Sequence[Table]:
        """Every derived table of the pillars."""

    @property
    def shared(self) -> Sequence[Table]:
        """The derived tables that `surroundings` reads, besides where a subject is."""

    @property
    def totals(self) -> Sequence[Total]:
        """Every table of sums that is kept of derived rows."""

    def stratum(self, subject: str) -> Stratum:
        """In which order this subject is made."""

    def context(self, township: str, entries: Sequence[Entry]) -> Context:
        """What facts of this township are judged by, besides themselves. Pure.

        `entries` are those that shape it, opened from their seals, in the order recorded.
        """

    def admits(
        self, context: Context, draft: Draft, area_now: str | None, areas_beside: Collection[str]
    ) -> Problem | None:
        """Why this author may not record this here now, or None.

        `area_now` is where the subject is, and `areas_beside` where those are whom `beside` names,
        as far as the ledger knows it already: to speak of somebody takes a remit where that
        person is, not only where the author says he is. Where somebody vouches for a held fact,
        it is his remit that counts.
        """

    def beside(self, draft: Draft) -> Collection[str]:
        """Other subjects that this speaks of too, as the household somebody joins."""

    def place_told(self, draft: Draft) -> str:
        """Where the fact itself says that its subject is: its area, or finer, as a grid."""

    def surroundings(
        self, connection: Connection, township: str, streams: Collection[Stream]
    ) -> Mapping[str, Any]:
        """What else each of these subjects is judged by, from rows of the strata below.

        A sealed box for each subject that has any, found for all of them at once.
        """

    def dependents(self, township: str, subjects: Collection[str]) -> Select[Any] | None:
        """Who (one column) is judged by the rows of these subjects, as the rows are now."""

    def ties(self, stream: Stream) -> Ties | None:
        """The marks that a subject bears, and what it says of who is one with whom. Pure.

        None for subjects that are never one with another.
        """

    def may_mark(self, draft: Draft) -> bool:
        """Whether recording this may give its subject a mark that it did not bear."""

    def tellers(self, stream: Stream, mark: str) -> Sequence[str]:
        """The facts by which a subject bears this mark, by their ids. Pure."""

    def has_say(self, context: Context, draft: Draft, places: Collection[str]) -> bool:
        """Whether whoever answers for this may record such a fact in all of these places."""

    def derive(
        self, streams: Sequence[Stream], context: Context, around: Mapping[str, Any]
    ) -> Mapping[str, Derived]:
        """What follows for each of these subjects, which are one, from the facts of all. Pure.

        Mostly that is one stream. The first is the lead: what follows for the one human being is
        its rows, and the others are where it is. `around` has the surroundings of each.
        """

    def served_with(
        self, streams: Sequence[Stream], context: Context, purposes: Collection[str]
    ) -> Collection[str]:
        """These purposes, and those of facts that are judged as one with theirs. Pure."""

    def parts(self, derived: Derived, purposes: Collection[str]) -> list[dict[str, Any]]:
        """What a subject counts for in each figure through these purposes, before forgetting."""

    def touched(
        self, township: str, entries: Sequence[Entry], before: Context, after: Context
    ) -> Sequence[Select[Any]]:
        """The subjects whose judgement a changed context may change: statements of one column,
        that together find them all.
        """
