"""Taking facts back, for programs: wish it, approve it, and see what was taken back and why."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.base.clock import from_ms
from tongxin.base.ids import fact_id, subject_id
from tongxin.base.texts import Text
from tongxin.catalogue import KINDS
from tongxin.desk import AtDesk, Desk
from tongxin.ledger import opening
from tongxin.ledger.facts import Verdict
from tongxin.ledger.kinds import TakenBack, TakingBackProposed
from tongxin.registry import corrections, queries


class WhyBack(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a fact was a mistake. Name nobody in it."""

    reason: Annotated[str, Meta(min_length=4, max_length=400)]


class Correction(Struct, frozen=True):
    """A wish to take a fact back. `title` is the fact's; `reason` is empty for who may not read it.

    `counts`: the fact no longer counts by it. `waits`: a second person has still to decide.
    """

    subject: str
    area: str
    id: str
    fact: str
    title: Text | None
    by: str
    at: datetime
    approved_by: str | None
    counts: bool
    waits: bool
    reason: str


@post(
    "/api/v1/people/{person:str}/facts/{fact:str}/take-back",
    opt={"may": "facts.take_back"},
    sync_to_thread=True,
)
def take_back(
    desk: AtDesk, person: FromPath[str], fact: FromPath[str], data: JSONBody[WhyBack]
) -> Verdict:
    """Take one's own fresh fact back; who it is about is judged again at once."""
    who, what = subject_id(person, "person"), fact_id(fact, "fact")
    return corrections.take_back(desk, who, what, data.reason)


@post(
    "/api/v1/people/{person:str}/facts/{fact:str}/propose-taking-back",
    opt={"may": "facts.propose_taking_back"},
    sync_to_thread=True,
)
def propose_taking_back(
    desk: AtDesk, person: FromPath[str], fact: FromPath[str], data: JSONBody[WhyBack]
) -> corrections.Wish:
    """Propose that a fact be taken back; it counts on until a second person approves."""
    who, what = subject_id(person, "person"), fact_id(fact, "fact")
    return corrections.propose(desk, who, what, data.reason)


@post(
    "/api/v1/people/{person:str}/take-backs/{proposal:str}/approve",
    opt={"may": "approve"},
    sync_to_thread=True,
)
def approve_taking_back(desk: AtDesk, person: FromPath[str], proposal: FromPath[str]) -> Verdict:
    """Approve that a fact be taken back; who it is about is judged again at once."""
    return corrections.approve(desk, subject_id(person, "person"), fact_id(proposal, "proposal"))


@get("/api/v1/take-backs", opt={"may": "ledger.read"}, sync_to_thread=True)
def list_take_backs(
    desk: AtDesk, most: Annotated[int, QueryParameter(ge=1, le=200)] = 50
) -> list[Correction]:
    """What was taken back, or is to be: by whom, when, why, and who approved; newest first."""
    return taken_back(desk, most)


def taken_back(desk: Desk, most: int) -> list[Correction]:
    """The newest wishes to take facts back in the asker's remit."""
    rows = queries.corrections(desk.remit, "ledger.read", desk.connection, desk.township, most)
    reads = {row["subject"] for row in rows if desk.remit.allows(corrections.SEES, row["area"])}
    found = opening.streams(desk.connection, desk.keys, KINDS, desk.township, reads)
    reasons = {
        entry.id: entry.body.reason
        for stream in found.values()
        for entry in stream.entries
        if isinstance(entry.body, TakenBack | TakingBackProposed)
    }
    return [
        Correction(
            subject=row["subject"], area=row["area"], id=row["id"], fact=row["fact"],
            title=KINDS[row["kind"]].title if row["kind"] else None, by=row["by"],
            at=from_ms(row["at"]), approved_by=row["approved_by"], counts=row["counts"],
            waits=row["waits"], reason=reasons.get(row["id"], ""),
        )
        for row in rows
    ]  # fmt: skip


HANDLERS: list[Any] = [take_back, propose_taking_back, approve_taking_back, list_take_backs]
