"""The two bulk doors, with no framework in between: one arrival, and a batch of facts.

Litestar's routing, middleware and injection take twice as long as all that is done for an arrival
before the writer has it. So a request that is in order, signed in by a token and in JSON, is read
and answered here. Any other, and whatever goes wrong before the writer is handed something, is left
to Litestar's own handler of the same address, with the body that came: there is one way to refuse.
What a handler declares (`opt["may"]`, status) holds here too, and describes the door in /schema.
"""

import gzip
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.plugins.prometheus import PrometheusConfig, PrometheusMiddleware
from msgspec import Struct

from tongxin.base.clock import to_ms
from tongxin.base.problems import Problem
from tongxin.desk import SIGNED_IN, Bulk, Who
from tongxin.installation import Installation
from tongxin.ledger.store import Store, whereabouts
from tongxin.web.edges import DETAILS, details, failure
from tongxin.web.front import PACES_ITSELF, Front
from tongxin.web.guards import Gate, bearer
from tongxin.web.headers import GUARDED

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Reader = Callable[[Who, Store, datetime, bytes], Awaitable[Bulk]]

_JSON: Final = "application/json"
_WORTH_PACKING: Final = 1_000
_PACKED_BY: Final = 5
_log = logging.getLogger("tongxin.web")


class Asked(Struct):
    """What the lane looks at of a request's headers."""

    host: str = ""
    token: str = ""
    is_json: bool = False
    takes_gzip: bool = False
    length: int = 0
    # Something that decides was said twice: which of both counts is for the handler to say.
    twice: bool = False


class Told(Struct, frozen=True):
    """An answer."""

    status: int
    media_type: str
    body: bytes


class Lane:
    """The way through one door: to the writer and back. What it `needs` its handler declares."""

    def __init__(
        self,
        handler: HTTPRouteHandler,
        reader: Reader,
        installation: Installation,
        gate: Gate,
        front: Front,
        counters: "Counters",
        largest: int,
    ) -> None:
        self.counters = counters
        self.needs, self.status = handler.opt["may"], handler.status_code
        self._paces_itself = bool(handler.opt.get(PACES_ITSELF))
        self._reader, self._installation = reader, installation
        self._gate, self._front, self._largest = gate, front, largest

    async def answer(self, asked: Asked, receive: Receive, came: list[Message]) -> Told | None:
        """The answer, or None where the handler itself has to give it; `came` gathers what came."""
        now = self._installation.clock()
        try:
            who = self._who(asked, now)
            body = await self._body(receive, came) if who is not None else None
            if who is None or body is None:
                return None
            bulk = await self._reader(who, self._installation.store, now, body)
            if not self._paces_itself:
                self._front.take(who.account, len(bulk.drafts), to_ms(now))
        except (Problem, msgspec.MsgspecError):
            return None  # a bad request: the handler says what is wrong, in its own words
        except Exception as error:  # because the handler may yet do it; the log must know
            _log.warning("the lane of %s hands on: %s", self.counters.path, whereabouts(error))
            return None
        return await self._recorded(bulk, now)

    def _who(self, asked: Asked, now: datetime) -> Who | None:
        """Who asks, if the lane is open to him."""
        fits = asked.length <= self._largest and not asked.twice
        if not (asked.token and asked.is_json and fits and self._front.is_known(asked.host)):
            return None
        who = self._gate.who(asked.token, now)
        if who is None or not (self.needs == SIGNED_IN or who.remit.holds(self.needs)):
            return None
        return who

    async def _body(self, receive: Receive, came: list[Message]) -> bytes | None:
        """The whole body, or None where it is too large or the caller has gone."""
        size = 0
        while size <= self._largest:
            message = await receive()
            came.append(message)
            if message["type"] != "http.request":
                return None
            size += len(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(part.get("body", b"") for part in came)
        return None

    async def _recorded(self, bulk: Bulk, now: datetime) -> Told:
        """The answer once all is on record; from here on nobody else may try it again."""
        store = self._installation.store
        try:
            verdicts = await store.recorded(bulk.drafts, now) if bulk.drafts else []
            return Told(self.status, _JSON, msgspec.json.encode(bulk.answer(verdicts)))
        except Problem as problem:
            return _told(problem)
        except Exception as error:  # because whoever asks must be told, and the log must know
            _log.error("POST %s failed: %s", self.counters.path, whereabouts(error))
            return _told(failure(error))


def _told(problem: Problem) -> Told:
    return Told(problem.status, DETAILS, msgspec.json.encode(details(problem)))


class Counters:
    """The figures of running of a lane: the same that the framework's middleware keeps."""

    def __init__(self, path: str, config: PrometheusConfig) -> None:
        self._kept = PrometheusMiddleware(_nobody, config)
        self.path, self._app_name = path, config.app_name
        self._known: dict[int, tuple[Any, Any]] = {}

    def count(self, status: int, seconds: float) -> None:
        """One more answer."""
        if status not in self._known:
            labels: dict[str, str | int | float] = {
                "method": "POST", "path": self.path, "status_code": status,
                "app_name": self._app_name,
            }  # fmt: skip
            values = tuple(labels.values())
            self._known[status] = (
                self._kept.request_count(labels).labels(*values),
                self._kept.request_time(labels).labels(*values),
            )
        counter, times = self._known[status]
        counter.inc()
        times.observe(seconds)


class Application(Litestar):
    """Litestar, with lanes for those who come in crowds."""

    lanes: Mapping[str, Lane] = MappingProxyType({})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """An ASGI call: by a lane where there is one, else, or where it hands on, as ever."""
        lane = self.lanes.get(scope["path"]) if scope.get("method") == "POST" else None
        if lane is None:
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()
        came: list[Message] = []
        asked = asked_of(scope["headers"])
        told = await lane.answer(asked, receive, came)
        if told is None:
            await super().__call__(scope, again(came, receive), send)
            return
        await _sent(send, told, packed=asked.takes_gzip)
        lane.counters.count(told.status, time.perf_counter() - started)


def asked_of(headers: Iterable[tuple[bytes, bytes]]) -> Asked:
    """What the lane looks at."""
    asked = Asked()
    for name, value in headers:
        if name == b"authorization":
            asked.twice |= bool(asked.token)
            asked.token = bearer(value.decode("latin-1"))
        elif name == b"content-type":
            asked.is_json = value.startswith(_JSON.encode())
        elif name == b"host":
            asked.twice |= bool(asked.host)
            asked.host = value.decode("latin-1")
        elif name == b"content-length":
            asked.length = int(value) if value.isdigit() else 0
        elif name == b"accept-encoding":
            asked.takes_gzip = b"gzip" in value
    return asked


def again(came: Sequence[Message], receive: Receive) -> Any:
    """Receives what came once more, and then what is still to come."""
    left = iter(came)

    async def next_message() -> Message:
        for message in left:
            return message
        return await receive()

    return next_message


async def _sent(send: Send, told: Told, *, packed: bool) -> None:
    body = told.body
    headers = [(b"content-type", told.media_type.encode()), *GUARDED]
    if packed and len(body) >= _WORTH_PACKING:
        body = gzip.compress(body, _PACKED_BY)
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": told.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _nobody(_scope: Any, _receive: Any, _send: Any) -> None:
    """What the counting middleware would call next; it only lends its counters."""
