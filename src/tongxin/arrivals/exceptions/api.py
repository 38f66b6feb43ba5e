"""Exceptions for programs: propose one, approve somebody else's, see all."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from tongxin.arrivals.exceptions import queries
from tongxin.arrivals.exceptions.facts import EXCEPTION_PROPOSED, ExceptionProposed
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.facts import EPISODE, OFFICE, Told, Verdict
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.registry.queries import area_of

OWN_EXCEPTION = ProblemKind(
    "arrivals.own_exception",
    409,
    zh="不能批准自己申请的例外，请另一人批准。",
    en="Nobody approves an exception that he proposed; ask somebody else.",
)
EXCEPTION_DECIDED = ProblemKind(
    "arrivals.exception_decided",
    409,
    zh="这项例外已经批准，或已过期。",
    en="This exception is approved already, or its end has passed.",
)
EXCEPTION_OVER = ProblemKind(
    "arrivals.exception_over",
    422,
    zh="例外的结束时间要晚于开始，也要晚于现在。",
    en="An exception ends after it begins, and after now.",
)


class NewException(Told, frozen=True, forbid_unknown_fields=True):
    """An exception to propose for one episode of a person."""

    episode: str
    reason: Annotated[str, Meta(min_length=4, max_length=400)]
    from_: Annotated[datetime, Meta(tz=True)]
    until: Annotated[datetime, Meta(tz=True)]


class Asked(Struct, frozen=True):
    """An exception as a list shows it. `approved_by` is null until a second person approved."""

    person: str
    episode: str
    proposal: str
    reason: str
    from_: datetime
    until: datetime
    proposed_by: str
    approved_by: str | None


@get("/api/v1/exceptions", opt={"may": "arrivals.read"}, sync_to_thread=True)
def list_exceptions(
    desk: AtDesk, most: Annotated[int, QueryParameter(ge=1, le=200)] = 50
) -> list[Asked]:
    """Exceptions in the asker's remit, proposed and approved, newest first."""
    rows = queries.exceptions(desk.remit, "arrivals.read", desk.connection, desk.township, most)
    return [shown(row) for row in rows]


@post(
    "/api/v1/arrivals/{person:str}/exceptions",
    opt={"may": "arrivals.propose_exception"},
    sync_to_thread=True,
)
def propose_exception(desk: AtDesk, person: FromPath[str], data: JSONBody[NewException]) -> Verdict:
    """Propose an exception; the rules hold on until a second person approves."""
    return proposed(desk, person, data)


@post(
    "/api/v1/arrivals/{person:str}/exceptions/{proposal:str}/approve",
    opt={"may": "approve"},
    sync_to_thread=True,
)
def approve_exception(desk: AtDesk, person: FromPath[str], proposal: FromPath[str]) -> Verdict:
    """Approve an exception that somebody else proposed; the standing follows at once."""
    return approved(desk, person, proposal)


def proposed(desk: Desk, person: str, new: NewException) -> Verdict:
    """Propose an exception for an episode of somebody in the remit."""
    subject, episode = subject_id(person, "person"), fact_id(new.episode, "episode")
    may = str(EXCEPTION_PROPOSED.may)
    area = area_of(desk.remit, may, desk.connection, desk.township, subject)
    stream = desk.stream(subject) if area is not None else None
    if area is None or stream is None:
        raise NOT_FOUND()
    purpose = f"{EPISODE}:{episode}"
    if not any(entry.header.purpose == purpose for entry in stream.entries):
        raise NOT_FOUND()
    if new.until <= max(new.from_, desk.now):
        raise EXCEPTION_OVER(field="until")
    body = ExceptionProposed(reason=new.reason, from_=new.from_, until=new.until)
    return desk.record(
        EXCEPTION_PROPOSED, body, subject=subject, purpose=purpose, area=area, id=new_id()
    )


def approved(desk: Desk, person: str, proposal: str) -> Verdict:
    """Approve somebody else's exception before its end."""
    subject, wanted = subject_id(person, "person"), fact_id(proposal, "proposal")
    area = area_of(desk.remit, str(APPROVED.may), desk.connection, desk.township, subject)
    rows = queries.exceptions_of(desk.remit, desk.connection, desk.township, subject)
    row = next((row for row in rows if row["proposal"] == wanted), None)
    if area is None or row is None:
        raise NOT_FOUND()
    if row["approved_by"] is not None or row["until_at"] <= to_ms(desk.now):
        raise EXCEPTION_DECIDED()
    if row["proposed_by"] == desk.who.account:
        raise OWN_EXCEPTION()
    return desk.record(
        APPROVED, Approved(proposal=wanted), subject=subject, purpose=OFFICE, area=area
    )


def shown(row: queries.Row) -> Asked:
    """A row of an exception as it is shown."""
    return Asked(
        row["subject"], row["episode"], row["proposal"], row["reason"], from_ms(row["from_at"]),
        from_ms(row["until_at"]), row["proposed_by"], row["approved_by"],
    )  # fmt: skip


HANDLERS: list[Any] = [list_exceptions, propose_exception, approve_exception]
