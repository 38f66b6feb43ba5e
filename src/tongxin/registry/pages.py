"""Rules on screen: what is in force, what is proposed, and how to propose."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says, typed_now
from tongxin.policy.explain import source_of
from tongxin.policy.pack import Pack
from tongxin.policy.shipped import shipped_bytes, shipped_names, shipped_pack
from tongxin.registry import api, facts, queries
from tongxin.registry.rules import PackInForce, pack_of

NO_PACK = ProblemKind("registry.no_pack", 422, zh="请选择一套规则。", en="Choose a set of rules.")
SAME_PACK = ProblemKind(
    "registry.same_pack", 422, zh="请选择两套不同的规则。", en="Choose two different sets of rules."
)
NO_REASON = ProblemKind("registry.no_reason", 422, zh="请写明理由。", en="Say why.")
PROPOSED = says(
    "registry.proposed",
    "已提交，还没有生效。请另一位有权限的人看过影响后批准。",
    "Proposed, and not in force yet. Somebody else looks at what it changes and approves it.",
)


@get("/rules", opt={"may": "policy.read"}, sync_to_thread=True)
def rules_page(desk: AtDesk) -> Template:
    """The packs in force and proposed, and the form to propose one."""
    return _rules(desk, Form(in_force_from=typed_now(desk.now)))


@post("/rules", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_pack(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Propose a pack that comes with the program."""
    form = Form(data)
    name = form.text("shipped", NO_PACK)
    if name and name not in shipped_names():
        form.wrong(NO_PACK, "shipped")
    reason = form.text("reason", NO_REASON)
    since = form.moment("in_force_from") or desk.now
    if form.sound:
        with form.trying():
            body = form.made(
                facts.PackProposed, text=shipped_bytes(name).decode(), in_force_from=since,
                reason=reason,
            )  # fmt: skip
            if body is not None:
                made = api.proposed(desk, facts.PACK_PROPOSED, body)
                return go(f"/proposals/{made.subject}", PROPOSED)
    return _rules(desk, form, 422)


@post("/rules/move", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_move(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Propose that the open cases of one pack be judged by another."""
    form = Form(data)
    old, new = form.text("from_pack", NO_PACK), form.text("to_pack", NO_PACK)
    why = form.text("move_reason", NO_REASON)
    if old and old == new:
        form.wrong(SAME_PACK, "to_pack")
    if form.sound:
        with form.trying():
            body = form.made(facts.CasesMoveProposed, from_pack=old, to_pack=new, reason=why)
            if body is not None:
                return go(f"/proposals/{api.moving(desk, body).subject}", PROPOSED)
    return _rules(desk, form, 422)


@get("/rules/shipped/{name:str}", opt={"may": "policy.read"}, sync_to_thread=True)
def shipped_page(desk: AtDesk, name: FromPath[str]) -> Template:
    """What a pack says that comes with the program, before anybody proposes it."""
    if name not in shipped_names():
        raise NOT_FOUND()
    return _pack(desk, shipped_pack(name), None)


@get("/rules/{subject:str}", opt={"may": "policy.read"}, sync_to_thread=True)
def pack_page(desk: AtDesk, subject: FromPath[str]) -> Template:
    """What a pack says that was proposed here."""
    found = queries.proposals(desk.remit, desk.connection, desk.township)["pack"]
    row = next((row for row in found if row["subject"] == subject), None)
    if row is None:
        raise NOT_FOUND()
    return _pack(desk, pack_of(row["text"]), row)


def _rules(desk: Desk, form: Form, status: int = 200) -> Template:
    found = queries.proposals(desk.remit, desk.connection, desk.township)["pack"]
    in_force = queries.packs_in_force(desk.connection, desk.township)
    now = queries.in_force_at(in_force, desk.now) if in_force else None
    return desk.page(
        "registry/rules.html", status, form=form, shipped=_shipped(), packs=_titled(found),
        current=now.proposal if now else "", known=names(desk.connection, desk.township),
        may_propose=desk.remit.holds("policy.propose"), usable=_usable(in_force),
        title=now.pack.pack.title if now else None,
    )  # fmt: skip


def _usable(packs: Sequence[PackInForce]) -> list[tuple[str, Text]]:
    """The packs that came into force, the newest first, with title and version."""
    named = Text("{title}，第 {version} 版", "{title}, version {version}")
    return [
        (each.proposal, named.filled(title=head.title, version=head.version))
        for each in reversed(packs)
        for head in (each.pack.pack,)
    ]


def _shipped() -> list[tuple[str, Text]]:
    return [(name, shipped_pack(name).pack.title) for name in shipped_names()]


def _titled(rows: list[Any]) -> list[dict[str, Any]]:
    """Rows of packs with the title that each pack gives itself."""
    return [{**row, "title": pack_of(row["text"]).pack.title} for row in rows]


def _pack(desk: Desk, pack: Pack, row: Any) -> Template:
    return desk.page(
        "registry/pack.html", pack=pack, row=row, source_of=lambda source: source_of(source, pack),
        known=names(desk.connection, desk.township),
    )  # fmt: skip


HANDLERS: list[Any] = [rules_page, propose_pack, propose_move, shipped_page, pack_page]
