"""One fact of a timeline on screen: what becomes of it, and having it taken back."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.arrivals.pages.timeline import Event, events
from tongxin.base.ids import fact_id, subject_id
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.ledger.corrections import waiting
from tongxin.registry import corrections
from tongxin.registry.queries import area_of

NO_REASON = ProblemKind(
    "arrivals.no_correction_reason",
    422,
    zh="请写明为什么是错的（至少 4 个字），不要写姓名。",
    en="Say why it was a mistake (4 characters at least). Name nobody.",
)
TAKEN_BACK = says(
    "arrivals.taken_back",
    "已撤回，已按规则重新判断。原记录保留，标明谁、何时、为什么撤回。",
    "Taken back, and judged again by the rules. The record stays, with who took it back, when and "
    "why.",
)
PROPOSED = says(
    "arrivals.taking_back_proposed",
    "已提出撤回申请。另一位独立的同事批准以前，这条记录仍然有效。",
    "Proposed. The record counts on until an independent colleague approves.",
    kind="note",
)
APPROVED = says(
    "arrivals.taking_back_approved",
    "已批准撤回，已按规则重新判断。",
    "Approved: taken back, and judged again by the rules.",
)


@get("/arrivals/{person:str}/facts/{fact:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def fact_page(desk: AtDesk, person: FromPath[str], fact: FromPath[str]) -> Template:
    """One fact, and how it could be taken back."""
    return _page(desk, person, fact, Form())


@post(
    "/arrivals/{person:str}/facts/{fact:str}/take-back",
    opt={"may": "facts.take_back"},
    sync_to_thread=True,
)
def take_back(
    desk: AtDesk, person: FromPath[str], fact: FromPath[str], data: Typed
) -> Template | Redirect:
    """Take one's own fresh fact back."""
    form = Form(data)
    if reason := _reason(form):
        with form.trying():
            corrections.take_back(desk, subject_id(person), fact_id(fact), reason)
            return go(f"/arrivals/{person}", TAKEN_BACK)
    return _page(desk, person, fact, form, 422)


@post(
    "/arrivals/{person:str}/facts/{fact:str}/propose",
    opt={"may": "facts.propose_taking_back"},
    sync_to_thread=True,
)
def propose(
    desk: AtDesk, person: FromPath[str], fact: FromPath[str], data: Typed
) -> Template | Redirect:
    """Propose that a fact be taken back."""
    form = Form(data)
    if reason := _reason(form):
        with form.trying():
            corrections.propose(desk, subject_id(person), fact_id(fact), reason)
            return go(f"/arrivals/{person}", PROPOSED)
    return _page(desk, person, fact, form, 422)


@post(
    "/arrivals/{person:str}/facts/{fact:str}/approve",
    opt={"may": "approve"},
    sync_to_thread=True,
)
def approve(
    desk: AtDesk, person: FromPath[str], fact: FromPath[str], data: Typed
) -> Template | Redirect:
    """Approve somebody else's proposal to take the fact back."""
    form = Form(data)
    with form.trying():
        corrections.approve(desk, subject_id(person), fact_id(form.text("proposal"), "proposal"))
    if form.sound:
        return go(f"/arrivals/{person}", APPROVED)
    return _page(desk, person, fact, form, 409)


def _reason(form: Form) -> str:
    reason = form.text("reason")
    if len(reason) < 4:
        form.wrong(NO_REASON, "reason")
        return ""
    return reason[:400]


def _page(desk: Desk, person: str, fact: str, form: Form, status: int = 200) -> Template:
    subject = subject_id(person, "person")
    area = area_of(desk.remit, corrections.SEES, desk.connection, desk.township, subject)
    stream = desk.stream(subject) if area else None
    entry = next((e for e in stream.readable if e.id == fact), None) if stream else None
    if area is None or stream is None or entry is None:
        raise NOT_FOUND()
    event: Event = next(e for e in events(desk, [stream], {}, area) if e.id == fact)
    way = corrections.Way.NOT if event.struck else corrections.way(desk, area, entry)
    return desk.page(
        "arrivals/fact.html", status, form=form, person=subject, event=event, way=way.value,
        wishes=waiting(stream.entries, stream.struck).get(fact, []),
        known=names(desk.connection, desk.township), may=desk.remit.allows("approve", area),
        here=f"/arrivals/{subject}/facts/{fact}",
    )  # fmt: skip


HANDLERS: list[Any] = [fact_page, take_back, propose, approve]
