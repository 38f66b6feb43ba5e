"""Calls to the program's own API on this machine, each as somebody who has signed in."""

import base64
import http.client
import secrets
import time
from datetime import datetime
from typing import Any, Self

import msgspec

from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.base.problems import ProblemKind
from tongxin.ledger.facts import Fact, Kind
from tongxin.ledger.sealing import KEY_BYTES, Signer, signed_bytes

REFUSED = ProblemKind(
    "demo.refused",
    500,
    zh="演示没有建成：{call} 回答 {status}：{why}",
    en="The demo could not be built: {call} answered {status}: {why}",
)
UNHEARD = ProblemKind(
    "demo.unheard",
    500,
    zh="演示没有建成：{call} 没有回答（{why}）。",
    en="The demo could not be built: {call} was not answered ({why}).",
)
_PATIENCE_S = 60
# A server lets go of a connection that nobody uses; ours is made anew before that.
_IDLE_S = 20


class Caller:
    """One connection to the server, kept open; `signed_in` makes a caller with a session."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.account = ""
        self.township = ""
        self._headers = {"Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        self._used = time.perf_counter()

    @classmethod
    def signed_in(cls, port: int, township: str, username: str, password: str) -> Self:
        """Somebody of a township, signed in."""
        caller = cls(port)
        session = caller.post(
            "/api/v1/login", {"township": township, "username": username, "password": password}
        )
        caller.account, caller.township = session["account"], township
        caller._headers["Authorization"] = f"Bearer {session['token']}"
        return caller

    def get(self, path: str) -> Any:
        """The answer's content, or the problem `demo.refused`."""
        return self._ask("GET", path, None)

    def post(self, path: str, content: object) -> Any:
        """The answer's content, or the problem `demo.refused`."""
        return self._ask("POST", path, msgspec.json.encode(content))

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        if time.perf_counter() - self._used > _IDLE_S:
            self._connection.close()  # the next request opens it again
        try:
            self._connection.request(method, path, body, self._headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise UNHEARD(call=f"{method} {path}", why=type(error).__name__) from error
        self._used = time.perf_counter()
        if response.status >= http.client.BAD_REQUEST:
            why = content[:300].decode(errors="replace")
            raise REFUSED(call=f"{method} {path}", status=response.status, why=why)
        return msgspec.json.decode(content) if content else None


class Telephone:
    """Somebody's telephone: it makes facts, signs them with its own key, and sends batches."""

    def __init__(self, owner: Caller, label: str) -> None:
        self._owner = owner
        self._signer = Signer(secrets.token_bytes(KEY_BYTES))
        self._waiting: list[dict[str, Any]] = []
        public_key = base64.b64encode(self._signer.verify_key).decode()
        registered = owner.post("/api/v1/devices", {"public_key": public_key, "label": label})
        self._device: str = registered["device"]

    def note(
        self, kind: Kind, body: Fact, *, subject: str, purpose: str, area: str, at: datetime,
        id: str | None = None,
    ) -> None:  # fmt: skip
        """Make a fact, without a network."""
        raw, fact, author = msgspec.json.encode(body), id or new_id(), self._owner.account
        township = self._owner.township
        message = signed_bytes(
            township, fact, kind.name, subject, purpose, area, author, self._device, to_ms(at), raw
        )
        self._waiting.append(
            {
                "township": township, "id": fact, "kind": kind.name, "subject": subject,
                "purpose": purpose, "area": area, "author": author, "device": self._device,
                "happened_at": at.isoformat(), "body": msgspec.Raw(raw),
                "signature": base64.b64encode(self._signer.sign(message)).decode(),
            }
        )  # fmt: skip

    def send(self, now: datetime) -> dict[str, int]:
        """The network is back: everything goes up; how many facts met which verdict."""
        batch = {"sent_at": now.isoformat(), "facts": self._waiting}
        verdicts = self._owner.post("/api/v1/facts", batch)["verdicts"]
        self._waiting = []
        outcomes = [verdict["outcome"] for verdict in verdicts]
        return {outcome: outcomes.count(outcome) for outcome in outcomes}
