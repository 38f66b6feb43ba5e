"""Townships with journeys in them, recorded the way that everything is: facts through the writer.

Everybody is made up; the region in their ID numbers (411599) does not exist.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from tongxin.access.queries import account_named, accounts
from tongxin.arrivals import facts as arrivals
from tongxin.base.id_numbers import check_character
from tongxin.base.ids import new_id
from tongxin.installation import FirstAccount, Installation
from tongxin.ledger.facts import EPISODE, OFFICE, Door, Draft, Fact, Kind, Outcome
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.ledger.wire import authored
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts as registry

PASSWORD: Final = "bench-not-secret"  # noqa: S105 of made-up people on a throw-away database
PACK: Final = "henan-2022-04"
VILLAGES: Final = 16
# Where most come from. What is declared at risk in a measurement is none of these.
ORIGINS: Final = (
    ("310115", "上海市浦东新区"), ("320505", "苏州市虎丘区"), ("410105", "郑州市金水区"),
    ("430104", "长沙市岳麓区"), ("440305", "深圳市南山区"), ("330106", "杭州市西湖区"),
    ("411503", "信阳市平桥区"), ("420111", "武汉市洪山区"),
)  # fmt: skip
AT_RISK: Final = ("310115", "320505")
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN: Final = "伟芳娜敏静强磊洋勇军杰娟艳涛明超霞平刚玲"
_FACTS_AT_ONCE: Final = 400
# So lately that no task is late before the bench ends: else the clock would raise alarms meanwhile.
_ARRIVED_WITHIN: Final = timedelta(minutes=30)
# People of one seed: those of the next are others.
SEEDED: Final = 2_000_000
_BIRTHDAYS, _SERIALS = 76 * 12 * 28, 999
_STRIDE: Final = 10_000_019  # a prime, so that neighbours have nothing in common


class Cell(Struct, frozen=True):
    """One township, its first account (who records) and the second (who approves)."""

    township: str
    accounts: tuple[str, str]

    @property
    def villages(self) -> list[str]:
        """The codes of its villages."""
        return [f"{self.township}2{n:02}" for n in range(1, VILLAGES + 1)]


def settled(installation: Installation, township: str, now: datetime) -> Cell:
    """Begin a township, with the Henan pack in force and two areas at risk."""
    first = [FirstAccount(name, name, PASSWORD) for name in ("one", "two")]
    installation.begin(township, f"第{township[6:]}镇", first, now)
    with installation.database.reading() as connection:
        known = accounts(installation.store, connection, township)
        found = [account_named(known, one.username) for one in first]
    one, two = (account[0] for account in found if account is not None)
    cell = Cell(township, (one, two))
    text = shipped_bytes(PACK).decode()
    adopt(
        installation, cell, registry.PACK_PROPOSED,
        registry.PackProposed(text=text, in_force_from=now, reason="bench"), now,
    )  # fmt: skip
    for code in AT_RISK:
        declare(installation, cell, code, now)
    return cell


def declare(installation: Installation, cell: Cell, code: str, now: datetime) -> None:
    """An area at risk since a week ago: proposed by one account, approved by the other."""
    body = registry.AreaProposed(
        code=code, name=f"区划 {code}", level="high", from_=now - timedelta(days=7), source="bench"
    )
    adopt(installation, cell, registry.AREA_PROPOSED, body, now)


def adopt(installation: Installation, cell: Cell, kind: Kind, body: Fact, now: datetime) -> None:
    """Propose and approve; returns once it is in force, whoever is still to be judged again."""
    proposal = new_id()
    steps: list[tuple[Kind, Fact, str, str]] = [
        (kind, body, cell.accounts[0], proposal),
        (APPROVED, Approved(proposal=proposal), cell.accounts[1], new_id()),
    ]
    for step, said, author, fact in steps:
        draft = authored(
            installation.signer(cell.township), step, said, township=cell.township, id=fact,
            subject=f"proposal-{proposal}", purpose=OFFICE, area=cell.township, author=author,
            happened_at=now, door=Door.FORM,
        )  # fmt: skip
        recorded(installation, [draft], now)


def recorded(installation: Installation, drafts: Sequence[Draft], now: datetime) -> None:
    """Record these; whatever does not go in breaks the bench."""
    for verdict in installation.store.record(drafts, now):
        if verdict.outcome is not Outcome.RECORDED:
            raise AssertionError(f"the bench's own fact was {verdict.outcome}: {verdict.code}")


def id_number(human: int) -> str:
    """The valid ID number of one of 25 million made-up people, each with another."""
    day, serial = divmod(human * _STRIDE % (_BIRTHDAYS * _SERIALS), _SERIALS)
    years, day_of_year = divmod(day, 12 * 28)
    month, day_of_month = divmod(day_of_year, 28)
    digits = f"411599{1940 + years}{month + 1:02}{day_of_month + 1:02}{serial:03}"
    return digits + check_character(digits)


def arrival(
    dice: random.Random, human: int, at: datetime, origin: str = ""
) -> arrivals.ArrivalRecorded:
    """Somebody comes home: a body as large as real ones are. `origin` overrides the draw."""
    code, place = (origin, f"区划 {origin}") if origin else dice.choice(ORIGINS)
    return arrivals.ArrivalRecorded(
        name=dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(GIVEN), arrived_at=at,
        from_area=code, from_name=place, id_number=id_number(human),
        phone=f"199{dice.randint(0, 99_999_999):08}", transport=dice.choice(("自驾", "高铁")),
        address=f"{dice.randint(1, 20)}组{dice.randint(1, 300)}号",
    )  # fmt: skip


def journeys(
    installation: Installation,
    cell: Cell,
    count: int,
    now: datetime,
    *,
    marked: int = 0,
    mark: str = "",
    seed: int = 1,
) -> Iterator[Draft]:
    """`count` arrivals in a township, in order of time, the first `marked` from the area `mark`.

    Another `seed` brings other people.
    """
    dice = random.Random(f"{seed}{cell.township}")
    signer = installation.signer(cell.township)
    villages = cell.villages
    began, step = now - _ARRIVED_WITHIN, _ARRIVED_WITHIN / count if count else timedelta()
    for n in range(count):
        fact = new_id()
        yield authored(
            signer, arrivals.ARRIVAL_RECORDED,
            arrival(dice, seed * SEEDED + n, began + n * step, mark if n < marked else ""),
            township=cell.township, id=fact, subject=f"person-{fact}", purpose=f"{EPISODE}:{fact}",
            area=dice.choice(villages),
            author=cell.accounts[0], happened_at=now, door=Door.FORM,
        )  # fmt: skip


def populate(installation: Installation, drafts: Iterator[Draft], now: datetime) -> int:
    """Record all of these in large groups; how many."""
    total = 0
    group: list[Draft] = []
    for draft in drafts:
        group.append(draft)
        if len(group) == _FACTS_AT_ONCE:
            recorded(installation, group, now)
            total += len(group)
            group = []
    if group:
        recorded(installation, group, now)
    return total + len(group)
