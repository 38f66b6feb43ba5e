"""The inbox: facts that could not be applied, for somebody who can mend it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import sqlalchemy as sa
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.base.clock import from_ms
from tongxin.base.masking import masked
from tongxin.base.problems import ALL_KINDS, NOT_FOUND, Problem
from tongxin.base.texts import Text
from tongxin.catalogue import KINDS
from tongxin.desk import OUTSIDE_REMIT, AtDesk, Desk, drafted, taken
from tongxin.ledger import holding
from tongxin.ledger.deciding import UNKNOWN_EPISODE, UNKNOWN_SUBJECT
from tongxin.ledger.facts import OFFICE, Draft, Fact, Verdict
from tongxin.ledger.inbox import subject_of
from tongxin.ledger.kinds import HELD_RESOLVED, HeldResolved
from tongxin.ledger.tables import subject


class Held(Struct, frozen=True):
    """A held fact: header and reason, not its body.

    `waits`: it comes by itself once what it lacks is there, and nobody needs to decide.
    """

    held: str
    id: str
    kind: str
    title: Text
    subject: str
    area: str
    author: str
    happened_at: datetime
    held_at: datetime
    code: str
    why: Text
    waits: bool


class Inbox(Struct, frozen=True):
    """A page of held facts, and how many there are in all."""

    total: int
    held: list[Held]


class HeldOpened(Struct, frozen=True):
    """A held fact with what it says; `recorded` is what stands under its id, where anything does.

    Personal fields are masked in both.
    """

    held: Held
    body: dict[str, Any]
    recorded: dict[str, Any] | None


class Deciding(Struct, frozen=True, forbid_unknown_fields=True):
    """Record it after all, or dismiss it; and why."""

    accept: bool
    reason: Annotated[str, Meta(min_length=2, max_length=400)]


@get("/api/v1/held", opt={"may": "held.read"}, sync_to_thread=True)
def list_held(
    desk: AtDesk,
    most: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    after: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Inbox:
    """Held facts in the asker's remit, oldest first, and how many there are in all."""
    return held(desk, most, after)


@get("/api/v1/held/{digest:str}", opt={"may": "held.resolve"}, sync_to_thread=True)
def show_held(desk: AtDesk, digest: FromPath[str]) -> HeldOpened:
    """One held fact with what it says, masked, and what is recorded under the same id, if any."""
    return opened(desk, digest)


@post("/api/v1/held/{digest:str}/resolve", opt={"may": "held.resolve"}, sync_to_thread=True)
def resolve_held(desk: AtDesk, digest: FromPath[str], data: JSONBody[Deciding]) -> Verdict:
    """Decide what becomes of a held fact; the decision is itself recorded."""
    return resolved(desk, digest, data)


def held(desk: Desk, most: int, after: int) -> Inbox:
    """What is in the inbox and in the asker's remit."""
    rows = holding.inbox(desk.remit, desk.connection, desk.township, most, after)
    total = holding.how_many(desk.remit, desk.connection, desk.township)
    return Inbox(total, [_shown(row) for row in rows])


def _shown(row: Mapping[str, Any]) -> Held:
    return Held(
        held=row["digest"], id=row["id"], kind=row["kind"], title=KINDS[row["kind"]].title,
        subject=row["subject"], area=row["area"], author=row["author"],
        happened_at=from_ms(row["happened_at"]), held_at=from_ms(row["held_at"]),
        code=row["code"], why=_why(row["code"], KINDS[row["kind"]].title),
        waits=row["waits_for"] is not None and row["code"] in _COMES_BY_ITSELF,
    )  # fmt: skip


# What lacks somebody or something comes by itself. What lacks a say is tried again too where its
# author is given one; but a person need not wait for that, and the reason asks for his decision.
_COMES_BY_ITSELF: Final = frozenset({UNKNOWN_SUBJECT.code, UNKNOWN_EPISODE.code})


def opened(desk: Desk, digest: str) -> HeldOpened:
    """A held fact opened, or `base.not_found` where it is not in the asker's remit."""
    row = holding.header(desk.remit, desk.connection, desk.township, digest)
    draft = holding.find(desk.connection, desk.keys, KINDS, desk.township, digest)
    if row is None or draft is None or not desk.remit.allows("held.resolve", draft.area):
        raise NOT_FOUND()
    stream = desk.stream(draft.subject) if _may_compare(desk, draft) else None
    twin = next((e for e in stream.readable if e.id == draft.id), None) if stream else None
    return HeldOpened(_shown(row), _masked(draft.body), _masked(twin.body) if twin else None)


def _may_compare(desk: Desk, draft: Draft) -> bool:
    """The area that a held fact gives is its author's word; what is recorded has a place too."""
    place: str | None = desk.connection.scalar(
        sa.select(subject.c.area).where(
            subject.c.township == desk.township, subject.c.subject == draft.subject
        )
    )
    return place is not None and desk.remit.allows("held.resolve", place)


def _masked(body: Fact) -> dict[str, Any]:
    return masked(msgspec.to_builtins(body))


def resolved(desk: Desk, digest: str, deciding: Deciding) -> Verdict:
    """Record the decision, and the fact itself where it is accepted.

    Accepting is vouching: whoever accepts must himself be allowed to record such a fact there.
    """
    draft = _open(desk, digest)
    if draft is None:
        raise NOT_FOUND()
    decision = _decision(desk, digest, draft, deciding)
    if not deciding.accept:
        return taken(desk.store.record([decision], desk.now)[0])
    _vouch(desk, draft)
    vouched = msgspec.structs.replace(draft, vouched_by=desk.who.account)
    verdict = taken(desk.store.record([vouched], desk.now)[0])
    taken(desk.store.record([decision], desk.now)[0])
    return verdict


def dismissed(desk: Desk, digests: Collection[str], reason: str) -> int:
    """Dismiss held facts for one reason, each by a decision of its own; how many it were.

    What somebody else has decided meanwhile is left out; `base.not_found` where nothing is left.
    """
    deciding = Deciding(accept=False, reason=reason)
    found = [(each, draft) for each in digests if (draft := _open(desk, each)) is not None]
    if not found:
        raise NOT_FOUND()
    decisions = [_decision(desk, each, draft, deciding) for each, draft in found]
    for verdict in desk.store.record(decisions, desk.now):
        taken(verdict)
    return len(decisions)


def _open(desk: Desk, digest: str) -> Draft | None:
    """An open held fact that the asker may decide."""
    draft = holding.find(desk.connection, desk.keys, KINDS, desk.township, digest)
    may = draft is not None and desk.remit.allows("held.resolve", draft.area)
    return draft if may else None


def _decision(desk: Desk, digest: str, draft: Draft, deciding: Deciding) -> Draft:
    return drafted(
        desk.who, desk.store, desk.now, HELD_RESOLVED,
        HeldResolved(held=digest, accepted=deciding.accept, reason=deciding.reason),
        subject=subject_of(digest), purpose=OFFICE, area=draft.area,
    )  # fmt: skip


def _vouch(desk: Desk, draft: Draft) -> None:
    may = draft.kind.may
    if may is None or not desk.remit.allows(may, draft.area):
        raise OUTSIDE_REMIT(area=draft.area)


def _why(code: str, title: Text) -> Text:
    """Why it was held. Its village stands beside it; only the code was kept of the problem."""
    kind = ALL_KINDS[code]
    try:
        return kind(area=Text("该处", "that place"), kind=title).text
    except (KeyError, Problem):
        return kind.text


HANDLERS: list[Any] = [list_held, show_held, resolve_held]
