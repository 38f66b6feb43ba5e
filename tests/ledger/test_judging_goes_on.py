"""Judging again that a failing disk or database cut off goes on without another change or start."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.storms import record
from tests.storms.served import until
from tests.town import Town
from tests.village import CHEN, LIN
from tongxin.clockwork import tick
from tongxin.ledger.database import Database
from tongxin.ledger.facts import Outcome
from tongxin.ledger.store import JUDGED_AGAIN_AT_ONCE, Store
from tongxin.ledger.tables import rejudge


@contextmanager
def failing(database: Database, where: str) -> Iterator[list[str]]:
    """The first statement that begins so finds a disk that takes nothing, or a connection gone.

    The failure is the database's own: SQLite is told to write nothing more until the transaction
    ends, PostgreSQL is made to end the connection. What it failed on is in the list.
    """
    failed: list[str] = []

    def before(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if failed or not statement.startswith(where):
            return
        failed.append(statement)
        if database.is_sqlite:
            cursor.execute("PRAGMA query_only = ON")
            return
        pid = connection.connection.driver_connection.info.backend_pid
        with database.engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    def after(connection: Any) -> None:
        if database.is_sqlite and failed:
            connection.connection.execute("PRAGMA query_only = OFF")

    event.listen(database.engine, "before_cursor_execute", before)
    event.listen(database.engine, "rollback", after)
    try:
        yield failed
    finally:
        event.remove(database.engine, "before_cursor_execute", before)
        event.remove(database.engine, "rollback", after)


def settled(town: Town) -> None:
    """Let the writer come to what it was handed, and then to an end."""
    town.installation.store.within(lambda *_: None)
    town.installation.store.settle()


def listed(town: Town) -> int:
    with town.installation.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(rejudge)) or 0


@pytest.fixture
def cut_off(henan: Town) -> Town:
    """A township in which somebody was to be judged again when the machine failed."""
    henan.arrive(CHEN)
    with failing(henan.installation.database, "DELETE FROM rejudge") as failed:
        henan.at_risk("310115")
    assert failed, "nothing failed"
    assert listed(henan) == 1
    return henan


def test_the_next_tick_goes_on_with_it(cut_off: Town) -> None:
    tick(cut_off.installation, cut_off.now)
    settled(cut_off)
    assert listed(cut_off) == 0
    assert record.findings(cut_off.installation) == []


def test_the_next_fact_goes_on_with_it(cut_off: Town) -> None:
    (verdict,) = cut_off.record(cut_off.arrival(LIN))
    assert verdict.outcome is Outcome.RECORDED
    settled(cut_off)
    assert listed(cut_off) == 0
    assert record.findings(cut_off.installation) == []


@pytest.mark.postgres
@pytest.mark.parametrize("backend", ["postgresql"])
def test_what_is_committed_is_acknowledged_though_the_list_could_not_be_read(henan: Town) -> None:
    henan.arrive(CHEN)
    with failing(henan.installation.database, "SELECT DISTINCT rejudge.township") as failed:
        henan.at_risk("310115")  # asserts that both its facts are RECORDED
    assert failed, "nothing failed"
    tick(henan.installation, henan.now)
    settled(henan)
    assert record.findings(henan.installation) == []


@pytest.mark.postgres
@pytest.mark.parametrize("backend", ["postgresql"])
def test_two_processes_share_the_list_and_judge_nobody_twice(henan: Town) -> None:
    here = henan.installation
    for _ in range(6):
        henan.record(*(henan.arrival(CHEN, id_number="") for _ in range(JUDGED_AGAIN_AT_ONCE)))
    tried, struck = list[int](), list[int]()

    def strikes(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        if statement.startswith("DELETE FROM rejudge"):
            tried.append(len(parameters) - 1)  # but for the township
            struck.append(cursor.rowcount)

    other = Database(here.database.url.render_as_string(hide_password=False))
    for database in (here.database, other):
        event.listen(database.engine, "after_cursor_execute", strikes)
    listing = threading.Thread(target=henan.at_risk)
    listing.start()
    until(lambda: struck, "the first process has begun")
    with closing(Store(other, here.keys, here.rulebook)) as beside:  # takes up what is left
        beside.settle()
        listing.join()
    other.close()
    assert sum(struck) == 6 * JUDGED_AGAIN_AT_ONCE
    assert tried == struck
    assert listed(henan) == 0
    assert record.findings(here) == []
