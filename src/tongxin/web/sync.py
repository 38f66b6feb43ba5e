"""The sync door: a batch of facts in, a verdict for each; changed rows out, since a cursor."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from litestar import Request, get, post
from litestar.openapi.spec import OpenAPIMediaType, RequestBody, Schema
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.access.queries import DeviceBook
from tongxin.base.clock import instant, to_ms
from tongxin.base.masking import masked
from tongxin.base.problems import MALFORMED, ProblemKind
from tongxin.base.remit import Remit
from tongxin.catalogue import DOORS, KINDS, SYNCED, SYNCED_ABOUT
from tongxin.desk import Asker, AtDesk, Bulk, Now, Office, Who
from tongxin.ledger.facts import Draft, Verdict
from tongxin.ledger.remits import within
from tongxin.ledger.store import Store
from tongxin.ledger.tables import chain, departure, subject
from tongxin.ledger.wire import LARGEST_BATCH, WireBatch, read_fact
from tongxin.web.front import PACES_ITSELF, Front

BATCH_TOO_LONG = ProblemKind(
    "web.batch_too_long",
    413,
    zh="一批最多 {most} 条，这批有 {count} 条。请分批提交。",
    en="A batch holds {most} facts at most; this has {count}. Send it in parts.",
)


class Verdicts(Struct, frozen=True):
    """A verdict for each fact, in the order sent. RECORDED means durable and visible."""

    verdicts: list[Verdict]


class Changed(Struct, frozen=True):
    """One subject as it is now: its rows by table, masked by being the tables of lists."""

    subject: str
    area: str
    rows: dict[str, list[dict[str, Any]]]


class Changes(Struct, frozen=True):
    """What changed in the asker's remit since a cursor, and which subjects left it.

    `cursor` is to be sent next time. `more` says that more is ready at once; `anew` that the
    cursor was of another life of this server, so that what the device holds must go first.
    """

    cursor: str
    more: bool
    anew: bool
    changed: list[Changed]
    left: list[str]


_BATCH_SCHEMA = RequestBody(
    content={
        "application/json": OpenAPIMediaType(
            schema=Schema(
                type="object",  # type: ignore[arg-type]  # the enum's value is the same word
                required=["sent_at", "facts"],
                properties={
                    "sent_at": Schema(type="string", format="date-time"),  # type: ignore[arg-type]  # as above
                    "facts": Schema(
                        type="array",  # type: ignore[arg-type]  # as above
                        max_items=LARGEST_BATCH,
                        items=Schema(type="object"),  # type: ignore[arg-type]  # as above
                    ),
                },
            )
        )
    },
    required=True,
)


@post("/api/v1/facts", opt={"may": "signed-in", PACES_ITSELF: True}, status_code=200)
async def post_facts(
    asker: Asker, office: Office, now: Now, request: Request[Any, Any, Any]
) -> Verdicts:
    """Take a batch of signed facts. One bad fact never takes others with it."""
    front: Front = request.app.state.front
    bulk = await facts_in_bulk(front, asker, office, now, await request.body())
    told: Verdicts = bulk.answer(await office.recorded(bulk.drafts, now) if bulk.drafts else [])
    return told


async def facts_in_bulk(front: Front, who: Who, store: Store, now: datetime, body: bytes) -> Bulk:
    """The same, read by the lane for those who come in crowds."""
    batch = _batch(body)
    offset_ms = to_ms(now) - to_ms(instant(batch.sent_at, "sent_at"))
    front.take(who.account, len(batch.facts), to_ms(now))
    # On a thread, because checking the signatures of a full batch takes 50 ms, and whoever else
    # asks meanwhile must not wait for it.
    read = await asyncio.to_thread(_read, store, batch, offset_ms)

    def answer(verdicts: list[Verdict]) -> Verdicts:
        recorded = iter(verdicts)
        return Verdicts([item if isinstance(item, Verdict) else next(recorded) for item in read])

    return Bulk([item for item in read if isinstance(item, Draft)], answer)


def _batch(body: bytes) -> WireBatch:
    try:
        batch = msgspec.json.decode(body, type=WireBatch)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MALFORMED(field="body", why=type(error).__name__) from None
    if len(batch.facts) > LARGEST_BATCH:
        raise BATCH_TOO_LONG(field="facts", most=LARGEST_BATCH, count=len(batch.facts))
    return batch


def _read(store: Store, batch: WireBatch, offset_ms: int) -> list[Draft | Verdict]:
    with store.database.reading() as connection:
        devices = DeviceBook(store, connection)
        return [read_fact(bytes(raw), KINDS, devices, offset_ms) for raw in batch.facts]


@get("/api/v1/changes", opt={"may": "signed-in"}, sync_to_thread=True)
def get_changes(
    desk: AtDesk,
    since: FromQuery[str] = "",
    most: Annotated[int, QueryParameter(ge=1, le=500)] = 200,
) -> Changes:
    """Rows that changed in the asker's remit, in the order in which they changed."""
    head = desk.connection.execute(sa.select(chain).where(chain.c.township == desk.township)).one()
    epoch, _, counted = since.rpartition(".")
    known = epoch == head.epoch and counted.isdigit()
    after = int(counted) if known and len(counted) < 18 else 0
    moved = _moved(desk.remit, desk.connection, desk.township, after, most)
    # Who holds nothing yet has nothing to drop, and need not learn who was here before.
    left = _left(desk.remit, desk.connection, desk.township, after, most) if after else []
    last = [n for n, *_ in moved[most - 1 :]] + [n for n, _ in left[most - 1 :]]
    until = min(last, default=head.change)
    rows = _rows(desk, [name for n, name, _ in moved if n <= until])
    return Changes(
        cursor=f"{head.epoch}.{until}",
        more=bool(last),
        anew=bool(since) and not known,
        changed=[Changed(name, area, rows.get(name, {})) for n, name, area in moved if n <= until],
        left=[name for n, name in left if n <= until],
    )


