"""The doors: one arrival over HTTP, batches of signed facts, each against the bare application."""

import base64
import itertools
import random
import statistics
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from tongxin.access import facts as access
from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import to_ms
from tongxin.base.ids import new_id
from tongxin.bench import bare
from tongxin.bench.load import Plan, Yield, generated, request
from tongxin.bench.measures import Figure
from tongxin.bench.places import Place
from tongxin.bench.population import PASSWORD, SEEDED, Cell, arrival, recorded
from tongxin.bench.servers import HOST, Server, serving
from tongxin.installation import Installation
from tongxin.ledger.facts import EPISODE, REGISTRATION, Door
from tongxin.ledger.sealing import Signer, signed_bytes
from tongxin.ledger.tables import subject
from tongxin.ledger.wire import authored

# How many answers a second are not exceeded, so that requests that are sent once suffice.
_LIKELY_A_SECOND: Final = {1: 1_000, 8: 3_000, 64: 5_000}
CONNECTIONS: Final = tuple(_LIKELY_A_SECOND)
FACTS_IN_A_BATCH: Final = 100
_BATCH_CONNECTIONS: Final = 4
_WARM_S: Final = 0.5
_LIKELY_BATCHES_A_SECOND: Final = 60
_MODELS: Final = 64
_BATCH_SEED: Final = 3  # whom the population does not know
_BUDGET: Final = "≥ 2,000/s, p99 ≤ 60 ms"


class Load(Struct, frozen=True):
    """How loads are run: for how long, how often (the median counts), and what tells progress."""

    seconds: float
    repeats: int
    say: Callable[[str], None]


class Phone(Struct, frozen=True):
    """A registered device of a township's first account."""

    name: str
    signer: Signer


def phone_of(installation: Installation, cell: Cell, now: datetime) -> Phone:
    """Register a device."""
    phone = Phone(f"device-{new_id()}", Signer(Ed25519PrivateKey.generate().private_bytes_raw()))
    body = access.DeviceRegistered(
        device=phone.name, public_key=base64.b64encode(phone.signer.verify_key).decode()
    )
    draft = authored(
        installation.signer(cell.township), access.DEVICE_REGISTERED, body,
        township=cell.township, id=new_id(), subject=cell.accounts[0], purpose=REGISTRATION,
        area=cell.township, author=cell.accounts[0], happened_at=now, door=Door.FORM,
    )  # fmt: skip
    recorded(installation, [draft], now)
    return phone


