"""Clients that go away, dawdle, or send what nobody can read: each has a defined answer."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest

from tests.storms import record
from tests.storms.served import HOST, Headers, Served, arrival, serving
from tests.village import TAOLIN
from tongxin.base.ids import new_id
from tongxin.installation import Settings

DAWDLERS: Final = 60
TELEPHONES: Final = 100
QUICK_S: Final = 5.0


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> Iterator[Served]:
    with serving(settings, tmp_path / "log") as running:
        yield running


@pytest.fixture
def headers(served: Served) -> Headers:
    return served.sign_in()


def raw(path: str, body: bytes, headers: Headers, kind: str = "application/json") -> bytes:
    """A request as it goes over the wire."""
    told = {"Host": HOST, "Content-Type": kind, "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def answered(served: Served, sent: bytes) -> tuple[int, Any]:
    """Status and problem of what comes back, however much of the request was read."""
    with socket.create_connection((HOST, served.port), QUICK_S) as connection:
        connection.settimeout(QUICK_S)
        with suppress(BrokenPipeError, ConnectionResetError):  # told no before all was sent
            connection.sendall(sent)
        came = b""
        while b"\r\n\r\n" not in came or not _is_whole(came):
            part = connection.recv(65_536)
            if not part:
                break
            came += part
    head, _, body = came.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if body else None


def _is_whole(came: bytes) -> bool:
    head, _, body = came.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False


pytestmark = [pytest.mark.slow, pytest.mark.parametrize("backend", ["sqlite"])]


def test_a_client_that_goes_away_undoes_nothing_and_stops_nobody(
    served: Served, headers: Headers, settings: Settings
) -> None:
    whole = [new_id() for _ in range(20)]
    for fact in whole:  # gone before the answer
        with socket.create_connection((HOST, served.port)) as connection:
            connection.sendall(raw("/api/v1/arrivals", json.dumps(arrival(fact)).encode(), headers))
    half = [new_id() for _ in range(20)]
    for fact in half:  # gone in the middle of the request
        with socket.create_connection((HOST, served.port)) as connection:
            sent = raw("/api/v1/arrivals", json.dumps(arrival(fact)).encode(), headers)
            connection.sendall(sent[: len(sent) - 40])
    last = new_id()
    assert served.ask("POST", "/api/v1/arrivals", arrival(last), headers).status == 201
    served.stop()
    installation = record.opened(settings)
    try:
        there = record.places(installation, {*whole, *half, last})
        assert last in there
        assert not there.keys() & set(half), "half a request was recorded"
        assert record.seen(installation, there) == set(there)
        assert record.findings(installation) == []
    finally:
        installation.close()


def test_sending_again_what_was_not_answered_records_it_once(
    served: Served, headers: Headers
) -> None:
    told = arrival(new_id())
    with socket.create_connection((HOST, served.port)) as connection:
        connection.sendall(raw("/api/v1/arrivals", json.dumps(told).encode(), headers))
    again = [served.ask("POST", "/api/v1/arrivals", told, headers) for _ in range(3)]
    assert {answer.status for answer in again} == {201}
    assert len({answer.json()["seq"] for answer in again}) == 1
    assert again[-1].json()["outcome"] == "duplicate"
    found = served.ask("GET", "/api/v1/arrivals?most=200", None, headers).json()
    assert [each["episode"] for each in found["journeys"]].count(told["id"]) == 1


def test_dawdlers_do_not_stop_others(served: Served, headers: Headers) -> None:
    held = []
    try:
        for n in range(DAWDLERS):
            connection = socket.create_connection((HOST, served.port))
            held.append(connection)
            whole = raw("/api/v1/arrivals", json.dumps(arrival(new_id())).encode(), headers)
            connection.sendall(whole[: 40 + n % 3 * 100])  # never the rest
        for _ in range(20):
            begun = monotonic()
            assert served.ask("POST", "/api/v1/arrivals", arrival(new_id()), headers).status == 201
            assert monotonic() - begun < QUICK_S, "others had to wait for a dawdler"
    finally:
        for connection in held:
            connection.close()


def test_a_hundred_telephones_at_once_are_all_answered(served: Served, headers: Headers) -> None:
    """More than there are connections to the database: none waits for one in the others' way."""
    for _ in range(20):
        assert served.ask("POST", "/api/v1/arrivals", arrival(new_id()), headers).status == 201
    together, answers = threading.Barrier(TELEPHONES), list[int]()

    def ask() -> None:
        together.wait()
        for _ in range(3):
            answers.append(served.ask("GET", "/api/v1/changes", None, headers).status)

    threads = [threading.Thread(target=ask) for _ in range(TELEPHONES)]
    begun = monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4 * QUICK_S)
    took = monotonic() - begun
    print(f"{len(answers)} answers in {took:.1f} s")
    assert answers == [200] * 3 * TELEPHONES
    assert took < 4 * QUICK_S
    assert served.ask("POST", "/api/v1/arrivals", arrival(new_id()), headers).status == 201


