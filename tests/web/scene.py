"""What the walk over all routes finds in the townships: people, tasks, held facts, proposals.

Everybody made here has words that stand nowhere else, so that an answer which holds one of them
tells whose data it shows.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from tests.arrivals import homecoming
from tests.registry.doors import Doors
from tests.registry.risklists.lists import PUDONG, entry, served
from tests.town import Town
from tests.village import (
    FENG,
    HE,
    LI,
    NEIGHBOUR,
    PASSWORD_HASH,
    TOWNSHIP,
    WANG,
    WORKERS,
    Returnee,
    Worker,
    id_number,
)
from tongxin.access import facts as access
from tongxin.access.roles import ROLES
from tongxin.arrivals.checkpoints.facts import CHECKPOINT_OPENED, CheckpointOpened
from tongxin.arrivals.exceptions.facts import EXCEPTION_PROPOSED, ExceptionProposed
from tongxin.arrivals.facts import TEMPERATURE_TAKEN, TemperatureTaken
from tongxin.base.ids import new_id, new_subject
from tongxin.ledger.facts import EPISODE, OFFICE, REGISTRATION, Kind, Outcome
from tongxin.ledger.inbox import digest_of
from tongxin.ledger.kinds import (
    FORGET_PROPOSED,
    TAKING_BACK_PROPOSED,
    ForgetProposed,
    TakingBackProposed,
)
from tongxin.ledger.tables import chain
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts as registry
from tongxin.registry.residents.facts import RESIDENT_AWAY, ResidentAway
from tongxin.work.facts import TASK_DONE, TASK_OPENED, TaskDone, TaskOpened

HEADS: Final = {TOWNSHIP: (LI, WANG), NEIGHBOUR: (FENG, HE)}


class Someone(Struct, frozen=True):
    """A person made for the walk, and where to find what is recorded of him."""

    told: Returnee
    subject: str
    episode: str
    task: str = ""
    party: str = ""

    @property
    def secrets(self) -> set[str]:
        """What nobody sees without a reason, wherever he works."""
        return {self.told.name, self.told.id_number, self.told.phone}

    @property
    def words(self) -> set[str]:
        """What an outsider's answers never hold."""
        found = {*self.secrets, self.told.address, self.subject, self.episode}
        return found | {self.party} if self.party else found


class Home(Struct, frozen=True):
    """A household made for the walk, and who lives there."""

    household: str
    person: str


