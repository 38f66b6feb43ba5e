"""Exceptions on screen: one person's, with the form to propose one and a second person's yes."""

from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.arrivals.exceptions import api, queries
from tongxin.arrivals.queries import journeys_of
from tongxin.base import masking
from tongxin.base.clock import to_ms
from tongxin.base.ids import subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says, typed_now

NO_EXCEPTION_REASON = ProblemKind(
    "arrivals.no_exception_reason",
    422,
    zh="请写明为什么要例外（至少 4 个字）。",
    en="Say why an exception is needed (4 characters at least).",
)
NO_EXCEPTION_END = ProblemKind(
    "arrivals.no_exception_end", 422, zh="请填写到何时为止。", en="Fill in until when."
)
PROPOSED: Final = says(
    "arrivals.exception_proposed",
    "已提出。另一位独立的同事批准以前，规则照常。",
    "Proposed. The rules hold on until an independent colleague approves.",
    kind="note",
)
APPROVED: Final = says(
    "arrivals.exception_approved",
    "已批准。到期自动恢复，不用再办。",
    "Approved. At its end the rules hold again by themselves.",
)


@get("/arrivals/{person:str}/exceptions", opt={"may": "arrivals.read"}, sync_to_thread=True)
def exceptions_page(desk: AtDesk, person: FromPath[str]) -> Template:
    """One person's exceptions."""
    return _page(desk, person, Form(from_=typed_now(desk.now)))


@post(
    "/arrivals/{person:str}/exceptions",
    opt={"may": "arrivals.propose_exception"},
    sync_to_thread=True,
)
def propose(desk: AtDesk, person: FromPath[str], data: Typed) -> Template | Redirect:
    """Propose an exception."""
    form = Form(data)
    reason = form.text("reason")
    if len(reason) < 4:
        form.wrong(NO_EXCEPTION_REASON, "reason")
    since, until = form.moment("from_") or desk.now, form.moment("until")
    if until is None and not any(p.field == "until" for p in form.problems):
        form.wrong(NO_EXCEPTION_END, "until")
    if form.sound and until is not None:
        with form.trying():
            new = api.NewException(form.text("episode"), reason[:400], since, until)
            api.proposed(desk, person, new)
            return go(f"/arrivals/{person}/exceptions", PROPOSED)
    return _page(desk, person, form, 422)


@post(
    "/arrivals/{person:str}/exceptions/{proposal:str}/approve",
    opt={"may": "approve"},
    sync_to_thread=True,
)
def approve(desk: AtDesk, person: FromPath[str], proposal: FromPath[str]) -> Template | Redirect:
    """Approve somebody else's exception."""
    form = Form()
    with form.trying():
        api.approved(desk, person, proposal)
    if form.sound:
        return go(f"/arrivals/{person}", APPROVED)
    return _page(desk, person, form, 409)


def _page(desk: Desk, person: str, form: Form, status: int = 200) -> Template:
    subject = subject_id(person, "person")
    journeys = journeys_of(desk.remit, desk.connection, desk.township, subject)
    if not journeys:
        raise NOT_FOUND()
    newest, now_ms = journeys[0], to_ms(desk.now)
    rows = queries.exceptions_of(desk.remit, desk.connection, desk.township, subject)
    allows, here = desk.remit.allows, newest["area"]
    return desk.page(
        "arrivals/exceptions.html", status, form=form, person=subject,
        name=masking.name(newest["name"]), episode=newest["episode"],
        exceptions=[{**row, "state": _state(row, now_ms)} for row in rows],
        known=names(desk.connection, desk.township), me=desk.who.account,
        may_propose=allows("arrivals.propose_exception", here), may_approve=allows("approve", here),
    )  # fmt: skip


def _state(row: queries.Row, now_ms: int) -> str:
    """How an exception stands: nobody stores it."""
    if row["until_at"] <= now_ms:
        return "over"
    if row["approved_by"] is None:
        return "waits"
    return "holds" if row["from_at"] <= now_ms else "later"


HANDLERS: list[Any] = [exceptions_page, propose, approve]
