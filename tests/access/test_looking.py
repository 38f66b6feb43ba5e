"""Whoever finds somebody by a whole number has looked behind the mask, and that is recorded."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import SignedIn
from tests.town import Town
from tests.village import CHEN, LI, SUN, ZHOU, Worker
from tests.web.visitor import Visitor
from tongxin.access.queries import looks_at
from tongxin.base.remit import remit_of

Client = TestClient[Litestar]


def looks(town: Town) -> list[tuple[str, str]]:
    """Who looked at whom, the newest first."""
    reads = remit_of(["access.read"], [LI.township])
    with town.installation.database.reading() as connection:
        found = looks_at(reads, connection, LI.township, 10)
    return [(row["name"], row["about"]) for row in found]


@pytest.fixture
def search(client: Client, signed_in: SignedIn) -> Callable[[Worker, str], int]:
    """Search for arrivals by what is typed; how many were found."""

    def find(who: Worker, sought: str) -> int:
        sent = {"sought": sought}
        answer = client.post("/api/v1/arrivals/find", json=sent, headers=signed_in(who))
        total: int = answer.json()["total"]
        return total

    return find


@pytest.mark.parametrize("number", [CHEN.id_number, CHEN.phone])
def test_a_whole_number_that_finds_somebody_is_a_look(
    town: Town, search: Callable[[Worker, str], int], number: str
) -> None:
    person = town.arrive(CHEN).subject
    assert search(SUN, number) == 1
    assert looks(town) == [(SUN.name, person)]


@pytest.mark.parametrize("typed", [CHEN.id_number[-4:], CHEN.name, "cj"])
def test_what_everybody_is_shown_gives_nothing_away(
    town: Town, search: Callable[[Worker, str], int], typed: str
) -> None:
    town.arrive(CHEN)
    assert search(SUN, typed) == 1
    assert looks(town) == []


def test_whoever_finds_nobody_learnt_of_nobody(
    town: Town, search: Callable[[Worker, str], int]
) -> None:
    town.arrive(CHEN)
    assert search(ZHOU, CHEN.id_number) == 0, "another village"
    assert looks(town) == []


def test_the_page_records_it_too(town: Town, client: Client) -> None:
    person = town.arrive(CHEN).subject
    visitor = Visitor(client)
    visitor.sign_in(SUN)
    visitor.send("/arrivals/find", words=CHEN.id_number)
    assert looks(town) == [(SUN.name, person)]
