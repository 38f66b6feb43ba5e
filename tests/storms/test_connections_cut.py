"""PostgreSQL ends connections, and falls and gets up again, under two web processes at work."""

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.storms import record
from tests.storms.served import Senders, arrival, serving, until
from tests.town import Clock, Town
from tongxin.base.ids import new_id
from tongxin.installation import Settings

CUTS: Final = 12

pytestmark = [
    pytest.mark.slow, pytest.mark.postgres, pytest.mark.parametrize("backend", ["postgresql"])
]  # fmt: skip


def end_connection(url: str, chance: random.Random) -> None:
    """The server ends one connection of the program, whatever it is at."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [somebody(connection, chance)])


def fall(url: str, chance: random.Random) -> None:
    """A process of the server dies: it ends all connections and recovers from its log."""
    with psycopg.connect(url, autocommit=True) as connection:
        os.kill(somebody(connection, chance), signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT pg_sleep(60)")  # until this connection is ended too
    until(lambda: answers(url), "the database is up again")


def somebody(connection: psycopg.Connection, chance: random.Random) -> int:
    """The process that serves one of the program's connections."""
    rows = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ).fetchall()
    (pid,) = chance.choice(rows)
    return int(pid)


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url):
            return True
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("cut", [end_connection, fall])
def test_what_was_acknowledged_is_there_and_all_goes_on(
    settings: Settings,
    tmp_path: Path,
    chance: random.Random,
    clock: Clock,
    cut: Callable[[str, random.Random], None],
) -> None:
    url = settings.database_url
    installation = record.opened(settings)
    town = Town(installation, clock)
    town.adopt("henan-2022-04")
    pause = threading.Event()
    with serving(settings, tmp_path / "log", workers=2) as served:
        headers = served.sign_in()
        senders = Senders(served, headers, new_id)
        senders.start(6)
        until(lambda: len(senders.acknowledged) > 200, "people came")
        town.at_risk("310115")  # and all who came are judged again meanwhile
        for _ in range(CUTS):
            cut(url, chance)
            pause.wait(chance.uniform(0.05, 0.4))
        senders.stop()
        told = arrival(new_id())
        until(
            lambda: served.ask("POST", "/api/v1/arrivals", told, headers).status == 201,
            "it goes on",
        )
    print(len(senders.acknowledged), "acknowledged", len(senders.refused), "refused")
    assert {answer.status for answer in senders.refused.values()} <= {503}
    installation.close()
    whole(settings, senders, told["id"])


def whole(settings: Settings, senders: Senders, last: str) -> None:
    installation = record.opened(settings)
    try:
        installation.store.settle()
        there = record.places(installation, {*senders.sent, last})
        assert there.items() >= senders.acknowledged.items()
        assert last in there
        assert record.seen(installation, there) == set(there)
        assert record.findings(installation) == []
    finally:
        installation.close()