DEEP: Final = b'{"sent_at":"2022-04-07T06:00:00+08:00","facts":[' + b"[" * 100_000
BATCH: Final = b'{"sent_at":"2022-04-07T06:00:00+08:00","facts":[]}'
NAMED: Final = '{"area":"%s","arrival":{"arrived_at":"2022-04-07T06:00:00+08:00","name":"%s"}}'


UNREADABLE: Final[tuple[tuple[str, str, bytes, str, int], ...]] = (
    ("ten million bytes", "/api/v1/facts", b" " * 10_000_000, "application/json", 413),
    ("the same to a form", "/api/v1/arrivals", b" " * 10_000_000, "application/json", 413),
    ("deep JSON", "/api/v1/facts", DEEP, "application/json", 400),
    ("deep JSON to a form", "/api/v1/arrivals", b"[" * 100_000, "application/json", 400),
    ("deep objects", "/api/v1/arrivals", b'{"a":' * 100_000, "application/json", 400),
    ("no UTF-8", "/api/v1/facts", b'{"sent_at":"\xff\xfe","facts":[]}', "application/json", 400),
    ("no UTF-8 to a form", "/api/v1/arrivals", b'{"area":"\xff"}', "application/json", 400),
    ("half a surrogate", "/api/v1/arrivals", (NAMED % (TAOLIN, "\\ud800")).encode(),
     "application/json", 400),
    ("a NUL", "/api/v1/arrivals", (NAMED % (TAOLIN, "\\u0000")).encode(), "application/json", 422),
    ("a NUL in an area", "/api/v1/arrivals", (NAMED % ("\\u0000", "试")).encode(),
     "application/json", 400),
    ("no JSON", "/api/v1/arrivals", b"name=x", "application/x-www-form-urlencoded", 400),
    ("nothing", "/api/v1/arrivals", b"", "application/json", 400),
    ("a gzip bomb", "/api/v1/facts", gzip.compress(b" " * 50_000_000), "application/json", 400),
    ("XML", "/api/v1/arrivals", b"<a/>", "text/xml", 400),
    ("a batch in another dress", "/api/v1/facts", BATCH, "text/plain", 200),
    ("an array", "/api/v1/facts", b"[]", "application/json", 400),
)  # fmt: skip


def test_what_nobody_can_read_has_a_defined_answer(served: Served, headers: Headers) -> None:
    wrong = []
    for what, path, body, kind, status in UNREADABLE:
        more = {"Content-Encoding": "gzip"} if "gzip" in what else {}
        found, problem = answered(served, raw(path, body, headers | more, kind))
        told = found < 400 or problem["code"].startswith(("web.", "base.", "ledger."))
        if found != status or not told:
            wrong.append((what, found, problem))
    assert wrong == []
    assert served.ask("GET", "/healthz").status == 200
