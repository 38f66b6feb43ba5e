"""What the engine answers: a plan that can be stored, and where it stands at an instant."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from tongxin.base.texts import Text


class Standing(StrEnum):
    """One word for where somebody stands at an instant."""

    UNJUDGED = "unjudged"  # nothing recorded that a rule could judge
    EXPECTED = "expected"  # declared, not yet arrived
    REGISTERED = "registered"  # nothing further is asked
    MONITORED = "monitored"  # in a stage; which one is said beside it
    HELD = "held"  # the clock is stopped, or the days are over and something else is not
    UNDETERMINED = "undetermined"  # must first be asked about places by name
    EXCEPTED = "excepted"  # an approved exception holds
    RELEASED = "released"


class Reason(Struct, frozen=True):
    """Why: a sentence, the facts behind it, the clause, and the id of its source in the pack.

    `place` is an area code or the name of a declared place, for the page to spell out.
    """

    text: Text
    facts: tuple[str, ...]
    clause: Text
    source: str
    place: str = ""


class Stage(Struct, frozen=True):
    """One planned stage: [`from_`, `until`). `until` is None while a symptom stops the clock."""

    mode: str
    from_: datetime
    until: datetime | None
    days: int


class Task(Struct, frozen=True):
    """One thing to do. Late after `due_at`; no longer owed from `lapses_at` on, if that is set.

    `done_by` is the fact that shows it was done. Keys are stable: the same slot, the same key.
    """

    key: str
    kind: str
    label: Text
    opens_at: datetime
    due_at: datetime
    reason: Reason
    done_by: str | None = None
    done_at: datetime | None = None
    lapses_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether it is to be done at `now`."""
        lapsed = self.lapses_at is not None and now >= self.lapses_at
        return self.done_by is None and now >= self.opens_at and not lapsed

    @property
    def late(self) -> bool:
        """Whether it was done, and after it was due."""
        return self.done_at is not None and self.done_at > self.due_at

    def overdue_at(self, now: datetime) -> bool:
        """Whether it should have been done: at the very instant it is due it is not yet late."""
        return self.open_at(now) and now > self.due_at


class Question(Struct, frozen=True):
    """A place at risk (`RiskArea.place`) about which this person must be asked by name."""

    place: str
    level: str
    stay: str
    area: str

    @property
    def area_of(self) -> str:
        """The code of the area that the place lies in, or is."""
        return self.place.partition("#")[0]

    @property
    def name(self) -> str:
        """What the place is called in the list; empty where a whole area is meant."""
        return self.place.partition("#")[2]


class Hold(Struct, frozen=True):
    """Something that stops the clock during [`since`, `until`): symptom, fever or positive."""

    kind: str
    since: datetime
    until: datetime | None
    reason: Reason


class Lack(Struct, frozen=True):
    """A release condition that is not met, and the clause that asks for it."""

    condition: str
    reason: Reason


class Code(Struct, frozen=True):
    """A health code colour during [`from_`, `until`); None: until a condition is met."""

    colour: str
    from_: datetime
    until: datetime | None
    reason: Reason


class Owed(Struct, frozen=True):
    """What the person may count on, and the clause that promises it."""

    text: Text
    clause: Text
    source: str


class Carer(Struct, frozen=True):
    """One role of the team that cares for this person."""

    role: str
    label: Text


class Excepted(Struct, frozen=True):
    """An approved exception during [`from_`, `until`)."""

    reason: str
    from_: datetime
    until: datetime
    fact: str


class Contradiction(Struct, frozen=True):
    """Facts that cannot all be right, or of which the pack does not speak. A person must look;
    meanwhile the rules say which counts.
    """

    text: Text
    facts: tuple[str, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """All that follows from facts, pack and areas at risk, whatever the time is now.

    `category` is None where nothing can be judged. `words` are the pack's area words that surely
    hold, or its word for every other place. `tasks` are those done and the next of each kind.
    `until` is when the days are over (None: no stage, or the clock is stopped); `released_at` is
    when every release condition holds, or None while one is not met; `lacking` names those not
    met, `missed` those that were not while the days ran and nobody could know of them. `possible`
    is the stricter category that applies if an answer to `questions` is yes, `undetermined` why it
    must be asked, and `undetermined_until` when it no longer matters.
    """

    pack: str
    version: int
    fingerprint: str
    category: str | None
    label: Text
    words: tuple[str, ...] = ()
    provisional: bool = False
    begun_at: datetime | None = None
    stages: tuple[Stage, ...] = ()
    until: datetime | None = None
    released_at: datetime | None = None
    lacking: tuple[Lack, ...] = ()
    missed: tuple[Lack, ...] = ()
    holds: tuple[Hold, ...] = ()
    tasks: tuple[Task, ...] = ()
    questions: tuple[Question, ...] = ()
    possible: str | None = None
    undetermined: Reason | None = None
    undetermined_until: datetime | None = None
    codes: tuple[Code, ...] = ()
    excepted: tuple[Excepted, ...] = ()
    team: tuple[Carer, ...] = ()
    owed: tuple[Owed, ...] = ()
    advice: Text | None = None
    objection: Owed
    reasons: tuple[Reason, ...]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def late_tasks(self) -> tuple[Task, ...]:
        """What was done, and later than it was due."""
        return tuple(task for task in self.tasks if task.late)

    @property
    def next_tasks(self) -> tuple[Task, ...]:
        """What is to be done next, at most one task of each kind."""
        return tuple(task for task in self.tasks if task.done_by is None)


class StandingAt(Struct, frozen=True):
    """Where a plan stands at `now`. `until` is when the word changes by itself, if that is known.

    `because` are the reasons of the word itself; the plan's own reasons stand beside them.
    """

    word: Standing
    now: datetime
    stage: Stage | None
    until: datetime | None
    colours: tuple[str, ...]
    open: tuple[Task, ...]
    overdue: tuple[Task, ...]
    because: tuple[Reason, ...]


class Judgement(Struct, frozen=True):
    """A plan and where it stands."""

    plan: Plan
    standing: StandingAt
