"""Forgetting among hundreds: rows move between pages as their neighbours come and go.

A page that was split or merged may keep a copy of what it once held. So the raw files are read
after a long coming, changing and going, not after one insertion and one deletion.
"""

import random
from pathlib import Path

import pytest

from tests.town import Town
from tests.village import CHEN, LI, TOWNSHIP, VILLAGES
from tongxin.arrivals import facts as arrivals
from tongxin.ledger.facts import Draft

pytestmark = pytest.mark.slow


@pytest.fixture
def backend() -> str:
    """SQLite's promise; PostgreSQL's certificate says until when rows may linger."""
    return "sqlite"


def came(town: Town, chance: random.Random, n: int) -> Draft:
    """Somebody with a name, a number and an address that nobody else has, of any length."""
    return town.arrive(
        CHEN,
        area=chance.choice(list(VILLAGES)),
        name=f"NAME{n:05}" + "x" * chance.randrange(40),
        id_number="",  # of one number they would be one person
        phone=f"139{n:08}",
        address=f"ADDRESS{n:05}" + "y" * chance.randrange(80),
    )


def changed(town: Town, about: Draft) -> None:
    """Something is seen, so that all rows about the person are written anew."""
    town.record(
        town.draft(
            arrivals.SYMPTOM_SEEN, arrivals.SymptomSeen(seen_at=town.now), by=LI,
            subject=about.subject, purpose=about.purpose, area=about.area,
        )
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_nothing_of_anybody_forgotten_stays_in_any_page(henan: Town, seed: int) -> None:
    chance = random.Random(seed)
    here: dict[int, Draft] = {}
    gone: list[int] = []
    for n in range(250):
        here[n] = came(henan, chance, n)
        if chance.random() < 0.3:
            changed(henan, chance.choice(list(here.values())))
        if chance.random() < 0.25:
            gone.append(chance.choice(list(here)))
            who = here.pop(gone[-1])
            henan.installation.forgetting.forget(
                TOWNSHIP, who.subject, [who.purpose], "期满", henan.now
            )
    raw = raw_files(henan.installation.database.path)
    assert len(gone) > 30
    assert all(f"NAME{n:05}".encode() in raw for n in here), "who is here can be found like this"
    for n in gone:
        for word in (f"NAME{n:05}", f"139{n:08}", f"ADDRESS{n:05}"):
            assert word.encode() not in raw, word


def raw_files(database: Path) -> bytes:
    """The database, its log and its index, as a thief reads them."""
    return b"".join(path.read_bytes() for path in database.parent.glob(database.name + "*"))