def signed_in(port: int, cell: Cell) -> str:
    """The token of a session of the township's first account."""
    sent = msgspec.json.encode({"township": cell.township, "username": "one", "password": PASSWORD})
    asked = urllib.request.Request(
        f"http://{HOST}:{port}/api/v1/login", sent, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 our own server
        token: str = msgspec.json.decode(answer.read())["token"]
    return token


def arrivals_of(
    cells: Sequence[Cell], tokens: Sequence[str], now: datetime, count: int, seed: int
) -> list[bytes]:
    """Requests that record arrivals of as many people, township by township in turn."""
    dice = random.Random(seed)
    requests = []
    for n in range(count):
        cell, token = cells[n % len(cells)], tokens[n % len(cells)]
        came = arrival(dice, seed * SEEDED + n, now)
        body = {"area": dice.choice(cell.villages), "arrival": came}
        requests.append(
            request("POST", "/api/v1/arrivals", token=token, body=msgspec.json.encode(body))
        )
    return requests


def batches_of(cell: Cell, phone: Phone, token: str, now: datetime, count: int) -> Iterator[bytes]:
    """Requests that send `FACTS_IN_A_BATCH` arrivals each, signed by the device."""
    dice = random.Random(_BATCH_SEED)
    humans = itertools.count(_BATCH_SEED * SEEDED)
    for _ in range(count):
        facts = [
            _wire(cell, phone, dice, arrival(dice, next(humans), now), now)
            for _ in range(FACTS_IN_A_BATCH)
        ]
        body = msgspec.json.encode({"sent_at": now.isoformat(), "facts": facts})
        yield request("POST", "/api/v1/facts", token=token, body=body)


def _wire(
    cell: Cell, phone: Phone, dice: random.Random, came: arrivals.ArrivalRecorded, now: datetime
) -> msgspec.Raw:
    fact, author = new_id(), cell.accounts[0]
    person, purpose, area = f"person-{fact}", f"{EPISODE}:{fact}", dice.choice(cell.villages)
    kind, raw = arrivals.ARRIVAL_RECORDED.name, msgspec.json.encode(came)
    message = signed_bytes(
        cell.township, fact, kind, person, purpose, area, author, phone.name, to_ms(now), raw
    )
    return msgspec.Raw(
        msgspec.json.encode(
            {
                "township": cell.township, "id": fact, "kind": kind, "subject": person,
                "purpose": purpose, "area": area, "author": author, "device": phone.name,
                "happened_at": now.isoformat(), "body": msgspec.Raw(raw),
                "signature": base64.b64encode(phone.signer.sign(message)).decode(),
            }
        )
    )  # fmt: skip


class Measured(Struct, frozen=True):
    """The load of median rate, and the server's processor time for each answer of all loads."""

    median: Yield
    processor_us: float


class Sent(Struct, frozen=True):
    """What a load sends over so many connections. `again`: over and over, else each once."""

    name: str
    connections: int
    requests: Sequence[bytes]
    again: bool = False
    warm_s: float = _WARM_S


def measured(load: Load, folder: Path, server: Server, sent: Sent) -> Measured:
    """The load of median rate among the repeats. What is sent once is shared out among them."""
    yields = []
    before_s = server.processor_s
    share = len(sent.requests) // load.repeats
    for n in range(load.repeats):
        mine = sent.requests if sent.again else sent.requests[n * share : (n + 1) * share]
        (folder / "requests").write_bytes(msgspec.msgpack.encode(mine))
        plan = Plan(
            HOST, server.port, sent.connections, load.seconds, str(folder / "requests"),
            again=sent.again, warm_seconds=sent.warm_s,
        )  # fmt: skip
        found = generated(plan)
        if found.failures:
            raise AssertionError(f"the load was not answered well: {found.refusal}")
        yields.append(found)
    middle = statistics.median_low([one.rate for one in yields])
    used_s = server.processor_s - before_s
    return Measured(
        next(one for one in yields if one.rate == middle),
        used_s / sum(one.sent for one in yields) * 1e6,
    )


def model_at(installation: Installation, cell: Cell, place: Place, device_key: bytes) -> Path:
    """Write down what the bare application is to write as much as; the file."""
    with installation.database.reading() as connection:
        names = connection.scalars(
            sa.select(subject.c.subject)
            .where(subject.c.township == cell.township, subject.c.subject.startswith("person-"))
            .limit(_MODELS)
        ).all()
        people = [bare.rows_of(connection, cell.township, name) for name in names]
    model = bare.Model(place.url, str(place.folder / "keys"), people, device_key)
    path = place.folder / "model"
    path.write_bytes(msgspec.msgpack.encode(model))
    return path


def doors(
    place: Place, model: Path, cells: Sequence[Cell], phone: Phone, load: Load, now: datetime
) -> Iterator[Figure]:
    """Arrivals and batches on the real server and on the bare one, and their idle memory."""
    likely = max(2, round(load.seconds * _LIKELY_BATCHES_A_SECOND)) * load.repeats
    batches = list(batches_of(cells[0], phone, "{token}", now, likely))
    found: dict[tuple[bool, str], Measured] = {}
    memory: dict[bool, float] = {}
    for is_bare in (True, False):
        environment = {bare.MODEL: str(model)} if is_bare else place.environment
        with serving(environment, place.folder / "server.log", bare=is_bare) as server:
            memory[is_bare] = server.memory_mb
            tokens = [] if is_bare else [signed_in(server.port, cell) for cell in cells]
            loads = _bare_loads(batches) if is_bare else _loads(cells, tokens, batches, load, now)
            for sent in loads:
                load.say(f"{place.label}: {'bare, ' if is_bare else ''}{sent.name}")
                found[is_bare, sent.name] = measured(load, place.folder, server, sent)
    yield from _figures(place, found, len(cells))
    yield Figure(
        name="server idle, resident memory", database=place.label, unit="MB",
        value=memory[False], ceiling=memory[True], budget="≤ 250 MB",
        note="the clock's process and one web process",
    )  # fmt: skip


def _bare_loads(batches: Sequence[bytes]) -> Iterator[Sent]:
    yield Sent("nothing", CONNECTIONS[-1], [request("GET", "/nothing")], again=True)
    one = [request("POST", "/arrivals", body=b"x" * 400)]
    for connections in CONNECTIONS:
        yield Sent(f"arrivals {connections}", connections, one, again=True)
    told = [batch.replace(b"/api/v1/facts", b"/facts", 1) for batch in batches]
    yield Sent("batches", _BATCH_CONNECTIONS, told, warm_s=0)


def _loads(
    cells: Sequence[Cell],
    tokens: Sequence[str],
    batches: Sequence[bytes],
    load: Load,
    now: datetime,
) -> Iterator[Sent]:
    """People come once: nothing is sent a second time."""
    span_s = load.seconds + _WARM_S
    seeds = itertools.count(_BATCH_SEED + 1)
    for connections, a_second in _LIKELY_A_SECOND.items():
        count = round(span_s * a_second) * load.repeats
        here = arrivals_of(cells[:1], tokens[:1], now, count, next(seeds))
        yield Sent(f"arrivals {connections}", connections, here)
    if len(cells) > 1:
        spread = arrivals_of(cells, tokens, now, count, next(seeds))
        yield Sent("arrivals spread", CONNECTIONS[-1], spread)
    told = [batch.replace(b"{token}", tokens[0].encode(), 1) for batch in batches]
    yield Sent("batches", _BATCH_CONNECTIONS, told, warm_s=0)


def _figures(
    place: Place, found: dict[tuple[bool, str], Measured], townships: int
) -> Iterator[Figure]:
    def beside(name: str, real: str, ceiling: str, budget: str = "", note: str = "") -> Figure:
        mine, bare_one = found[False, real].median, found[True, ceiling].median
        each = FACTS_IN_A_BATCH if real == "batches" else 1
        return Figure(
            name=name, database=place.label, unit="facts/s" if each > 1 else "/s",
            value=mine.rate * each, ceiling=bare_one.rate * each, p50_ms=mine.p50_ms,
            p95_ms=mine.p95_ms, p99_ms=mine.p99_ms,
            processor_us=found[False, real].processor_us / each, budget=budget, note=note,
        )  # fmt: skip

    for connections in CONNECTIONS:
        yield beside(
            f"arrival over HTTP, {connections} connections", f"arrivals {connections}",
            f"arrivals {connections}", budget=_BUDGET if connections == CONNECTIONS[-1] else "",
        )  # fmt: skip
    if townships > 1:
        yield beside(
            f"the same, spread over {townships} townships", "arrivals spread",
            f"arrivals {CONNECTIONS[-1]}",
        )  # fmt: skip
    yield beside(
        f"batch sync, {FACTS_IN_A_BATCH} signed facts a batch", "batches", "batches",
        budget="≥ 4,000 facts/s", note=f"{_BATCH_CONNECTIONS} connections",
    )  # fmt: skip
    nothing = found[True, "nothing"].median
    yield Figure(
        name="the load generator's own ceiling", database=place.label, unit="/s",
        value=nothing.rate, p50_ms=nothing.p50_ms, p99_ms=nothing.p99_ms,
        note="a bare route that does nothing, 64 connections",
    )  # fmt: skip
