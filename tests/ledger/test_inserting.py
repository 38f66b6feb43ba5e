"""Rows go in several at a time, and all of them."""

import pytest
import sqlalchemy as sa

from tests.town import Town
from tests.village import TOWNSHIP
from tongxin.ledger.inserting import AT_ONCE, Gathered, insert
from tongxin.ledger.tables import departure


@pytest.mark.parametrize("many", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 2])
def test_all_rows_go_in_however_many_there_are(town: Town, many: int) -> None:
    rows = [(TOWNSHIP, f"person-{n:03}", f"{TOWNSHIP}2{n:02}", n) for n in range(many)]
    mine = departure.c.subject.startswith("person-")
    with town.installation.database.writing() as connection:
        insert(connection, departure, rows)
        found = connection.execute(sa.select(departure).where(mine).order_by(departure.c.subject))
        assert [tuple(row) for row in found] == rows


def test_a_row_too_many_takes_all_with_it(town: Town) -> None:
    """What is written twice is written not at all: the transaction fails as a whole."""
    row = (TOWNSHIP, "person-1", f"{TOWNSHIP}201", 1)
    with (
        pytest.raises(sa.exc.IntegrityError),
        town.installation.database.writing() as connection,
    ):
        insert(connection, departure, [row] * 2)
    with town.installation.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(departure)) == 0


def test_what_is_gathered_goes_in_at_the_flush_and_once(town: Town) -> None:
    rows = [(TOWNSHIP, f"person-{n:03}", f"{TOWNSHIP}2{n:02}", n) for n in range(AT_ONCE + 1)]
    count = sa.select(sa.func.count()).select_from(departure)
    with town.installation.database.writing() as connection:
        before = connection.scalar(count)
        gathered = Gathered(connection)
        for row in rows:
            gathered.insert(departure, [row])
        assert connection.scalar(count) == before
        gathered.flush()
        gathered.flush()
        assert connection.scalar(count) == (before or 0) + len(rows)
