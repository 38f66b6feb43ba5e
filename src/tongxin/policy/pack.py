"""The shape of a policy pack: dated, sourced data. The shape of the law is Python, elsewhere.

A pack that was used is read for ever: a table added here is optional, and a key once required
stays readable.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import cached_property
from typing import Literal

from msgspec import Struct

from tongxin.base.areas import Level
from tongxin.base.texts import Text
from tongxin.policy.clauses import (
    WIDTHS,
    Areas,
    Category,
    Certificate,
    CheckRule,
    Cited,
    CodeClause,
    Deadline,
    Disease,
    Fever,
    Gathering,
    Header,
    Missing,
    ModeClause,
    Objection,
    Retention,
    Source,
    Standard,
    SwabRule,
    Team,
    Word,
)
from tongxin.policy.organisation import (
    Calls,
    Declaration,
    Entry,
    Grids,
    Journeys,
    MemberLinks,
    Visits,
)

# For packs of before there was a table `[journeys]`.
_JOIN_WITHIN = timedelta(hours=72)
_NO_SHOW_AFTER = timedelta(hours=24)


class Pack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A whole pack. `fingerprint` is the SHA-256 of its bytes, put in by the reader.

    `stops` is the clause by which a symptom or a positive test stops the clock. The first role of
    `grid_team` leads. `certificate` and `standards` are of packs before `entry`, `grids` and
    `member_links`, which say the same with more.
    """

    pack: Header
    sources: dict[str, Source]
    entity: Literal["person", "household", "area", "venue"]
    deadlines: tuple[Deadline, ...]
    areas: Areas
    categories: tuple[Category, ...]
    objection: Objection
    retention: Retention
    fever: Fever
    stops: Cited
    disease: Disease | None = None
    words: tuple[Word, ...] = ()
    tests: tuple[SwabRule, ...] = ()
    checks: tuple[CheckRule, ...] = ()
    teams: tuple[Team, ...] = ()
    grid_team: Team | None = None
    grids: Grids | None = None
    member_links: MemberLinks | None = None
    visits: Visits | None = None
    journeys: Journeys | None = None
    declaration: Declaration | None = None
    calls: Calls | None = None
    entry: Entry | None = None
    modes: tuple[ModeClause, ...] = ()
    codes: tuple[CodeClause, ...] = ()
    certificate: Certificate | None = None
    gatherings: tuple[Gathering, ...] = ()
    standards: tuple[Standard, ...] = ()
    missing: tuple[Missing, ...] = ()
    fingerprint: str = ""

    @cached_property
    def deadline(self) -> dict[str, Deadline]:
        """Deadlines by id."""
        return {deadline.id: deadline for deadline in self.deadlines}

    @cached_property
    def test_rule(self) -> dict[str, SwabRule]:
        """Test rules by id."""
        return {rule.id: rule for rule in self.tests}

    @cached_property
    def check_rule(self) -> dict[str, CheckRule]:
        """Check rules by id."""
        return {rule.id: rule for rule in self.checks}

    @cached_property
    def team(self) -> dict[str, Team]:
        """Teams by id."""
        return {team.id: team for team in self.teams}

    @cached_property
    def mode(self) -> dict[str, ModeClause]:
        """What each mode asks, by mode."""
        return {clause.id: clause for clause in self.modes}

    @cached_property
    def words_of(self) -> dict[str, tuple[Word, ...]]:
        """The words that speak of a level, by level."""
        return {
            level: tuple(word for word in self.words if level in word.levels)
            for level in self.areas.levels
        }

    @cached_property
    def word(self) -> dict[str, Word]:
        """Area words by id."""
        return {word.id: word for word in self.words}

    @cached_property
    def exclusive(self) -> tuple[str, ...]:
        """The words of which everybody counts under exactly one: those that are part of no wider
        one, that of every other place, and that of the unknown.
        """
        words = self.words
        tops = [
            word.id
            for place, word in enumerate(words)
            if not any(
                wide.covers(word) and (earlier < place or not word.covers(wide))
                for earlier, wide in enumerate(words)
                if earlier != place
            )
        ]
        unknown = self.areas.unknown
        return (*tops, self.areas.otherwise.id, *((unknown.id,) if unknown else ()))

    def parts_of(self, top: str) -> tuple[str, ...]:
        """The words that are part of an exclusive one, in the pack's order."""
        wide = self.word.get(top)
        if wide is None:
            return ()
        inner = (word.id for word in self.words if word.id != top and wide.covers(word))
        return tuple(word for word in inner if word not in self.exclusive)

    def counted_as(self, words: Collection[str]) -> tuple[str, ...]:
        """Under which of a plan's words its person counts: one exclusive word, the first in the
        pack's order, and those that are part of it.
        """
        top = next((word for word in self.exclusive if word in words), None)
        if top is None:
            return ()
        return (top, *(word for word in self.parts_of(top) if word in words))

    @property
    def label_of(self) -> dict[str, Text]:
        """What each word is called, that of every other place and of the unknown too."""
        labels = {word.id: word.label for word in self.words}
        others = [role for role in (self.areas.otherwise, self.areas.unknown) if role is not None]
        return labels | {role.id: role.label for role in others}

    @cached_property
    def rank(self) -> dict[str, int]:
        """How strict a category is: 0 is the strictest."""
        return {category.id: rank for rank, category in enumerate(self.categories)}

    @property
    def join_within(self) -> timedelta:
        """How far apart records of one person may lie and still be one journey."""
        if self.journeys is None:
            return _JOIN_WITHIN
        return timedelta(hours=self.journeys.join_within_hours)

    @property
    def no_show_after(self) -> timedelta:
        """How long after the expected time somebody who has not come is a no-show."""
        if self.journeys is None:
            return _NO_SHOW_AFTER
        return timedelta(hours=self.journeys.no_show_after_hours)

    @cached_property
    def widest(self) -> int:
        """How many characters of a stay's code must be looked at: short where a word widens."""
        widths = [WIDTHS[word.widened_to] for word in self.words if word.widened_to]
        return min(widths, default=max(Level))

    def reach(self, code: str) -> str:
        """The area whose people a declaration about `code` may touch: wider than `code` where a
        word widens. Those with a stay inside it, or in an area that contains it, are judged again.
        """
        return code[: self.widest]
