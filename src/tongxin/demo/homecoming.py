"""People come home in the demo: told ahead, at the post, missing, called, doubted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from msgspec import Struct

from tongxin.demo.calls import Caller
from tongxin.demo.people import Returnee
from tongxin.demo.scenario import Place

_FEVER: Final = 38.3
Party = tuple[str, list[dict[str, Any]]]


class Callers(Struct, frozen=True):
    """Who does it: the command post and whoever stands at the checkpoint."""

    chief: Caller
    post: Caller


class Homecoming:
    """What goes on at the entrances of one township, as of `now`, with people of its own."""

    def __init__(
        self, place: Place, people: Iterator[Returnee], now: datetime, dice: Random, who: Callers
    ) -> None:
        self.place, self.people, self.now, self.dice, self.who = place, people, now, dice, who
        # The demo is played in some seconds: at the post it is a little later than at the desk.
        self.passing = now + timedelta(minutes=1)

    def play(self) -> None:
        """Everything."""
        checkpoint = self._checkpoints()
        families = [self._family(3, days) for days in (2, 3, 4)]
        self._family(2, 1)
        self._no_show()
        self._vehicle(*families[0], checkpoint)
        self._held(checkpoint)
        self._driver(checkpoint)
        self._doubt(checkpoint)
        self._calls()

    def _checkpoints(self) -> str:
        """Two posts that leave the last villages uncovered."""
        codes = [village.code for village in self.place.villages]
        half = len(codes) // 2
        posts = (
            ("省道卡点", "338 省道入口", codes[:half]),
            ("村道卡点", "春河桥头", codes[half:-2]),
        )
        made = [
            self.who.chief.post(
                "/api/v1/checkpoints",
                {
                    "opened": {
                        "name": name, "place": where, "villages": villages,
                        "equipment": ["测温枪", "隔离帐篷", "登记台"],
                    }
                },
            )
            for name, where, villages in posts
        ]  # fmt: skip
        first: str = made[0]["checkpoint"]
        return first

    def _family(self, size: int, days: int) -> Party:
        """A family that means to come in some days: to which village, and who, as answered."""
        members = [next(self.people) for _ in range(size)]
        planned = self.now + timedelta(days=days, hours=self.dice.randint(-5, 5))
        return self._declare(members, planned)

    def _declare(self, members: list[Returnee], planned: datetime) -> Party:
        first = members[0]
        told = [
            {
                "name": who.name, "id_number": who.id_number, "phone": who.phone,
                "planned_at": planned.isoformat(), "from_area": first.origin.area,
                "from_name": first.origin.name, "address": first.address, "transport": "train",
                "vehicle": f"G{self.dice.randint(1000, 1999)}", "person_type": "returnee",
                "declared_by": "self", "reason": "回家",
            }
            for who in members
        ]  # fmt: skip
        new = {"area": first.village.code, "people": told}
        return first.village.code, self.who.chief.post("/api/v1/declarations", new)["people"]

    def _no_show(self) -> None:
        """Somebody was expected the day before yesterday, and has not come."""
        self._declare([next(self.people)], self.now - timedelta(hours=50))

    def _vehicle(self, village: str, family: list[dict[str, Any]], checkpoint: str) -> None:
        """A family comes two days early, in one car: who was declared is known already."""
        shown = self._certificate(40)
        passages = [
            {
                "person": member["person"], "episode": member["episode"],
                "passage": {
                    "name": "", "passed_at": self.passing.isoformat(), "checkpoint": checkpoint,
                    "plate": "豫S66666", "health_code": "green", "itinerary": "areas",
                    "celsius": self.dice.choice((36.3, 36.5, 36.7)), "certificate": shown,
                },
            }
            for member in family
        ]  # fmt: skip
        self._pass(passages, village)

    def _held(self, checkpoint: str) -> None:
        """Somebody comes untold, and has a fever."""
        self._stranger(checkpoint, celsius=_FEVER, lives_here=True)

    def _driver(self, checkpoint: str) -> None:
        """A lorry driver on his way to the next township."""
        self._stranger(
            checkpoint, bound_for=str(int(self.place.code) + 1), bound_for_name="邻镇",
            plate="皖K88888", lives_here=False,
        )  # fmt: skip

    def _doubt(self, checkpoint: str) -> None:
        """A neighbour told of somebody last evening, and spelt him otherwise; he comes at night."""
        who = next(self.people)
        told = {
            "name": "马朝", "planned_at": (self.now + timedelta(hours=3)).isoformat(),
            "phone": who.phone, "declared_by": "village",
        }  # fmt: skip
        self.who.chief.post("/api/v1/declarations", {"area": who.village.code, "people": [told]})
        wrong = who.id_number[:-2] + str((int(who.id_number[-2]) + 1) % 10) + who.id_number[-1]
        seen = self._seen(who, checkpoint, name="马超", id_number=wrong)
        self._pass([{"passage": seen}], who.village.code)

    def _calls(self) -> None:
        """Some are away: two to be called, one who was not reached, one who stays."""
        for outcome in ("", "", "not_reached", "stays"):
            who = next(self.people)
            call = {
                "name": who.name, "phone": who.phone, "away_area": who.origin.area,
                "away_name": who.origin.name, "address": who.address, "outcome": outcome,
                "called_at": (self.now - timedelta(hours=9)).isoformat(),
            }  # fmt: skip
            self.who.chief.post("/api/v1/calls", {"area": who.village.code, "call": call})

    def _stranger(self, checkpoint: str, **more: Any) -> None:
        who = next(self.people)
        self._pass([{"passage": self._seen(who, checkpoint, **more)}], who.village.code)

    def _seen(self, who: Returnee, checkpoint: str, **more: Any) -> dict[str, Any]:
        return {
            "name": who.name, "passed_at": self.passing.isoformat(), "checkpoint": checkpoint,
            "id_number": who.id_number, "phone": who.phone, "from_area": who.origin.area,
            "from_name": who.origin.name, "health_code": "green", "itinerary": "clear",
            "celsius": 36.4, "certificate": self._certificate(30), **more,
        }  # fmt: skip

    def _certificate(self, hours: int) -> dict[str, str]:
        sampled = self.now - timedelta(hours=hours)
        reported = sampled + timedelta(hours=6)
        return {"sampled_at": sampled.isoformat(), "reported_at": reported.isoformat()}

    def _pass(self, passages: list[dict[str, Any]], area: str) -> None:
        self.who.post.post("/api/v1/passages", {"area": area, "passages": passages})
