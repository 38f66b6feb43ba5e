"""One proposal on screen: what it would change, and a second person's yes."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.arrivals.queries import Wanted, how_many
from tongxin.base.problems import NOT_FOUND
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.installation import Installation
from tongxin.registry import api, queries
from tongxin.registry.facts import (
    AreaProposed,
    CasesMoveProposed,
    PackProposed,
    RiskListProposed,
)
from tongxin.registry.rules import pack_of, proposal
from tongxin.registry.words import LEVELS
from tongxin.web import preview, risk_list
from tongxin.web.reckoning import Sums, sums

APPROVED = says(
    "web.approved",
    "已批准，现在起生效。受影响的人已重新判断，网格员会看到新任务。",
    "Approved and in force from now on. Those it touches are judged again; their grid workers "
    "have the new tasks.",
)
Asked = Request[Any, Any, Any]


@get("/proposals/{subject:str}", opt={"may": "policy.read"}, sync_to_thread=True)
def proposal_page(request: Asked, desk: AtDesk, subject: FromPath[str]) -> Template:
    """What a proposal would change."""
    return _page(request, desk, subject, Form())


@post("/proposals/{subject:str}/approve", opt={"may": "approve"}, sync_to_thread=True)
def approve(
    request: Asked, desk: AtDesk, subject: FromPath[str], data: Typed
) -> Template | Redirect:
    """Approve somebody else's proposal."""
    form = Form(data)
    with form.trying():
        api.approved(desk, subject)
    if form.sound:
        return go(f"/proposals/{subject}", APPROVED)
    return _page(request, desk, subject, form, 409)


def _page(request: Asked, desk: Desk, subject: str, form: Form, status: int = 200) -> Template:
    listed = next((each for each in api.proposals(desk) if each.subject == subject), None)
    stream = desk.stream(subject) if listed else None
    found = proposal(stream.entries) if stream else None
    if listed is None or found is None:
        raise NOT_FOUND()
    body = found.entry.body
    mine = listed.proposed_by == desk.who.account
    common = {
        "form": form, "proposal": listed, "known": names(desk.connection, desk.township),
        "mine": mine, "here": f"/proposals/{subject}",
        "may": desk.remit.holds("approve") and not mine and listed.in_force_seq is None,
    }  # fmt: skip
    if isinstance(body, AreaProposed):
        return _area(request, desk, body, common, status)
    if isinstance(body, PackProposed):
        pack = pack_of(body.text)
        kept = how_many(desk.remit, desk.connection, desk.township, Wanted())
        return desk.page("proposal_pack.html", status, pack=pack, body=body, kept=kept, **common)
    if isinstance(body, CasesMoveProposed):
        return _move(request, desk, body, common, status)
    if isinstance(body, RiskListProposed):
        return risk_list.list_page(request, desk, body, common, status)
    raise NOT_FOUND()


def _area(
    request: Asked, desk: Desk, body: AreaProposed, common: dict[str, Any], status: int
) -> Template:
    installation: Installation = request.app.state.installation
    shown = whole = None
    if common["proposal"].in_force_seq is None:
        context = installation.context(desk.connection, desk.township)
        shown, whole = _compared(request, desk, preview.of_area(context, body), common)
    current = queries.packs_in_force(desk.connection, desk.township)
    uses = any(body.level in each.pack.areas.levels and each.pack.words for each in current)
    return desk.page(
        "proposal_area.html", status, body=body, level=LEVELS[body.level], preview=shown,
        uses=uses, sums=whole, **common,
    )  # fmt: skip


def _move(
    request: Asked, desk: Desk, body: CasesMoveProposed, common: dict[str, Any], status: int
) -> Template:
    installation: Installation = request.app.state.installation
    proposed, shown, whole = common["proposal"], None, None
    if proposed.in_force_seq is None:
        context = installation.context(desk.connection, desk.township)
        compared = preview.of_move(context, proposed.proposal, body, desk.now)
        shown, whole = _compared(request, desk, compared, common)
    packs = {
        each.proposal: each.pack.pack
        for each in queries.packs_in_force(desk.connection, desk.township)
    }
    return desk.page(
        "proposal_move.html", status, body=body, old=packs.get(body.from_pack),
        new=packs.get(body.to_pack), preview=shown, sums=whole, **common,
    )  # fmt: skip


def _compared(
    request: Asked, desk: Desk, compared: preview.Compared, common: dict[str, Any]
) -> tuple[preview.Preview, Sums]:
    """A part of the people, and what the proposal comes to in all."""
    part = preview.compare(
        desk.store, desk.connection, desk.remit, desk.township, compared, desk.now,
        request.query_params.get("after", ""),
    )  # fmt: skip
    subject = common["proposal"].subject
    return part, sums(desk.store, desk.township, subject, compared, desk.now, part)


HANDLERS: list[Any] = [proposal_page, approve]
