"""The record itself: its head, daily heads, certificates of forgetting, and asking to forget."""

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from tongxin.base.ids import new_id, subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import AtDesk, Desk
from tongxin.ledger import forgetting, heads
from tongxin.ledger.facts import OFFICE, Verdict
from tongxin.ledger.kinds import APPROVED, FORGET_PROPOSED, Approved, ForgetProposed
from tongxin.ledger.tables import daily_head, subject


class HeadShown(Struct, frozen=True):
    """The chain's head, signed; `printed` is the line that `verify --head` takes."""

    seq: int
    hash: str
    printed: str


class DailyHead(Struct, frozen=True):
    """The head at the end of a civil day."""

    day: str
    seq: int
    hash: str
    printed: str


class Record(Struct, frozen=True):
    """The state of the township's record."""

    head: HeadShown | None
    daily: list[DailyHead]


class CertificateShown(Struct, frozen=True):
    """What was forgotten. It names nobody."""

    subject: str
    purposes: list[str]
    facts: int
    forgotten_at: datetime
    head_seq: int
    backups_until: str | None
    rows_until: str | None


class WhyForget(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody is to be forgotten before the day. Name nobody in it."""

    reason: Annotated[str, Meta(min_length=4, max_length=400)]


class ForgetAsked(Struct, frozen=True):
    """The proposal that a second person has to approve."""

    proposal: str


class WhichProposal(Struct, frozen=True, forbid_unknown_fields=True):
    """The proposal that is approved."""

    proposal: str


@get("/api/v1/record", opt={"may": "ledger.read"}, sync_to_thread=True)
def show_record(desk: AtDesk) -> Record:
    """The head of the chain now, and the daily heads, newest first."""
    return record(desk)


@get("/api/v1/certificates", opt={"may": "ledger.read"}, sync_to_thread=True)
def list_certificates(desk: AtDesk) -> list[CertificateShown]:
    """Every certificate of forgetting, newest first."""
    return certificates(desk)


@post("/api/v1/people/{person:str}/forget", opt={"may": "forget"}, sync_to_thread=True)
def ask_to_forget(desk: AtDesk, person: FromPath[str], data: JSONBody[WhyForget]) -> ForgetAsked:
    """Propose that all of a person's episodes be forgotten before their day."""
    area = _area_of(desk, subject_id(person, "person"))
    records = desk.records(person)
    purposes = tuple(sorted({p for each in records for p in forgetting.purposes_of(each)}))
    if not purposes:
        raise NOT_FOUND()
    proposal = new_id()
    desk.record(
        FORGET_PROPOSED, ForgetProposed(purposes=purposes, reason=data.reason), subject=person,
        purpose=OFFICE, area=area, id=proposal,
    )  # fmt: skip
    return ForgetAsked(proposal)


@post("/api/v1/people/{person:str}/forget/approve", opt={"may": "approve"}, sync_to_thread=True)
def approve_forgetting(
    desk: AtDesk, person: FromPath[str], data: JSONBody[WhichProposal]
) -> Verdict:
    """Approve a proposal to forget. The operator then runs `tongxin forget`."""
    area = _area_of(desk, subject_id(person, "person"))
    return desk.record(
        APPROVED, Approved(proposal=data.proposal), subject=person, purpose=OFFICE, area=area
    )


def record(desk: Desk) -> Record:
    """Head and daily heads."""
    signer = desk.keys.signer(desk.township, desk.now)
    now = heads.current(desk.connection, desk.keys, desk.township, desk.now)
    rows = desk.connection.execute(
        sa.select(daily_head)
        .where(daily_head.c.township == desk.township)
        .order_by(daily_head.c.day.desc())
        .limit(60)
    )
    daily = [
        DailyHead(
            row.day, row.seq, row.hash,
            heads.signed(signer, desk.township, row.seq, row.hash).printed,
        )
        for row in rows
    ]  # fmt: skip
    return Record(HeadShown(now.seq, now.hash, now.printed) if now else None, daily)


def certificates(desk: Desk) -> list[CertificateShown]:
    """All certificates of the township."""
    return [
        CertificateShown(
            each.subject, list(each.purposes), each.facts, each.forgotten_at, each.head_seq,
            each.backups_until, each.rows_until,
        )
        for each in forgetting.certificates(desk.connection, desk.township)
    ]  # fmt: skip


def _area_of(desk: Desk, person: str) -> str:
    area: str | None = desk.connection.scalar(
        sa.select(subject.c.area).where(
            subject.c.township == desk.township, subject.c.subject == person
        )
    )
    if area is None or not desk.remit.allows("arrivals.read", area):
        raise NOT_FOUND()
    return area


HANDLERS: list[Any] = [
    show_record, list_certificates, ask_to_forget, approve_forgetting,
]  # fmt: skip
