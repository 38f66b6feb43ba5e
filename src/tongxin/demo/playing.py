"""Plays a scenario through the program's own API: nothing here writes to a table.

It is played in rounds, as a week would: people arrive, then what falls due is done or is not.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import msgspec

from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import ZONE
from tongxin.base.ids import new_id
from tongxin.base.texts import Text
from tongxin.demo.calls import Caller, Telephone
from tongxin.demo.homecoming import Callers, Homecoming
from tongxin.demo.people import Returnee, others, returnees
from tongxin.demo.scenario import Account, Place, Scenario
from tongxin.demo.settling import Settling
from tongxin.ledger.facts import EPISODE
from tongxin.policy.asking import QUESTION
from tongxin.policy.due import SWAB, TEMPERATURE
from tongxin.policy.shipped import shipped_pack

Progress = Callable[[Text], None]

_PEOPLE: Final = "/api/v1/arrivals"
_ROUNDS: Final = 40
_AT_ONCE: Final = 200
_NORMAL: Final = (36.2, 36.3, 36.4, 36.5, 36.6, 36.7, 36.8)
_FEVER: Final = 38.1
_ROUTINE: Final = timedelta(minutes=40)


class Player:
    """One playing of a scenario on a server, as of `now`. The same seed plays the same."""

    def __init__(
        self, scenario: Scenario, port: int, seed: int, now: datetime, progress: Progress
    ) -> None:
        self.scenario, self.port, self.now = scenario, port, now
        self.dice = Random(seed)
        self.progress = progress
        self._callers: dict[tuple[str, str], Caller] = {}

    def play(self) -> None:
        """Everything; ends with the last answer."""
        try:
            for place in self.scenario.townships:
                self._open(place)
                self._adopt(place)
                self._settle(place)
            stage = self.scenario.townships[0]
            self._lists(stage, agreed=True)
            for place in self.scenario.townships:
                self._fill(place, is_stage=place is stage)
            self._lists(stage, agreed=False)
        finally:
            for caller in self._callers.values():
                caller.close()

    def caller(self, place: Place, account: Account) -> Caller:
        """That account's session; begun at its first use."""
        key = (place.code, account.username)
        if key not in self._callers:
            self._callers[key] = Caller.signed_in(
                self.port, place.code, account.username, self.scenario.password
            )
        return self._callers[key]

    def _tell(self, place: Place, zh: str, en: str) -> None:
        self.progress(Text(f"{place.title.zh}：{zh}", f"{place.title.en}: {en}"))

    # Setting the stage

    def _open(self, place: Place) -> None:
        self._tell(place, "地名和账号", "places and accounts")
        chief = self.caller(place, place.first)
        for village in place.villages:
            chief.post("/api/v1/places", {"code": village.code, "name": village.name})
        for account in place.accounts[2:]:
            chief.post(
                "/api/v1/accounts",
                {
                    "username": account.username, "name": account.name, "post": account.post,
                    "role": account.role, "area": account.area or place.code,
                    "password": self.scenario.password,
                },
            )  # fmt: skip

    def _adopt(self, place: Place) -> None:
        """Pack and areas at risk: proposed by the first account, approved by the second."""
        self._tell(place, "规则和风险地区", "rules and areas at risk")
        since = self.now - timedelta(days=self.scenario.pack_days_ago)
        pack = {
            "shipped": self.scenario.pack, "in_force_from": since.isoformat(),
            "reason": "演示：按省、县通告执行",
        }  # fmt: skip
        self._agree(place, "/api/v1/packs", pack)
        for area in self.scenario.areas:
            from_ = self.now - timedelta(days=area.days_ago)
            until = from_ + timedelta(days=area.days) if area.days else None
            declared = {
                "code": area.code, "name": area.name, "level": area.level, "source": area.source,
                "from_": from_.isoformat(), "until": until.isoformat() if until else None,
            }  # fmt: skip
            self._agree(place, "/api/v1/areas", declared)

    def _lists(self, place: Place, *, agreed: bool) -> None:
        """National lists: those in force, or those that wait for the second person."""
        for one in self.scenario.lists:
            told = {"text": one.as_of(self.now), "source": one.source}
            if agreed and one.agreed:
                self._agree(place, "/api/v1/risklists", told)
            elif not (agreed or one.agreed):
                self.caller(place, place.first).post("/api/v1/risklists", told)

    def _agree(self, place: Place, path: str, proposal: dict[str, Any]) -> None:
        made = self.caller(place, place.accounts[0]).post(path, proposal)
        second = self.caller(place, place.accounts[1])
        second.post(f"/api/v1/proposals/{made['subject']}/approve", {})

    def _settle(self, place: Place) -> None:
        """Who lives here and who works here, before anybody comes."""
        if place.life is not None:
            chief = self.caller(place, place.first)
            settling = Settling(self.scenario, place, place.life, chief, self.now)
            settling.settle(lambda text: self._tell(place, text.zh, text.en))

    # People come, and what falls due is done

    def _fill(self, place: Place, *, is_stage: bool) -> None:
        people = returnees(self.scenario, place, self.now, self.dice)
        self._tell(place, f"{len(people)} 人返乡", f"{len(people)} people arrive")
        by_phone = self._by_phone(place, people) if is_stage else []
        known = [self._arrive(place, who, n, is_stage) for n, who in enumerate(people)
                 if who not in by_phone]  # fmt: skip
        self._tell(place, "测温、检测、走访", "temperatures, tests, visits")
        neglected = self._neglected(known) if is_stage else set()
        self._work(place, neglected)
        if is_stage:
            self._events(place, neglected)
            self._homecoming(place)

    def _homecoming(self, place: Place) -> None:
        """Who is expected, at the posts, missing, for elsewhere, called."""
        if not self.scenario.happenings.homecoming:
            return
        self._tell(place, "报备、卡点、摸排、电话", "declarations, checkpoints, calls")
        who = Callers(self.caller(place, place.first), self.caller(place, place.one("checkpoint")))
        # Dice of its own: what is played before stays as it was.
        dice = Random(f"{place.code} comes home")
        people = others(self.scenario, place, self.now, dice)
        Homecoming(place, people, self.now, dice, who).play()

    def _arrive(self, place: Place, who: Returnee, n: int, is_stage: bool) -> tuple[str, str]:
        """One arrival at the checkpoint; (person, episode)."""
        happens = self.scenario.happenings
        body = arrival_of(
            who,
            emergency=is_stage and n < happens.emergencies,
            is_told=not is_stage or n >= happens.emergencies + happens.not_told,
            celsius=self.dice.choice(_NORMAL),
        )
        post = self.caller(place, place.one("checkpoint"))
        answer = post.post(_PEOPLE, {"area": who.village.code, "arrival": body})
        return answer["person"], answer["episode"]

    def _by_phone(self, place: Place, people: list[Returnee]) -> list[Returnee]:
        """A grid worker records with a telephone, some of it twice and one where she may not."""
        owner = next((account for account in place.accounts if account.device), None)
        if owner is None:
            return []
        area = owner.area or place.code
        mine = [who for who in people if who.village.code.startswith(area)]
        mine = mine[: self.scenario.happenings.by_phone]
        phone = Telephone(self.caller(place, owner), owner.device)
        noted = [(who, new_id(), who.village.code) for who in mine]
        for who, fact, village in noted + noted[:1]:
            self._note(phone, who, fact, village)
        outside = next((who for who in people if not who.village.code.startswith(area)), None)
        if outside is not None:
            self._note(phone, outside, new_id(), outside.village.code)
        # Somebody whom nobody has recorded yet: kept until he appears.
        stranger = new_id()
        phone.note(
            arrivals.TEMPERATURE_TAKEN,
            arrivals.TemperatureTaken(taken_at=self.now - timedelta(hours=3), celsius=36.4),
            subject=f"person-{stranger}", purpose=f"{EPISODE}:{stranger}",
            area=place.villages[0].code, at=self.now - timedelta(hours=3),
        )  # fmt: skip
        phone.send(self.now)
        return mine

    def _note(self, phone: Telephone, who: Returnee, id: str, village: str) -> None:
        body = arrival_of(who, emergency=False, is_told=True, celsius=36.5)
        phone.note(
            arrivals.ARRIVAL_RECORDED, body, subject=f"person-{id}", purpose=f"{EPISODE}:{id}",
            area=village, at=who.arrived_at, id=id,
        )  # fmt: skip

    def _neglected(self, known: list[tuple[str, str]]) -> set[str]:
        """People for whom nothing is done: their tasks become overdue. The earliest comers."""
        third = [person for person, _ in known[: max(len(known) // 2, 1)]]
        count = min(self.scenario.happenings.neglected, len(third))
        return set(self.dice.sample(third, count))

    def _work(self, place: Place, neglected: set[str]) -> None:
        """Do what has fallen due, round after round, until only what is neglected is left."""
        doctor = self.caller(place, place.one("doctor", "command"))
        leader = self.caller(place, place.first)
        for _ in range(_ROUNDS):
            found = leader.get(f"/api/v1/tasks?most={_AT_ONCE}")["tasks"]
            mine = [
                task
                for task in found
                if task["person"] not in neglected
                and task["kind"] != QUESTION
                and datetime.fromisoformat(task["due_at"]) < self.now
            ]
            if not mine:
                return
            for task in mine:
                self._do(doctor if task["kind"] in (SWAB, TEMPERATURE) else leader, task)

    def _do(self, caller: Caller, task: dict[str, Any]) -> None:
        opened = datetime.fromisoformat(task["opens_at"])
        due = datetime.fromisoformat(task["due_at"])
        at = min(opened + (due - opened) * self.dice.uniform(0.1, 0.8), self.now - _ROUTINE)
        at = max(at, opened).astimezone(ZONE)
        episode = {"episode": task["episode"]}
        path = f"{_PEOPLE}/{task['person']}/observations"
        if task["kind"] == TEMPERATURE:
            seen = {"taken_at": at.isoformat(), "celsius": self.dice.choice(_NORMAL)}
            caller.post(path, {**episode, "temperature": seen})
        elif task["kind"] == SWAB:
            seen = {"taken_at": at.isoformat(), "positive": False}
            caller.post(path, {**episode, "swab": seen})
        else:
            done = f"/api/v1/tasks/{task['person']}/{task['episode']}/{task['task']}/done"
            caller.post(done, {"done_at": at.isoformat(), "note": ""})

    def _events(self, place: Place, neglected: set[str]) -> None:
        """A fever, a symptom, an answer about a place, a look at a masked number."""
        happens = self.scenario.happenings
        doctor = self.caller(place, place.one("doctor", "command"))
        strictest = doctor.get(f"/api/v1/arrivals?category={self._strictest()}&most={_AT_ONCE}")
        watched = [
            (each["person"], {"episode": each["episode"]})
            for each in strictest["journeys"]
            if each["person"] not in neglected
        ]
        ill = watched[: happens.fevers]
        for person, episode in ill:
            seen = {"taken_at": self._ago(hours=3), "celsius": _FEVER}
            doctor.post(f"{_PEOPLE}/{person}/observations", {**episode, "temperature": seen})
        for person, episode in watched[len(ill) : len(ill) + happens.symptoms]:
            symptom = {"seen_at": self._ago(minutes=30)}
            doctor.post(f"{_PEOPLE}/{person}/observations", {**episode, "symptom": symptom})
        for person, _ in ill[:1]:
            doctor.post(f"{_PEOPLE}/{person}/reveal", {"reason": "电话核实体温"})
        self._answer(place, happens.answered)

    def _strictest(self) -> str:
        """The category of the pack for which most is asked."""
        return shipped_pack(self.scenario.pack).categories[0].id

    def _ago(self, **span: float) -> str:
        return (self.now - timedelta(**span)).isoformat()

    def _answer(self, place: Place, count: int) -> None:
        """Some of those who must be asked about a place by name say that they were not there."""
        leader = self.caller(place, place.first)
        found = leader.get(f"/api/v1/tasks?most={_AT_ONCE}")["tasks"]
        for task in [task for task in found if task["kind"] == QUESTION][:count]:
            for told in leader.get(f"{_PEOPLE}/{task['person']}/explanation"):
                asked = [place for line in told["lines"] for place in line["places"]]
                if asked:
                    leader.post(
                        f"{_PEOPLE}/{task['person']}/observations",
                        {"episode": task["episode"], "answers": {"asked": asked}},
                    )


def arrival_of(
    who: Returnee, *, emergency: bool, is_told: bool, celsius: float
) -> arrivals.ArrivalRecorded:
    """What is written down of an arrival; an emergency has no temperature yet."""
    return arrivals.ArrivalRecorded(
        name=who.name, arrived_at=who.arrived_at, id_number=who.id_number, phone=who.phone,
        address=who.address, transport=who.transport, emergency=emergency,
        from_area=who.origin.area if is_told else "", from_name=who.origin.name if is_told else "",
        celsius=None if emergency else celsius,
    )  # fmt: skip


def fingerprint(scenario: Scenario, seed: int) -> str:
    """By which a demo that is already built is known again."""
    return msgspec.json.encode([scenario.digest, seed]).decode()
