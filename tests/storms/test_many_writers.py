"""Several web processes on PostgreSQL write one township at once: one chain, none lost."""

import http.client
import threading
from pathlib import Path
from typing import Final

import pytest

from tests.storms import record
from tests.storms.served import (
    DEADLINE_S,
    HOST,
    Answer,
    Headers,
    Senders,
    Served,
    arrival,
    asked,
    serving,
    until,
)
from tongxin.base.ids import new_id
from tongxin.installation import Settings

PROCESSES: Final = 3
SENDERS: Final = 9
FACTS: Final = 400

pytestmark = [
    pytest.mark.slow, pytest.mark.postgres, pytest.mark.parametrize("backend", ["postgresql"])
]  # fmt: skip


def test_one_chain_by_many_writers(settings: Settings, tmp_path: Path) -> None:
    with serving(settings, tmp_path / "log", workers=PROCESSES) as served:
        senders = Senders(served, served.sign_in(), new_id)
        senders.start(SENDERS)
        until(lambda: len(senders.acknowledged) >= FACTS, f"{FACTS} facts are acknowledged")
        senders.stop()
    assert senders.refused == {}
    installation = record.opened(settings)
    try:
        there = record.places(installation, set(senders.sent))
        assert there == senders.acknowledged
        assert len(set(there.values())) == len(there)
        assert record.seen(installation, there) == set(there)
        assert record.findings(installation) == []
    finally:
        installation.close()


def test_the_same_facts_by_many_writers_at_once(settings: Settings, tmp_path: Path) -> None:
    bodies = {id: arrival(id) for id in (new_id() for _ in range(60))}
    answers: list[tuple[str, Answer]] = []

    def send(served: Served, headers: Headers) -> None:
        connection = http.client.HTTPConnection(HOST, served.port, timeout=DEADLINE_S)
        for id, body in bodies.items():
            answers.append((id, asked(connection, "POST", "/api/v1/arrivals", body, headers)))
        connection.close()

    with serving(settings, tmp_path / "log", workers=PROCESSES) as served:
        headers = served.sign_in()
        threads = [threading.Thread(target=send, args=(served, headers)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE_S)
    installation = record.opened(settings)
    try:
        there = record.places(installation, bodies.keys())
        assert there.keys() == bodies.keys()
        assert record.findings(installation) == []
    finally:
        installation.close()
    assert len(answers) == 6 * len(bodies)
    outcomes = [(answer.status, answer.text) for _, answer in answers]
    assert all(status in {201, 409} for status, _ in outcomes), outcomes
