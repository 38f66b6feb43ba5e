"""Deadlines in a township that learns late: from what is recorded and in force, never before."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tests.ledger.console import findings
from tests.town import Town
from tests.village import CHEN
from tongxin.base.clock import to_ms
from tongxin.work.tables import task


def due(town: Town, key: str) -> datetime | None:
    with town.installation.database.reading() as connection:
        found = connection.scalar(sa.select(task.c.due_at).where(task.c.task == key))
    return None if found is None else town.now + timedelta(milliseconds=found - to_ms(town.now))


def test_a_list_that_was_entered_late_makes_nobody_late(town: Town) -> None:
    town.adopt()
    town.arrive(CHEN)
    town.clock.advance(hours=40)
    town.at_risk(since=town.now - timedelta(days=20))
    assert due(town, "control") == town.now + timedelta(hours=12)
    assert findings(town) == []


def test_an_arrival_that_was_entered_late_is_due_from_then(town: Town) -> None:
    town.adopt()
    town.clock.advance(hours=30)
    town.arrive(CHEN, arrived_at=town.now - timedelta(hours=20))
    assert due(town, "register") == town.now + timedelta(hours=2)
