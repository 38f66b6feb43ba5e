"""Lists of areas at risk for programs: propose one, read what it changes and what was odd in it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from tongxin.base.clock import from_ms
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import OFFICE, Told, Words
from tongxin.registry import facts
from tongxin.registry.risklists import queries, remembered
from tongxin.registry.risklists.differing import Against, against
from tongxin.registry.risklists.intervals import Listed
from tongxin.registry.risklists.oddities import ODDITIES, Oddity
from tongxin.registry.risklists.proposing import carried, named
from tongxin.registry.rules import ListInForce


class NewRiskList(Told, frozen=True, forbid_unknown_fields=True):
    """A list to propose: the file byte for byte as text, and where it is from."""

    text: Annotated[str, Meta(min_length=2, max_length=2_000_000)]
    source: Words


class ProposedList(Struct, frozen=True):
    """Where a list is. `known`: this file had been proposed before; nothing was recorded."""

    subject: str
    proposal: str
    sha256: str
    published_at: datetime
    known: bool


class Odd(Struct, frozen=True):
    """A kind of oddity: what it is, what was done, how often, and each place where it stands."""

    kind: str
    what: Text
    done: Text
    grave: bool
    at: list[Oddity]


class ListShown(Struct, frozen=True):
    """A list with what it changes. `in_force_seq` is null until a second person approved."""

    subject: str
    proposal: str
    sha256: str
    published_at: datetime
    regime: str
    listed: dict[str, int]
    source: str
    proposed_by: str
    approved_by: str | None
    in_force_seq: int | None
    changes: dict[str, int]
    unchanged: int
    compared_with: datetime | None
    until: datetime | None
    oddities: list[Odd]


@get("/api/v1/risklists", opt={"may": "policy.read"}, sync_to_thread=True)
def list_lists(desk: AtDesk) -> list[ProposedList]:
    """The lists that were proposed, newest hour first."""
    return [
        ProposedList(
            row["subject"], row["proposal"], row["sha256"], from_ms(row["published_at"]), True
        )
        for row in queries.list_rows(desk.remit, desk.connection, desk.township)
    ]


@post("/api/v1/risklists", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_list(desk: AtDesk, data: JSONBody[NewRiskList]) -> ProposedList:
    """Propose a list; it counts once somebody else approves it. The same file again: no change."""
    return proposed(desk, data.text.encode(), data.source)


@get("/api/v1/risklists/{subject:str}", opt={"may": "policy.read"}, sync_to_thread=True)
def show_list(desk: AtDesk, subject: FromPath[str]) -> ListShown:
    """One list: what it changes, and what was odd in it."""
    row = found(desk, subject)
    what = changed(desk, row)
    oddities = remembered.understood(body_of(desk, row["subject"])).declared.oddities
    counts: dict[str, int] = {}
    for each in what.differences:
        counts[each.turn.value] = counts.get(each.turn.value, 0) + 1
    return ListShown(
        subject=row["subject"], proposal=row["proposal"], sha256=row["sha256"],
        published_at=from_ms(row["published_at"]), regime=row["regime"],
        listed={level: row[level] for level in ("high", "medium", "low")}, source=row["source"],
        proposed_by=row["proposed_by"], approved_by=row["approved_by"],
        in_force_seq=row["in_force_seq"], changes=counts, unchanged=what.unchanged,
        compared_with=what.since, until=what.until, oddities=by_kind(oddities),
    )  # fmt: skip


def proposed(desk: Desk, raw: bytes, source: str) -> ProposedList:
    """Record that somebody proposes the list in these bytes; once only for each file."""
    body = carried(raw, source, desk.now)
    proposal, subject = named(body)
    known = queries.list_row(desk.remit, desk.connection, desk.township, subject) is not None
    if not known:
        desk.record(
            facts.RISK_LIST_PROPOSED, body, subject=subject, purpose=OFFICE, area=desk.township,
            id=proposal,
        )  # fmt: skip
    return ProposedList(subject, proposal, body.sha256, body.published_at, known)


def found(desk: Desk, subject: str) -> Any:
    """The row of a list that the asker may read about, or `base.not_found`."""
    wanted = subject_id(subject, "subject")
    row = queries.list_row(desk.remit, desk.connection, desk.township, wanted)
    if row is None:
        raise NOT_FOUND()
    return row


def changed(desk: Desk, row: Any) -> Against:
    """What a list changes: now, or when it came into force."""
    seq, mine = row["in_force_seq"], _listed(desk, row)
    rows = [
        each
        for each in queries.list_rows(desk.remit, desk.connection, desk.township)
        if each["in_force_seq"] is not None and (seq is None or each["in_force_seq"] < seq)
    ]
    hours = sorted({each["published_at"] for each in rows})
    at = row["published_at"]
    before = max((hour for hour in hours if hour <= at), default=None)
    after = min((hour for hour in hours if hour > at), default=None)
    beside = [_listed(desk, each) for each in rows if each["published_at"] == before]
    return against(mine, beside, None if after is None else from_ms(after))


def _listed(desk: Desk, row: Any) -> Listed:
    body = body_of(desk, row["subject"])
    return remembered.listed(ListInForce(row["proposal"], body, row["in_force_seq"] or 0))


def body_of(desk: Desk, subject: str) -> facts.RiskListProposed:
    """The file that a proposal carries."""
    stream = desk.stream(subject)
    for entry in stream.entries if stream else ():
        if isinstance(entry.body, facts.RiskListProposed):
            return entry.body
    raise NOT_FOUND()


def by_kind(oddities: Iterable[Oddity]) -> list[Odd]:
    """Oddities by kind, in the order in which kinds are declared: the grave come first."""
    gathered: dict[str, list[Oddity]] = {}
    for each in oddities:
        gathered.setdefault(each.kind, []).append(each)
    return [
        Odd(kind, sort.what, sort.done, sort.grave, gathered[kind])
        for kind, sort in ODDITIES.items()
        if kind in gathered
    ]


HANDLERS: list[Any] = [list_lists, propose_list, show_list]
