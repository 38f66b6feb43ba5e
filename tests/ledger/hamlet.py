"""A rulebook in which people are where their house is: the smallest that needs surroundings.

A house stands in a grid. A person moves into a house. Where the person is follows from where the
house stands, and both facts may come first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Index, Select, Table

from tests.town import Town
from tests.village import TAOLIN, TOWNSHIP
from tongxin.base.ids import kind_of
from tongxin.base.texts import Text
from tongxin.catalogue import KINDS, TABLES, Catalogue, Context
from tongxin.ledger.chains import areas_of
from tongxin.ledger.facts import (
    INIT,
    REGISTRATION,
    Derived,
    Door,
    Draft,
    Fact,
    Kind,
    Purpose,
    Stream,
)
from tongxin.ledger.store import Store
from tongxin.ledger.tables import Code
from tongxin.ledger.wire import authored

OWN: Final = sa.MetaData()


def _derived(name: str, *columns: Any) -> Table:
    township, subject = (Column(key, Code, primary_key=True) for key in ("township", "subject"))
    return Table(name, OWN, township, subject, *columns)


lives = _derived("lives", Column("house", Code), Index("lives_by_house", "township", "house"))
house = _derived("house", Column("roof", Code))


class HouseStands(Fact, frozen=True, kw_only=True):
    """A house stands in a grid; its roof is of interest to those inside."""

    grid: str
    roof: str = "tiles"


class MovedIn(Fact, frozen=True, kw_only=True):
    """Somebody moved into a house."""

    house: str


def _kind(name: str, body: type[Fact], about: str) -> Kind:
    return Kind(
        name=name, body=body, about=frozenset({about}), purpose=Purpose.REGISTRATION,
        may="arrivals.record", title=Text("测试", "Test"), introduces=True,
    )  # fmt: skip


HOUSE_STANDS: Final = _kind("hamlet.house_stands", HouseStands, "household")
MOVED_IN: Final = _kind("hamlet.moved_in", MovedIn, "person")


class Hamlet(Catalogue):
    """The catalogue, and people who live in houses. `asked` counts who was judged."""

    kinds = MappingProxyType({**KINDS, HOUSE_STANDS.name: HOUSE_STANDS, MOVED_IN.name: MOVED_IN})
    tables = (*TABLES, lives, house)
    shared = (house,)

    def __init__(self) -> None:
        self.asked: list[str] = []

    def surroundings(
        self, connection: Connection, township: str, streams: Collection[Stream]
    ) -> Mapping[str, Any]:
        homes = {s.subject: home for s in streams if (home := _home(s)) is not None}
        areas = areas_of(connection, township, set(homes.values()))
        roofs = dict(
            connection.execute(
                sa.select(house.c.subject, house.c.roof).where(house.c.township == township)
            ).all()
        )
        return {who: (areas.get(home), roofs.get(home, "")) for who, home in homes.items()}

    def dependents(self, township: str, subjects: Collection[str]) -> Select[Any] | None:
        houses = [name for name in subjects if kind_of(name) == "household"]
        if not houses:
            return None
        return sa.select(lives.c.subject).where(
            lives.c.township == township, lives.c.house.in_(sorted(houses))
        )

    def derive(
        self, streams: Sequence[Stream], context: Context, around: Mapping[str, Any]
    ) -> Mapping[str, Derived]:
        self.asked += [stream.subject for stream in streams]
        if not any(isinstance(e.body, HouseStands | MovedIn) for s in streams for e in s.entries):
            return super().derive(streams, context, around)
        return {s.subject: self._placed(s, around.get(s.subject)) for s in streams}

    def _placed(self, stream: Stream, around: Any) -> Derived:
        stood = [e.body for e in stream.entries if isinstance(e.body, HouseStands)]
        if stood:
            return Derived(stood[-1].grid, {"house": [{"roof": stood[-1].roof}]})
        home = _home(stream)
        area, _roof = around or (None, "")
        return Derived(area or stream.last_area, {"lives": [{"house": home}]})


def _home(stream: Stream) -> str | None:
    homes = [e.body.house for e in stream.entries if isinstance(e.body, MovedIn)]
    return homes[-1] if homes else None


@contextmanager
def judged_by(town: Town, rulebook: Hamlet) -> Iterator[Store]:
    """The town's writer with these rules, and their tables made."""
    installation = town.installation
    installation.store.close()
    with installation.database.writing() as connection:
        OWN.create_all(connection)
    installation.store = Store(installation.database, installation.keys, rulebook)
    installation.rulebook = rulebook
    try:
        yield installation.store
    finally:
        installation.store.close()


def told(town: Town, kind: Kind, subject: str, body: Fact, id: str, area: str = TAOLIN) -> Draft:
    """One fact of the hamlet's, as the machine's own operator records it."""
    return authored(
        town.installation.signer(TOWNSHIP), kind, body, township=TOWNSHIP, id=id,
        subject=subject, purpose=REGISTRATION, area=area, author=INIT, happened_at=town.now,
        door=Door.INIT,
    )  # fmt: skip
