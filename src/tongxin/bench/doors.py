"""The doors: one arrival over HTTP, batches of signed facts, each against the bare application."""

import base64
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
from tongxin.bench.population import PASSWORD, Cell, arrival, recorded
from tongxin.bench.servers import HOST, Server, serving
from tongxin.installation import Installation
from tongxin.ledger.facts import EPISODE, REGISTRATION, Door
from tongxin.ledger.sealing import Signer, signed_bytes
from tongxin.ledger.tables import subject
from tongxin.ledger.wire import authored

CONNECTIONS: Final = (1, 8, 64)
FACTS_IN_A_BATCH: Final = 100
_BATCH_CONNECTIONS: Final = 4
_DRAWN: Final = 500  # different requests; they are sent over and over
_WARM_S: Final = 0.5
_LIKELY_BATCHES_A_SECOND: Final = 60
_MODELS: Final = 64
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


def arrivals_of(cells: Sequence[Cell], tokens: Sequence[str], now: datetime) -> list[bytes]:
    """Requests that record arrivals, township by township in turn."""
    dice = random.Random(7)
    requests = []
    for n in range(_DRAWN):
        cell, token = cells[n % len(cells)], tokens[n % len(cells)]
        body = {"area": dice.choice(cell.villages), "arrival": arrival(dice, now)}
        requests.append(
            request("POST", "/api/v1/arrivals", token=token, body=msgspec.json.encode(body))
        )
    return requests


def batches_of(cell: Cell, phone: Phone, token: str, now: datetime, count: int) -> Iterator[bytes]:
    """Requests that send `FACTS_IN_A_BATCH` arrivals each, signed by the device."""
    dice = random.Random(11)
    for _ in range(count):
        facts = [_wire(cell, phone, dice, now) for _ in range(FACTS_IN_A_BATCH)]
        body = msgspec.json.encode({"sent_at": now.isoformat(), "facts": facts})
        yield request("POST", "/api/v1/facts", token=token, body=body)


def _wire(cell: Cell, phone: Phone, dice: random.Random, now: datetime) -> msgspec.Raw:
    fact, author = new_id(), cell.accounts[0]
    person, purpose, area = f"person-{fact}", f"{EPISODE}:{fact}", dice.choice(cell.villages)
    kind, raw = arrivals.ARRIVAL_RECORDED.name, msgspec.json.encode(arrival(dice, now))
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


def measured(
    load: Load, folder: Path, server: Server, requests: Sequence[bytes], connections: int, *,
    again: bool = True,
) -> Measured:  # fmt: skip
    """The load of median rate among the repeats. Without `again` each gets its own requests."""
    yields = []
    before_s = server.processor_s
    share = len(requests) // load.repeats
    for n in range(load.repeats):
        mine = requests if again else requests[n * share : (n + 1) * share]
        (folder / "requests").write_bytes(msgspec.msgpack.encode(mine))
        plan = Plan(
            HOST, server.port, connections, load.seconds, str(folder / "requests"), again=again,
            warm_seconds=_WARM_S if again else 0.0,
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
            for name, connections, requests, again in _loads(is_bare, cells, tokens, batches, now):
                load.say(f"{place.label}: {'bare, ' if is_bare else ''}{name}")
                found[is_bare, name] = measured(
                    load, place.folder, server, requests, connections, again=again
                )
    yield from _figures(place, found, len(cells))
    yield Figure(
        name="server idle, resident memory", database=place.label, unit="MB",
        value=memory[False], ceiling=memory[True], budget="≤ 250 MB",
        note="the clock's process and one web process",
    )  # fmt: skip


def _loads(
    is_bare: bool,
    cells: Sequence[Cell],
    tokens: Sequence[str],
    batches: Sequence[bytes],
    now: datetime,
) -> Iterator[tuple[str, int, Sequence[bytes], bool]]:
    """Name, connections, requests, and whether these may be sent again."""
    if is_bare:
        nothing = [request("GET", "/nothing")]
        yield "nothing", CONNECTIONS[-1], nothing, True
        one = [request("POST", "/arrivals", body=b"x" * 400)]
        for connections in CONNECTIONS:
            yield f"arrivals {connections}", connections, one, True
        sent = [batch.replace(b"/api/v1/facts", b"/facts", 1) for batch in batches]
        yield "batches", _BATCH_CONNECTIONS, sent, False
        return
    here = arrivals_of(cells[:1], tokens[:1], now)
    for connections in CONNECTIONS:
        yield f"arrivals {connections}", connections, here, True
    if len(cells) > 1:
        yield "arrivals spread", CONNECTIONS[-1], arrivals_of(cells, tokens, now), True
    told = [batch.replace(b"{token}", tokens[0].encode(), 1) for batch in batches]
    yield "batches", _BATCH_CONNECTIONS, told, False


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
