"""A list of 100,000 rows goes in, and others go on working meanwhile."""

import threading

import pytest
import sqlalchemy as sa

from tests.intake.lists import ledger, many, row, staged
from tests.town import Town
from tests.village import CHEN
from tongxin.arrivals.tables import journey
from tongxin.intake.staging import Counts

PEOPLE = 2_000
ROWS = 100_000


@pytest.fixture
def backend() -> str:
    """One database is enough: what is large here is the list."""
    return "sqlite"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_thousand_rows_go_in_while_others_work(town: Town) -> None:
    """As people gather lists: the same 2,000 copied together again and again."""
    people = many(PEOPLE)
    data = ledger(*[people[n % PEOPLE] for n in range(ROWS - 1)], row(姓名=""))
    job = staged(town, data)
    half, counted = threading.Event(), list[Counts]()
    job._tell = lambda done, of: half.set() if done * 2 > of else None
    importing = threading.Thread(target=lambda: counted.append(job.record()))
    importing.start()
    assert half.wait(800)
    town.arrive(CHEN)
    assert importing.is_alive(), "whoever arrives does not wait for the end of a list"
    importing.join()
    assert counted == [Counts(new=PEOPLE, known=ROWS - PEOPLE - 1, returned=1)]
    with town.installation.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(journey)) == PEOPLE + 1
