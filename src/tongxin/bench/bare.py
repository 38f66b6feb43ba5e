"""The bare ceiling: the same server, database, sync, row sizes and grouping, and nothing else.

It neither decodes, authorises, seals nor judges: for each arrival it writes rows as large as those
of a real one, first a key in a file of keys, then the rows, in groups of whatever waits. For a
batch of facts it also verifies their signatures, because nobody may leave that out.
"""

import asyncio
import base64
import os
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa
import uuid_utils
from msgspec import Struct

from tongxin.base.clock import instant, to_ms
from tongxin.catalogue import KINDS, TABLES
from tongxin.ledger.database import Database
from tongxin.ledger.keys import file
from tongxin.ledger.sealing import signed_bytes, verify
from tongxin.ledger.tables import DERIVED, METADATA, fact, subject
from tongxin.ledger.wire import WireBatch, WireFact

MODEL: Final = "TONGXIN_BENCH_MODEL"
_LARGEST_GROUP: Final = 512
_WRITTEN: Final = (fact, subject, *TABLES)
_KEY_TABLE: Final = (
    "CREATE TABLE subject_key (township TEXT, subject TEXT, purpose TEXT, wrapped BLOB,"
    " made_at INTEGER, destroyed_at INTEGER,"
    " PRIMARY KEY (township, subject, purpose)) STRICT, WITHOUT ROWID"
)
_WRAPPED: Final = bytes(60)  # a nonce, a key of 32 bytes and a tag

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Model(Struct, frozen=True):
    """What real arrivals wrote: the rows of each by table. And where to write as much."""

    database_url: str
    keys_path: str
    people: list[dict[str, list[dict[str, Any]]]]
    device_key: bytes = b""


def rows_of(connection: sa.Connection, township: str, name: str) -> dict[str, list[dict[str, Any]]]:
    """All rows that are about one subject, by table."""
    found = {}
    for table in _WRITTEN:
        mine = sa.and_(table.c.township == township, table.c.subject == name)
        rows = connection.execute(sa.select(table).where(mine))
        found[table.name] = [dict(row._mapping) for row in rows]
    return found


class Writer:
    """One thread that commits whatever waits: keys first, then rows."""

    def __init__(self, model: Model) -> None:
        self.model = model
        database = Database(model.database_url)
        with database.writer.begin() as connection:
            METADATA.create_all(connection)
            DERIVED.create_all(connection)
        self._rows = database.engine.raw_connection()
        Path(model.keys_path).touch()
        self._keys = file.connected(Path(model.keys_path))
        self._keys.execute(_KEY_TABLE)
        self._inserts = {
            table.name: _insert_of(table, database)
            for table in _WRITTEN
            if any(person[table.name] for person in model.people)
        }
        self._sqlite = database.is_sqlite
        self._seq = 0
        self._waiting: queue.SimpleQueue[tuple[int, asyncio.Future[None]]] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    async def written(self, count: int) -> None:
        """Write the rows of `count` arrivals; returns once they are on disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.put((count, future))
        await future

    def _write(self) -> None:
        while True:
            group = [self._waiting.get()]
            while len(group) < _LARGEST_GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            self.commit(sum(count for count, _ in group))
            futures = [future for _, future in group]
            futures[0].get_loop().call_soon_threadsafe(_answer, futures)

    def commit(self, count: int) -> None:
        """Write the keys and rows of `count` arrivals, each with one sync."""
        names = [str(uuid_utils.uuid7()) for _ in range(count)]
        with file.writing(self._keys):
            self._keys.executemany(
                "INSERT INTO subject_key VALUES (?, ?, ?, ?, ?, NULL)",
                [("411526101", f"person-{name}", f"episode:{name}", _WRAPPED, 1) for name in names],
            )
        cursor = self._rows.cursor()
        if self._sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        self._seq += count
        for table, (statement, order) in self._inserts.items():
            rows = list(self._renamed(table, names))
            cursor.executemany(
                statement, [[row[name] for name in order] for row in rows] if order else rows
            )
        self._rows.commit()

    def _renamed(self, table: str, names: list[str]) -> Iterator[dict[str, Any]]:
        """The rows of one person of the model for each name, with ids of their own."""
        people = self.model.people
        for n, name in enumerate(names):
            for row in people[(self._seq - n) % len(people)][table]:
                own = {
                    "subject": f"person-{name}", "id": name, "episode": name, "seq": self._seq - n,
                }  # fmt: skip
                yield row | {key: value for key, value in own.items() if key in row}


def _insert_of(table: sa.Table, database: Database) -> tuple[str, list[str]]:
    """The driver's own statement, and the order of its parameters where they have no names."""
    compiled = sa.insert(table).compile(dialect=database.engine.dialect)
    return str(compiled), list(getattr(compiled, "positiontup", None) or [])


def _answer(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


def _verified(body: bytes, public_key: bytes) -> int:
    """How many facts of a batch there are, once the signature of each is verified."""
    batch = msgspec.json.decode(body, type=WireBatch)
    for raw in batch.facts:
        wire = msgspec.json.decode(raw, type=WireFact)
        body_ = bytes(wire.body)
        message = signed_bytes(
            wire.township, wire.id, wire.kind, wire.subject, wire.purpose, wire.area,
            wire.author, wire.device, to_ms(instant(wire.happened_at)), body_,
        )  # fmt: skip
        if not verify(public_key, base64.b64decode(wire.signature), message):
            raise AssertionError("the bench's own signature does not fit")
        msgspec.json.decode(body_, type=KINDS[wire.kind].body)
    return len(batch.facts)


def create() -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The bare application on what the environment's model says."""
    model = msgspec.msgpack.decode(Path(os.environ[MODEL]).read_bytes(), type=Model)
    writer = Writer(model)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if scope["path"] == "/arrivals":
            await writer.written(1)
        elif scope["path"] == "/facts":
            await writer.written(_verified(body, model.device_key))
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
        )
        await send({"type": "http.response.body", "body": b"ok"})

    return application


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        kind = message["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
