"""Whatever happens in a township, its tables say what its facts say, before and after a rebuild."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_properties import Copies, problems, rows_of
from tests.town import Clock, Town
from tests.village import (
    LI,
    QUANJI,
    RETURNEES,
    SUN,
    TAOLIN,
    TOWNSHIP,
    VILLAGES,
    WANG,
    ZHENG,
    ZHOU,
)
from tongxin.arrivals import facts as arrivals
from tongxin.base.problems import Problem
from tongxin.installation import opened
from tongxin.ledger import heads
from tongxin.ledger.facts import Draft
from tongxin.registry import facts as registry
from tongxin.work.facts import TASK_OPENED, TaskOpened

PICK = st.integers(0, 1000)
CODES = ("310115", "3101", "320505", "410105", "430104", "41", "310115120")
CHANGE = frozenset({"change"})


class Life:
    """A township to which things happen; each takes two numbers to choose by."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people: list[Draft] = []

    def arrive(self, one: int, two: int) -> None:
        """Somebody comes; now and then with stays on the way, or somebody known comes again."""
        told: dict[str, Any] = {}
        if two % 3 == 0:
            stay = arrivals.StayTold(
                area=CODES[two % 5], until=self.town.now - timedelta(days=two % 20)
            )
            told["stays"] = (stay,)
        if self.people and two % 4 == 0:
            told["person"] = self.people[one % len(self.people)].subject
        who = RETURNEES[one % len(RETURNEES)]
        draft = self.town.arrival(who, by=LI, area=list(VILLAGES)[one % 3], **told)
        self.town.record(draft)
        self.people.append(draft)

    def observe(self, one: int, two: int) -> None:
        if not self.people:
            return
        about = self.people[one % len(self.people)]
        at = self.town.now - timedelta(hours=two % 30)
        kinds: list[tuple[Any, Any]] = [
            (arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=at)),
            (arrivals.SWAB_RESULTED, arrivals.SwabResulted(taken_at=at, positive=two % 7 == 0)),
            (arrivals.TEMPERATURE_TAKEN, arrivals.TemperatureTaken(taken_at=at, celsius=36.9)),
            (arrivals.PLACE_ANSWERED, arrivals.PlaceAnswered(place="某小区", inside=two % 2 == 0)),
            (TASK_OPENED, TaskOpened(task=f"asked-{two % 3}", title="送药", due_at=at)),
        ]
        kind, body = kinds[two % len(kinds)]
        by = (LI, ZHENG, ZHOU, SUN)[one % 4]
        self.town.record(
            self.town.draft(
                kind, body, by=by, subject=about.subject, purpose=about.purpose, area=about.area
            )
        )

    def at_risk(self, one: int, two: int) -> None:
        since = self.town.now - timedelta(days=one % 20)
        until = since + timedelta(days=two % 25) if two % 2 else None
        self.town.at_risk(CODES[two % len(CODES)], "某地", since=since, until=until)

    def adopt(self, one: int, _: int) -> None:
        self.town.adopt(("henan-2022-04", "watch")[one % 2])

    def propose_only(self, one: int, _: int) -> None:
        body = registry.AreaProposed(
            code=CODES[one % 5], name="某地", level="medium", from_=self.town.now, source="通报"
        )
        self.town.propose(registry.AREA_PROPOSED, body, by=WANG)

    def forget(self, one: int, two: int) -> None:
        if self.people:
            who = self.people[one % len(self.people)]
            purposes = [p.purpose for p in self.people if p.subject == who.subject]
            try:
                self.town.installation.forgetting.forget(
                    TOWNSHIP, who.subject, purposes[: 1 + two % 2], "期满", self.town.now
                )
            except Problem as problem:
                assert problem.code == "ledger.nothing_to_forget"

    def move_roles(self, one: int, two: int) -> None:
        change = self.town.give if two % 2 else self.town.withdraw
        change((SUN, ZHOU)[one % 2], "grid_worker", (TAOLIN, QUANJI)[two % 3 % 2])

    def pass_time(self, one: int, _: int) -> None:
        """Hours or days go by; the heads of days that ended are signed."""
        self.town.clock.advance(hours=one % 40)
        installation = self.town.installation
        with installation.database.reading() as connection:
            due = heads.due(connection, installation.keys, TOWNSHIP, self.town.now)
        if due:
            self.town.record(*due)

    def rebuild(self, _one: int, _two: int) -> None:
        self.town.installation.rebuild(TOWNSHIP)


EVENTS: tuple[Callable[[Life, int, int], None], ...] = (
    Life.arrive, Life.arrive, Life.arrive, Life.observe, Life.observe, Life.observe, Life.at_risk,
    Life.adopt, Life.propose_only, Life.forget, Life.move_roles, Life.pass_time, Life.rebuild,
)  # fmt: skip
LIVES = st.lists(st.tuples(st.sampled_from(EVENTS), PICK, PICK), min_size=5, max_size=40)
Lived = list[tuple[Callable[[Life, int, int], None], int, int]]
QUICK = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
THOROUGH = settings(QUICK, max_examples=100)


def lived(copies: Copies, life: Lived) -> None:
    """Live it, and see that the tables are what the facts say and that a rebuild agrees."""
    clock = Clock()
    with opened(copies(), clock) as installation:
        town = Town(installation, clock)
        told = Life(town)
        for event, one, two in life:
            event(told, one, two)
        installation.store.settle()
        assert problems(town) == []
        before = all_rows(town)
        installation.rebuild(TOWNSHIP)
        assert all_rows(town) == before


def all_rows(town: Town) -> dict[str, Any]:
    return rows_of(town, without=CHANGE, story_only=False)


@QUICK
@given(life=LIVES)
def test_any_life(copies: Copies, life: Lived) -> None:
    lived(copies, life)


@pytest.mark.slow
@THOROUGH
@given(life=LIVES)
def test_a_great_many_lives(copies: Copies, life: Lived) -> None:
    lived(copies, life)