class Scene:
    """Two townships with people in three villages; more is made as the walk uses it up."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.words: dict[str, set[str]] = defaultdict(set)
        self.secrets: set[str] = set()
        self._numbers: Iterator[int] = count(1)
        self.asker = LI  # who is about to ask, for what only its own author may have taken back
        self._grids: Iterator[int] = count(1)
        for township in HEADS:
            mine = [who for who in WORKERS if who.township == township]
            self.words[township] = {town.account(who) for who in mine}
            self.words[township] |= {who.name for who in mine}

    def number(self) -> int:
        """A number that nothing else here has."""
        return next(self._numbers)

    def somebody(self, village: str) -> Someone:
        """A fresh person in a village, with a task."""
        n = next(self._numbers)
        number = id_number(f"{1970 + n // 1000}0101", f"{n % 1000:03}")
        told = Returnee(
            f"试{chr(0x5000 + n)}{chr(0x5100 + n)}", number, f"1990001{n:04}", "310115",
            "上海市浦东新区", f"试住{n:04}号", village=village,
        )  # fmt: skip
        by = HEADS[village[:9]][0]
        came = self.town.arrive(told, by=by)
        asked = TaskOpened(
            task=f"asked-{n}", title="送药上门", due_at=self.town.now + timedelta(hours=1)
        )
        opened = self.town.draft(
            TASK_OPENED, asked, by=by, subject=came.subject, purpose=came.purpose, area=village
        )
        assert self.town.record(opened)[0].outcome is Outcome.RECORDED
        made = Someone(told, came.subject, came.id, asked.task)
        self.words[village] |= made.words
        self.secrets |= made.secrets
        return made

    def empty_home(self, village: str) -> str:
        """A fresh household where nobody is registered."""
        address = f"试住{next(self._numbers):04}号"
        household = Doors(self.town).household(f"{village}-01", address, by=HEADS[village[:9]][0])
        self.words[village] |= {address, household}
        return household

    def home(self, village: str) -> Home:
        """A fresh household with somebody in it."""
        n = next(self._numbers)
        number, phone = id_number(f"{1980 + n // 1000}0101", f"{n % 1000:03}"), f"1990002{n:04}"
        name, household = f"试户{chr(0x5000 + n)}", self.empty_home(village)
        person = Doors(self.town).resident(
            household, name, by=HEADS[village[:9]][0], area=village, id_number=number, phone=phone
        )
        self.words[village] |= {name, number, phone, person}
        self.secrets |= {name, number, phone}
        return Home(household, person)

    def away(self, village: str) -> str:
        """A fresh resident who is away in a named area; the subject."""
        home, body = self.home(village), ResidentAway(to_area="310115")
        by = HEADS[village[:9]][0]
        Doors(self.town).record(RESIDENT_AWAY, body, home.person, area=village, by=by)
        return home.person

    def worker(self, village: str) -> str:
        """Somebody of the staff of a village, with a telephone of his own."""
        n = next(self._numbers)
        name, phone = f"试工{chr(0x5000 + n)}", f"1990003{n:04}"
        by = HEADS[village[:9]][0]
        made = Doors(self.town).worker(name, village, by=by, phone=phone, member=True)
        self.words[village] |= {name, phone, made}
        self.secrets.add(phone)
        return made

    def grid(self, village: str) -> str:
        """A fresh grid of a village."""
        n = next(self._grids)
        code = f"{village}-{2 + n % 60:02}"
        Doors(self.town).grid(code, by=HEADS[village[:9]][0])
        return code

    def _returnee(self, village: str) -> Returnee:
        """Somebody made up for this call."""
        n = next(self._numbers)
        return Returnee(
            f"试{chr(0x5000 + n)}{chr(0x5100 + n)}",
            id_number(f"{1960 + n // 1000}0101", f"{n % 1000:03}"),
            f"1990001{n:04}", "310115", "上海市浦东新区", f"试住{n:04}号", village=village,
        )  # fmt: skip

    def expected(self, village: str) -> Someone:
        """A fresh person who has declared a return to a village."""
        who, party = self._returnee(village), new_id()
        plan = homecoming.told(self.town, who, by=HEADS[village[:9]][0], area=village, party=party)
        return self._kept(Someone(who, plan.subject, plan.id, party=party), village)

    def at_post(self, village: str) -> Someone:
        """A fresh person who stood at a post on the way to a village."""
        who = self._returnee(village)
        seen = homecoming.at_post(self.town, who, by=HEADS[village[:9]][0], area=village)
        return self._kept(Someone(who, seen.subject, seen.id), village)

    def _kept(self, made: Someone, village: str) -> Someone:
        self.words[village] |= made.words
        self.secrets |= made.secrets
        return made

    def checkpoint(self, township: str) -> str:
        """A fresh checkpoint of a township, under its name for nobody else."""
        subject, by = new_subject("checkpoint"), HEADS[township][0]
        body = CheckpointOpened(name="试卡点", villages=(f"{township}201",))
        draft = self.town.draft(
            CHECKPOINT_OPENED, body, by=by, subject=subject, purpose=OFFICE, area=township
        )
        assert self.town.record(draft)[0].outcome is Outcome.RECORDED
        self.words[township].add(subject)
        return subject

    def held(self, village: str) -> str:
        """A fresh held fact of a village: what contradicts one that is recorded."""
        there = self.somebody(village)
        by = HEADS[village[:9]][0]
        other = self.town.arrival(
            there.told, by=by, id=there.episode, person=there.subject, transport="自驾"
        )
        assert self.town.record(other)[0].outcome is Outcome.HELD
        digest = digest_of(other.signature)
        self.words[village].add(digest)
        return digest

    def proposal(self, township: str) -> str:
        """A fresh proposal of the township's second person, for the first to approve."""
        body = registry.AreaProposed(
            code="310115", name="上海市浦东新区", level="high", from_=self.town.now, source="通报"
        )
        subject = self.town.propose(registry.AREA_PROPOSED, body, HEADS[township][1]).subject
        self.words[township].add(subject)
        return subject

    def file(self) -> str:
        """A fresh national list, as a file holds it."""
        place = f"试小区{next(self._numbers)}号楼"
        return served([entry(PUDONG, place)], at=self.town.now).decode()

    def risk_list(self, township: str) -> str:
        """A fresh national list that the township's second person proposes."""
        raw = self.file().encode()
        subject = self.town.listed(raw, by=HEADS[township][1]).subject
        self.words[township].add(subject)
        return subject

    def pack(self, township: str) -> str:
        """A fresh proposal of the pack `watch`."""
        text = shipped_bytes("watch").decode()
        body = registry.PackProposed(text=text, in_force_from=self.town.now, reason="防控需要")
        subject = self.town.propose(registry.PACK_PROPOSED, body, HEADS[township][1]).subject
        self.words[township].add(subject)
        return subject

    def packs(self, township: str) -> tuple[str, str]:
        """Two packs that are in force in a township."""
        text = shipped_bytes("watch").decode()
        first, second = HEADS[township]
        made = []
        for _ in range(2):
            body = registry.PackProposed(text=text, in_force_from=self.town.now, reason="防控需要")
            proposed = self.town.propose(registry.PACK_PROPOSED, body, second)
            self.town.approve(proposed, first)
            made.append(proposed.id)
        return made[0], made[1]

    def to_forget(self, village: str) -> tuple[Someone, str]:
        """Somebody whom the township's second person proposes to forget."""
        there, proposal = self.somebody(village), new_id()
        body = ForgetProposed(purposes=(f"{EPISODE}:{there.episode}",), reason="本人申请")
        draft = self.town.draft(
            FORGET_PROPOSED, body, by=HEADS[village[:9]][1], subject=there.subject,
            purpose=OFFICE, area=village, id=proposal,
        )  # fmt: skip
        assert self.town.record(draft)[0].outcome is Outcome.RECORDED
        return there, proposal

    def twins(self, village: str) -> tuple[Someone, Someone]:
        """Somebody written down twice with one ID number."""
        there, by = self.somebody(village), HEADS[village[:9]][0]
        again = self.town.arrive(there.told, by=by)
        made = Someone(there.told, again.subject, again.id, there.task)
        self.words[village] |= made.words
        return there, made

    def noted(self, village: str, by: Worker) -> tuple[Someone, str]:
        """Somebody of whom `by` has just recorded something; its id."""
        there = self.somebody(village)
        done = "arrivals.record" not in ROLES[by.role].may
        kind: Kind = TASK_DONE if done else TEMPERATURE_TAKEN
        body = (
            TaskDone(task=there.task, done_at=self.town.now)
            if done
            else TemperatureTaken(taken_at=self.town.now, celsius=36.5)
        )
        draft = self.town.draft(
            kind, body, by=by, subject=there.subject, purpose=f"{EPISODE}:{there.episode}",
            area=village,
        )  # fmt: skip
        assert self.town.record(draft)[0].outcome is Outcome.RECORDED
        return there, draft.id

    def to_take_back(self, village: str) -> tuple[Someone, str, str]:
        """Somebody, a fact about him, and the second person's proposal to take it back."""
        first, second = HEADS[village[:9]]
        there, noted = self.noted(village, first)
        draft = self.town.draft(
            TAKING_BACK_PROPOSED, TakingBackProposed(fact=noted, reason="看错了体温计"), by=second,
            subject=there.subject, purpose=OFFICE, area=village,
        )  # fmt: skip
        assert self.town.record(draft)[0].outcome is Outcome.RECORDED
        return there, noted, draft.id

    def to_except(self, village: str) -> tuple[Someone, str]:
        """Somebody, and the second person's proposal to make an exception of him."""
        there = self.somebody(village)
        now = self.town.now
        body = ExceptionProposed(reason="血液透析", from_=now, until=now + timedelta(days=7))
        draft = self.town.draft(
            EXCEPTION_PROPOSED, body, by=HEADS[village[:9]][1], subject=there.subject,
            purpose=f"{EPISODE}:{there.episode}", area=village,
        )  # fmt: skip
        assert self.town.record(draft)[0].outcome is Outcome.RECORDED
        return there, draft.id

    def account(self, township: str) -> str:
        """A fresh account of a township; a colleague nobody else is about."""
        return self.twin(Worker("", "", "volunteer", township, township=township))[0]

    def twin(self, who: Worker) -> tuple[str, Worker]:
        """A fresh account with the role of `who`, and the worker who has it."""
        n = next(self._numbers)
        twin = Worker(f"twin{n}", f"双{chr(0x5200 + n)}", who.role, who.area, township=who.township)
        subject = new_subject("account")
        opened = access.AccountOpened(
            username=twin.username, name=twin.name, password_hash=PASSWORD_HASH
        )
        given = access.RoleGiven(role=who.role, area=who.area)
        by = HEADS[who.township][0]
        for kind, body in ((access.ACCOUNT_OPENED, opened), (access.ROLE_GIVEN, given)):
            draft = self.town.draft(
                kind, body, by=by, subject=subject, purpose=REGISTRATION, area=who.township
            )
            assert self.town.record(draft)[0].outcome is Outcome.RECORDED
        self.words[who.township] |= {subject, twin.name}
        return subject, twin

    def hidden_from(self, who: Worker | None) -> set[str]:
        """The words of every place that `who` may not look into."""
        found: set[str] = set()
        for place, words in self.words.items():
            village = len(place) > len(NEIGHBOUR)
            foreign = who is None or not place.startswith(who.township)
            if foreign or (who and village and not place.startswith(who.area)):
                found |= words
        return found

    def heads(self) -> dict[str, Any]:
        """How far each township's chain has come."""
        with self.town.installation.database.reading() as connection:
            rows = connection.execute(sa.select(chain.c.township, chain.c.seq))
            return {row.township: row.seq for row in rows}
