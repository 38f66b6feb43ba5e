"""Several web processes on PostgreSQL write one township at once: one chain, none lost."""

import http.client
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

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

PROCESSES: Final = 2
SENDERS: Final = 6
FACTS: Final = 400

pytestmark = [
    pytest.mark.slow, pytest.mark.postgres, pytest.mark.parametrize("backend", ["postgresql"])
]  # fmt: skip


def test_one_chain_by_many_writers(settings: Settings, tmp_path: Path) -> None:
    bodies: dict[str, Any] = {fact: arrival(fact) for fact in (new_id() for _ in range(60))}
    with serving(settings, tmp_path / "log", workers=PROCESSES) as served:
        headers = served.sign_in()
        senders = Senders(served, headers, new_id)
        senders.start(SENDERS)
        until(lambda: len(senders.acknowledged) >= FACTS, f"{FACTS} facts are acknowledged")
        senders.stop()
        answers = sent_by_all_at_once(served, headers, bodies)
    assert senders.refused == {}
    assert len(answers) == SENDERS * len(bodies)
    assert all(answer.status == 201 for answer in answers)
    installation = record.opened(settings)
    try:
        there = record.places(installation, {*senders.sent, *bodies})
        assert there.keys() == {*senders.acknowledged, *bodies}
        assert there.items() >= senders.acknowledged.items()
        assert len(set(there.values())) == len(there)
        assert record.seen(installation, there) == set(there)
        assert record.findings(installation) == []
    finally:
        installation.close()


def sent_by_all_at_once(
    served: Served, headers: Headers, bodies: Mapping[str, Any]
) -> list[Answer]:
    """Every body, sent by every sender at about the same time."""
    answers: list[Answer] = []

    def send() -> None:
        connection = http.client.HTTPConnection(HOST, served.port, timeout=DEADLINE_S)
        for body in bodies.values():
            answers.append(asked(connection, "POST", "/api/v1/arrivals", body, headers))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    return answers
