"""The program as it runs in earnest: granian in processes of its own, to be hurt from outside."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final

from msgspec import Struct

from tests.village import PASSWORD, TAOLIN, WU, Worker
from tongxin.base.clock import system_clock
from tongxin.installation import Settings
from tongxin.ledger.keys import KeyFile

DEADLINE_S: Final = 30.0
HOST: Final = "127.0.0.1"
Headers = dict[str, str]


def until(holds: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> Any:
    """What `holds` returns once it is true; fails after the deadline. Looks 50 times a second."""
    ends = monotonic() + deadline_s
    pause = threading.Event()
    while not (found := holds()):
        assert monotonic() < ends, f"after {deadline_s} s still not: {what}"
        pause.wait(0.02)
    return found


class Answer(Struct, frozen=True):
    """What came back: the status, and the body as text."""

    status: int
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Served:
    """A running server. `before` is a program that runs it, such as a tracer."""

    def __init__(
        self, settings: Settings, log: Path, *, workers: int, before: Sequence[str]
    ) -> None:
        assert isinstance(settings.unlock, KeyFile)
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        environment = os.environ | {
            "TONGXIN_DATABASE_URL": settings.database_url,
            "TONGXIN_KEYS": str(settings.keys_path),
            "TONGXIN_KEY_FILE": str(settings.unlock.path),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    *before, sys.executable, "-m", "granian", "--interface", "asgi", "--factory",
                    "--host", HOST, "--port", str(self.port), "--workers", str(workers),
                    "--no-ws", "--log-level", "error", "tongxin.web.app:create",
                ],
                env=environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def ready(self) -> bool:
        assert self.process.poll() is None, f"it did not start:\n{self.said()}"
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def said(self) -> str:
        """What it wrote to its log, the end of it."""
        return self.log.read_text(errors="replace")[-4000:]

    def ask(
        self, method: str, path: str, json_: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=DEADLINE_S)
        try:
            return asked(connection, method, path, json_, headers or {})
        finally:
            connection.close()

    def sign_in(self, who: Worker = WU) -> Headers:
        sent = {"township": who.township, "username": who.username, "password": PASSWORD}
        answer = self.ask("POST", "/api/v1/login", sent)
        assert answer.status == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def kill(self) -> None:
        """The power goes: every process of it at once, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE_S)

    def stop(self) -> None:
        """A clean end."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.kill()


def asked(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    json_: Any,
    headers: Mapping[str, str],
) -> Answer:
    """One request on a connection that may be used again."""
    body = None if json_ is None else json.dumps(json_)
    kind = {} if json_ is None else {"Content-Type": "application/json"}
    connection.request(method, path, body, {**kind, **headers})
    answer = connection.getresponse()
    return Answer(answer.status, answer.read().decode())


@contextmanager
def serving(
    settings: Settings, log: Path, *, workers: int = 1, before: Sequence[str] = ()
) -> Iterator[Served]:
    """A server that answers, until the block ends."""
    served = Served(settings, log, workers=workers, before=before)
    try:
        until(served.ready, "the server answers")
        yield served
    finally:
        served.stop()


def arrival(id: str, village: str = TAOLIN, name: str = "试风暴") -> dict[str, Any]:
    """An arrival under an id of the sender's own, so that it can be sent again."""
    now = system_clock().isoformat()
    told = {"name": name, "arrived_at": now, "from_area": "310115", "phone": "19900010001"}
    return {"id": id, "area": village, "arrival": told}


class Senders:
    """Threads that post arrivals without pause until they are stopped or the server is gone."""

    def __init__(self, served: Served, headers: Headers, fresh_id: Callable[[], str]) -> None:
        self.served, self.headers, self.fresh_id = served, headers, fresh_id
        self.acknowledged: dict[str, int] = {}
        self.refused: dict[str, Answer] = {}
        self.sent: list[str] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, threads: int = 4) -> None:
        self._threads = [threading.Thread(target=self._send) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(DEADLINE_S)
            assert not thread.is_alive(), "a sender hangs"

    def _send(self) -> None:
        connection = http.client.HTTPConnection(HOST, self.served.port, timeout=DEADLINE_S)
        try:
            while not self._stopping.is_set():
                fact = self.fresh_id()
                self.sent.append(fact)
                answer = asked(connection, "POST", "/api/v1/arrivals", arrival(fact), self.headers)
                if answer.status == 201:
                    self.acknowledged[fact] = answer.json()["seq"]
                else:
                    self.refused[fact] = answer
        except (OSError, http.client.HTTPException):
            pass  # the server is gone; what was not acknowledged may or may not be there
        finally:
            connection.close()
