"""The load generator, a process of its own: many kept connections, one request in flight on each.

It speaks just enough HTTP/1.1 to be no bottleneck: prepared requests go out as they are, and an
answer is over when its Content-Length is. It is given a `Plan` as JSON and prints a `Yield`.

    python -m tongxin.bench.load < plan.json
"""

import select
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
from msgspec import Struct

from tongxin.bench.measures import percentile

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_LONGEST_WAIT_S = 60.0


class Plan(Struct, frozen=True):
    """What to send. `requests` names a file of prepared requests, as a MessagePack list of bytes.

    With `again` they are sent over and over; without, the load ends when they are used up.
    What is answered in the first `warm_seconds` is not counted.
    """

    host: str
    port: int
    connections: int
    seconds: float
    requests: str
    again: bool = True
    warm_seconds: float = 0.0


class Yield(Struct, frozen=True):
    """What came back: how many answers, in how many seconds, each how late (ms), by status.

    `sent` counts what was not counted too. `refusal` is the first answer that was no success, to
    tell what went wrong.
    """

    sent: int
    answers: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    statuses: dict[str, int]
    refusal: str = ""

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    @property
    def failures(self) -> int:
        """How many answers were no success."""
        return sum(n for status, n in self.statuses.items() if not status.startswith("2"))


class Caller:
    """One connection: sends, gathers the answer, tells when it is whole."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=_LONGEST_WAIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._answer = b""

    def send(self, request: bytes) -> None:
        """Send a whole request; the socket blocks only where the server reads slowly."""
        self._answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The answer once all of it is here, else None. Raises ConnectionError when cut off."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server closed a connection")
        self._answer += part
        head_ends = self._answer.find(_END_OF_HEAD)
        if head_ends < 0:
            return None
        length = _length_of(self._answer[:head_ends])
        return self._answer if len(self._answer) >= head_ends + 4 + length else None


def _length_of(head: bytes) -> int:
    lowered = head.lower()
    found = lowered.find(_LENGTH)
    if found < 0:
        return 0
    return int(lowered[found + len(_LENGTH) :].split(b"\r\n", 1)[0])


def generate(plan: Plan) -> Yield:
    """Send what the plan says and measure; runs in the process that it is called in."""
    requests: list[bytes] = msgspec.msgpack.decode(Path(plan.requests).read_bytes())
    callers = [Caller(plan.host, plan.port) for _ in range(plan.connections)]
    poll = select.epoll()
    by_descriptor = {caller.socket.fileno(): caller for caller in callers}
    # Requests that go out once may be fewer than the connections.
    in_flight = next_one = len(callers) if plan.again else min(len(callers), len(requests))
    for n, caller in enumerate(callers[:in_flight]):
        poll.register(caller.socket, select.EPOLLIN)
        caller.send(requests[n % len(requests)])
    counted_from = time.perf_counter() + plan.warm_seconds
    until = counted_from + plan.seconds
    late_ms, refusal = list[float](), ""
    statuses: Counter[str] = Counter()
    ended = counted_from
    while in_flight:
        for descriptor, _ in poll.poll(_LONGEST_WAIT_S):
            caller = by_descriptor[descriptor]
            answer = caller.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            if now >= counted_from:
                late_ms.append((now - caller.sent_at) * 1_000)
                status = answer[9:12].decode()
                statuses[status] += 1
                ended = now
                if not refusal and not status.startswith("2"):
                    refusal = answer[:1_000].decode(errors="replace")
            if now >= until or (next_one >= len(requests) and not plan.again):
                in_flight -= 1
                continue
            caller.send(requests[next_one % len(requests)])
            next_one += 1
    for caller in callers:
        caller.socket.close()
    return Yield(
        sent=next_one,
        answers=len(late_ms), seconds=max(ended - counted_from, 1e-9),
        p50_ms=percentile(late_ms, 50), p95_ms=percentile(late_ms, 95),
        p99_ms=percentile(late_ms, 99), statuses=dict(statuses), refusal=refusal,
    )  # fmt: skip


def generated(plan: Plan) -> Yield:
    """As `generate`, in a process of its own: a load must not share the server's interpreter."""
    done = subprocess.run(
        [sys.executable, "-m", "tongxin.bench.load"],
        input=msgspec.json.encode(plan), stdout=subprocess.PIPE, check=True,
        timeout=plan.warm_seconds + plan.seconds + 2 * _LONGEST_WAIT_S,
    )  # fmt: skip
    return msgspec.json.decode(done.stdout, type=Yield)


def request(
    method: str, path: str, *, token: str = "", body: bytes = b"", accept: str = "",
    media_type: str = "application/json",
) -> bytes:  # fmt: skip
    """A whole HTTP/1.1 request, as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if accept:
        lines.append(f"Accept: {accept}")
    if body:
        lines += [f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + _END_OF_HEAD + body


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(generate(asked)))
