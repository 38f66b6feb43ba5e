"""Connections: one moment for a reader, nothing written by it, and a commit that lasts."""

import socket
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.town import Clock, Town
from tests.village import CHEN, NEIGHBOUR, TOWNSHIP
from tongxin.base.problems import Problem
from tongxin.installation import Settings, opened
from tongxin.ledger.database import Database
from tongxin.ledger.migrations import is_current, migrate
from tongxin.ledger.tables import fact, state
from tongxin.ledger.verifying import Count, verified


def facts(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(fact)) or 0


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://localhost/x", "sqlite://"])
def test_what_is_no_database_is_said_so(url: str) -> None:
    with pytest.raises(Problem) as raised:
        Database(url)
    assert raised.value.code == "ledger.bad_database_url"


def test_a_password_is_never_shown() -> None:
    database = Database("postgresql://tongxin:secret@localhost/x")
    assert "secret" not in database.shown
    database.close()


def test_a_reader_sees_one_moment(town: Town) -> None:
    with town.installation.database.reading() as connection:
        before = facts(connection)
        town.arrive(CHEN)
        assert facts(connection) == before
    with town.installation.database.reading() as connection:
        assert facts(connection) == before + 1


def test_emptying_the_log_waits_for_no_reader(town: Town, backend: str) -> None:
    """A handler that reads may be waiting for the very writer that the emptying keeps out."""
    database = town.installation.database
    with database.reading() as connection:
        facts(connection)
        town.arrive(CHEN)
        assert database.truncate_log() is (backend == "postgresql")
        town.arrive(CHEN)
    assert database.truncate_log()


def test_tables_that_grew_are_looked_at_again(town: Town, backend: str) -> None:
    """Without, SQLite takes the first index that will do, and a township is read for a village."""
    database = town.installation.database
    town.arrive(CHEN)
    database.keep_statistics()
    if backend == "sqlite":
        with database.reading() as connection:
            known = connection.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1").scalars()
            assert {"fact", "journey", "task"} <= set(known)


def test_what_raises_writes_nothing(town: Town) -> None:
    database = town.installation.database
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(sa.insert(state).values(name="x", value="y"))
        raise ZeroDivisionError
    with database.reading() as connection:
        assert connection.scalar(sa.select(state.c.value).where(state.c.name == "x")) is None


def test_a_reader_writes_nothing_on_postgresql(town: Town, backend: str) -> None:
    """SQLite has no read-only transaction; what a reader wrote there would be rolled back."""
    database = town.installation.database
    insert = sa.insert(state).values(name="x", value="y")
    with database.reading() as connection:
        if backend == "postgresql":
            with pytest.raises(DBAPIError):
                connection.execute(insert)
        else:
            connection.execute(insert)
    with database.reading() as connection:
        assert connection.scalar(sa.select(state.c.value).where(state.c.name == "x")) is None


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    assert migrate(database) == set()
    with database.reading() as connection:
        before = sa.inspect(connection).get_table_names()
    assert migrate(database) == set()
    with database.reading() as connection:
        assert sa.inspect(connection).get_table_names() == before
    database.close()


def test_derived_tables_of_another_shape_are_made_anew_at_the_next_start(
    settings: Settings, clock: Clock
) -> None:
    with opened(settings, clock) as installation:
        came = Town(installation, clock).arrive(CHEN)
        with installation.database.writing() as connection:
            connection.execute(sa.text("UPDATE state SET value = 'x' WHERE name = 'derived_shape'"))
            connection.execute(sa.text("CREATE TABLE left_by_an_older_version (x TEXT)"))
            connection.execute(sa.text("DELETE FROM journey"))
    with opened(settings, clock) as installation, installation.database.reading() as connection:
        found = list(connection.scalars(sa.text("SELECT subject FROM journey")))
        assert found == [came.subject]
        assert not sa.inspect(connection).has_table("left_by_an_older_version")
        wrong = verified(connection, installation.keys, installation.rulebook, TOWNSHIP, Count())
        assert list(wrong) == []


def test_a_start_that_was_killed_before_the_rows_were_made_anew_is_made_good_by_the_next(
    settings: Settings, clock: Clock
) -> None:
    with opened(settings, clock) as installation:
        came = Town(installation, clock).arrive(CHEN)
        with installation.database.writing() as connection:
            connection.execute(sa.text("UPDATE state SET value = 'x' WHERE name = 'derived_shape'"))
        assert migrate(installation.database) == {TOWNSHIP, NEIGHBOUR}
        with installation.database.reading() as connection:
            assert not is_current(connection)
    with opened(settings, clock) as installation:
        with installation.database.reading() as connection:
            found = list(connection.scalars(sa.text("SELECT subject FROM journey")))
            assert is_current(connection)
        assert found == [came.subject]
        assert migrate(installation.database) == set()


def test_all_is_there_after_closing_and_opening(settings: Settings, clock: Clock) -> None:
    with opened(settings, clock) as installation:
        came = Town(installation, clock).arrive(CHEN)
    with opened(settings, clock) as installation:
        assert Town(installation, clock).stream(came.subject) is not None


def test_two_copies_know_nothing_of_each_other(
    copies: Callable[[], Settings], clock: Clock
) -> None:
    with opened(copies(), clock) as one, opened(copies(), clock) as other:
        came = Town(one, clock).arrive(CHEN)
        assert Town(other, clock).stream(came.subject) is None


class Asked(Exception):
    """Instead of a connection."""


@pytest.mark.parametrize(("said", "waits"), [("", 10), ("?connect_timeout=3", "3")])
def test_a_server_that_does_not_answer_is_waited_for_so_long(said: str, waits: object) -> None:
    database = Database(f"postgresql://tongxin@127.0.0.1/tongxin{said}")
    given: dict[str, object] = {}

    @sa.event.listens_for(database.engine, "do_connect")
    def connect(_dialect: object, _record: object, _args: object, named: dict[str, object]) -> None:
        given.update(named)
        raise Asked

    with pytest.raises(Asked), database.engine.connect():
        pass
    assert given["connect_timeout"] == waits
    assert given["tcp_user_timeout"] == 30_000


def test_a_server_that_does_not_answer_is_given_up() -> None:
    with socket.socket() as silent:  # takes the connection and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        database = Database(f"postgresql://tongxin@127.0.0.1:{port}/tongxin?connect_timeout=2")
        with pytest.raises(OperationalError, match="timeout"), database.engine.connect():
            pass