def _moved(
    remit: Remit, connection: Connection, township: str, after: int, most: int
) -> list[tuple[int, str, str]]:
    rows = connection.execute(
        sa.select(subject.c.change, subject.c.subject, subject.c.area)
        .where(
            subject.c.township == township,
            subject.c.change > after,
            sa.or_(*(_is_a(kind) for kind in SYNCED_ABOUT)),
            sa.or_(*(within(remit, may, subject.c.area) for may in SYNCED.values())),
        )
        .order_by(subject.c.change)
        .limit(most)
    )
    return [(row.change, row.subject, row.area) for row in rows]


def _is_a(kind: str) -> sa.ColumnElement[bool]:
    return sa.and_(subject.c.subject >= f"{kind}-", subject.c.subject < f"{kind}.")


def _left(
    remit: Remit, connection: Connection, township: str, after: int, most: int
) -> list[tuple[int, str]]:
    """Subjects that were in the remit and now are not: those that only moved inside it stay."""
    inside = [within(remit, may, departure.c.area) for may in SYNCED.values()]
    still = [within(remit, may, subject.c.area) for may in SYNCED.values()]
    here = sa.select(subject.c.subject).where(
        subject.c.township == township,
        subject.c.subject == departure.c.subject,
        sa.or_(*still),
    )
    rows = connection.execute(
        sa.select(departure.c.change, departure.c.subject)
        .where(
            departure.c.township == township,
            departure.c.change > after,
            sa.or_(*inside),
            ~here.exists(),
        )
        .order_by(departure.c.change)
        .limit(most)
    )
    return [(row.change, row.subject) for row in rows]


def _rows(desk: AtDesk, names: list[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The rows that a device may hold, by subject and table."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in names}
    for table, may in SYNCED.items():
        rows = desk.connection.execute(
            sa.select(table).where(
                table.c.township == desk.township,
                table.c.subject.in_(names),
                within(desk.remit, may, table.c.area),
            )
        )
        for row in rows:
            held = dict(row._mapping)
            shown = masked(held)
            if "address" in held and desk.remit.allows(DOORS, held["area"]):
                shown["address"] = held["address"]
            found[held["subject"]].setdefault(table.name, []).append(shown)
    return found


HANDLERS: list[Any] = [post_facts, get_changes]
