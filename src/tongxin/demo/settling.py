"""A township before anybody comes home: grids, staff, households, links, visits, service.

It is told through the program's own API, many households in one call.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, Final, TypeVar

from tongxin.base.areas import Level
from tongxin.base.clock import day_of
from tongxin.base.texts import Text
from tongxin.demo.calls import Caller
from tongxin.demo.families import Families
from tongxin.demo.scenario import Life, Place, Scenario, Village

_AT_ONCE: Final = 100
_GRID, _MICRO_GRID = 280, 40
_UNITS: Final = ("县农业农村局", "县水利局", "县教体局", "县司法局", "县供销社")
_POSTS: Final = ("省道卡点", "桃林街卡点", "村口卡点", "物资配送")
# Role of the pack, office, and the role of the account that such a person signs in with.
_TEAM: Final = (
    ("leader", "村支书", "grid_leader"), ("member-1", "村主任", "grid_worker"),
    ("member-2", "村会计", ""), ("member-3", "包村干部", "town"),
)  # fmt: skip
T = TypeVar("T")


class Settling:
    """Settles one township, as `chief`, who may do all of it."""

    def __init__(
        self,
        scenario: Scenario,
        place: Place,
        life: Life,
        chief: Caller,
        now: datetime,
    ) -> None:
        self.place, self.life, self.chief, self.now = place, life, chief, now
        self.dice = Random(place.code)
        self.families = Families(scenario.people, scenario.origins, day_of(now), self.dice)

    def settle(self, progress: Callable[[Text], None]) -> None:
        """Everything; ends with the last answer."""
        life = self.life
        parts = shares(self.place.villages, life.households)
        leaves = {village: self._draw(village, count) for village, count in parts.items()}
        progress(Text("网格、干部、党员", "grids, cadres, members"))
        self._enrol(list(self._teams(parts)))
        doors = [
            (leaves[village][n * len(leaves[village]) // count], n)
            for village, count in parts.items()
            for n in range(count)
        ]
        members = self._members(doors)
        progress(Text(f"登记 {life.households} 户", f"{life.households} households registered"))
        self._register(doors, members)
        progress(Text("三支队伍值守，上门走访", "the three forces serve; visits"))
        self._serve()
        self._visit_again()

    # How the township is divided, and who leads

    def _draw(self, village: str, households: int) -> list[str]:
        """Draw the grids of a village, micro-grids where it is large; its leaves, in order."""
        leaves: list[str] = []
        for n in range(1, _grids(households) + 1):
            code = f"{village}-{n:02}"
            self.chief.post("/api/v1/grids", {"code": code, "name": f"第{n}网格"})
            here = min(_GRID, households - (n - 1) * _GRID)
            micro = round(here / _MICRO_GRID) if here > _MICRO_GRID else 0
            parts = [f"{code}-{m:02}" for m in range(1, micro + 1)]
            for m, part in enumerate(parts, start=1):
                name = f"第{n}网格第{m}微网格"
                self.chief.post("/api/v1/grids", {"code": part, "name": name})
            leaves += parts or [code]
        return leaves

    def _teams(self, parts: dict[str, int]) -> Iterator[dict[str, Any]]:
        """Four people for each grid, but for a gap here and there; some of them sign in."""
        accounts = {a["username"]: a["account"] for a in self.chief.get("/api/v1/accounts")}
        known = {
            (each.role, each.area): {"name": each.name, "account": accounts[each.username]}
            for each in self.place.accounts
        }
        for n, (village, households) in enumerate(parts.items()):
            for grid in range(1, _grids(households) + 1):
                gap = n < self.life.gaps and grid == 1
                for role, title, signs_in in _TEAM[:-1] if gap else _TEAM:
                    person = self.families.person((28, 58)) | {"post": title}
                    yield {
                        "area": self.place.code if signs_in == "town" else village,
                        "staff": person | known.pop((signs_in, village), {}),
                        "posts": [{"grid": f"{village}-{grid:02}", "role": role}],
                        "at": self._ago(days=30),
                    }  # fmt: skip

    def _members(self, doors: list[tuple[str, int]]) -> list[str]:
        """Members of the Party who look after households, each in the village of the first."""
        firsts = [doors[n * len(doors) // self.life.members] for n in range(self.life.members)]
        return self._enrol(
            [
                {
                    "area": leaf[: Level.VILLAGE], "at": self._ago(days=29),
                    "staff": self.families.person((24, 70)) | {"member": True, "post": "党员"},
                }
                for leaf, _ in firsts
            ]
        )  # fmt: skip

    def _enrol(self, staff: list[dict[str, Any]]) -> list[str]:
        made = []
        for some in _in_lots(staff):
            made += [each["staff"] for each in self.chief.post("/api/v1/staff", {"staff": some})]
        return made

    # Households

    def _register(self, doors: list[tuple[str, int]], members: list[str]) -> None:
        """One after another; the next member takes over once the one before has a share."""
        told = [
            self._household(leaf, n, members[place * len(members) // len(doors)])
            for place, (leaf, n) in enumerate(doors)
        ]
        for household in told[: self.life.unlinked]:
            household["linked"] = []
        for some in _in_lots(told):
            self.chief.post("/api/v1/households", {"households": some})

    def _household(self, leaf: str, n: int, helper: str) -> dict[str, Any]:
        visited = self.dice.randrange(100) < self.life.visited_percent
        return {
            "grid": leaf, "address": f"{n // 24 + 1}组{n % 24 + 1}号",
            "number": f"{leaf[Level.TOWNSHIP : Level.VILLAGE]}{n + 1:04}",
            "members": self.families.family(), "linked": [helper],
            "visited": {"result": "met"} if visited else None,
            "at": self._ago(days=self.dice.randint(1, 26), minutes=self.dice.randrange(600)),
        }  # fmt: skip

    def _visit_again(self) -> None:
        """At some doors nobody is there, at one nobody opens; two cards are compared again."""
        leader = self.chief
        doors = leader.get("/api/v1/households?sort=longest&most=12")["households"]
        for n, door in enumerate(doors[:8]):
            result = "refused" if n == 7 else "absent"
            leader.post(
                f"/api/v1/households/{door['household']}/records",
                {"visited": {"result": result}, "at": self._ago(hours=n + 2)},
            )
        guests = leader.get("/api/v1/households?most=3")["households"]
        for door in guests:
            (origin,) = self.dice.choices(self.families.origins)
            visitor = self.families.person((20, 60)) | {
                "from_area": origin.area, "from_name": origin.name, "reason": "探亲"
            }  # fmt: skip
            leader.post(f"/api/v1/households/{door['household']}/members", {"visitor": visitor})

    def _serve(self) -> None:
        """People of the three forces, each of whom has signed in at least once."""
        forces = {
            "double_report": self.life.double_report, "volunteer": self.life.volunteers,
            "county_cadre": self.life.county_cadres,
        }  # fmt: skip
        named = [force for force, count in forces.items() for _ in range(count)]
        told = [
            {
                "area": self.place.code, "at": self._ago(days=20),
                "staff": self.families.person((19, 59)) | {
                    "force": force, "member": force == "double_report",
                    "unit": "" if force == "volunteer" else self.dice.choice(_UNITS),
                },
            }
            for force in named
        ]  # fmt: skip
        for force, staff in zip(named, self._enrol(told), strict=True):
            for _ in range(self.dice.choice((1, 1, 2))):
                hours = self.dice.randrange(1, 24 * 12)
                place = self.dice.choice(_POSTS)
                signed = {"signed": {"force": force, "place": place}, "at": self._ago(hours=hours)}
                self.chief.post(f"/api/v1/staff/{staff}/records", signed)

    def _ago(self, **span: float) -> str:
        return (self.now - timedelta(**span)).isoformat()


def _grids(households: int) -> int:
    return -(-households // _GRID)


def shares(villages: Sequence[Village], total: int) -> dict[str, int]:
    """`total` in proportion to the villages' weights, to the last one."""
    weight = sum(village.weight for village in villages)
    found, given, before = {}, 0, 0
    for village in villages:
        before += village.weight
        upto = total * before // weight
        found[village.code] = upto - given
        given = upto
    return found


def _in_lots(things: list[T]) -> Iterator[list[T]]:
    waiting = iter(things)
    while lot := list(islice(waiting, _AT_ONCE)):
        yield lot
