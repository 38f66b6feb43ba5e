"""Rules and areas at risk on screen: what is in force, what is proposed, and how to propose."""

import re
from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.problems import NOT_FOUND, ProblemKind
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk
from tongxin.forms import Form, Typed, go, says, typed_now
from tongxin.policy.explain import source_of
from tongxin.policy.pack import Pack
from tongxin.policy.shipped import shipped_bytes, shipped_names, shipped_pack
from tongxin.registry import api, facts, queries
from tongxin.registry.rules import pack_of
from tongxin.registry.words import LEVELS

NO_PACK = ProblemKind("registry.no_pack", 422, zh="请选择一套规则。", en="Choose a set of rules.")
NO_REASON = ProblemKind("registry.no_reason", 422, zh="请写明理由。", en="Say why.")
NO_CODE = ProblemKind(
    "registry.no_code",
    422,
    zh="请填写区划代码，2 到 12 位数字，例如 310115。",
    en="Fill in the area code, 2 to 12 digits, as 310115.",
)
NO_AREA_NAME = ProblemKind(
    "registry.no_area_name", 422, zh="请填写地名。", en="Fill in the name of the area."
)
NO_LEVEL = ProblemKind("registry.no_level", 422, zh="请选择等级。", en="Choose the level.")
NO_SOURCE = ProblemKind(
    "registry.no_source",
    422,
    zh="请写明出自哪份通报。",
    en="Say which notice it comes from.",
)
NO_START = ProblemKind("registry.no_start", 422, zh="请填写从何时起。", en="Fill in from when.")
ENDS_BEFORE = ProblemKind(
    "registry.ends_before",
    422,
    zh="结束时间早于开始时间。",
    en="The end is before the beginning.",
)
PROPOSED = says(
    "registry.proposed",
    "已提交，还没有生效。请另一位有权限的人看过影响后批准。",
    "Proposed, and not in force yet. Somebody else looks at what it changes and approves it.",
)
_CODE: Final = re.compile(r"[1-9][0-9]{1,11}", re.ASCII)


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


@get("/areas", opt={"may": "policy.read"}, sync_to_thread=True)
def areas_page(desk: AtDesk) -> Template:
    """The areas at risk and the form to propose one."""
    return _areas(desk, Form(from_=typed_now(desk.now)))


@post("/areas", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_area(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Propose an area at risk."""
    form = Form(data)
    code, name = form.text("code"), form.text("name", NO_AREA_NAME)
    if not _CODE.fullmatch(code):
        form.wrong(NO_CODE, "code")
    level = form.text("level")
    if level not in LEVELS:
        form.wrong(NO_LEVEL, "level")
    since, until = form.moment("from_"), form.moment("until")
    if since is None and not any(p.field == "from_" for p in form.problems):
        form.wrong(NO_START, "from_")
    if since and until and until <= since:
        form.wrong(ENDS_BEFORE, "until")
    source = form.text("source", NO_SOURCE)
    if form.sound:
        body = form.made(
            facts.AreaProposed, code=code, name=name, level=level, from_=since, until=until,
            source=source,
        )  # fmt: skip
        with form.trying():
            if body is not None:
                made = api.proposed(desk, facts.AREA_PROPOSED, body)
                return go(f"/proposals/{made.subject}", PROPOSED)
    return _areas(desk, form, 422)


def _rules(desk: Desk, form: Form, status: int = 200) -> Template:
    found = queries.proposals(desk.remit, desk.connection, desk.township)["pack"]
    in_force = queries.packs_in_force(desk.connection, desk.township)
    now = queries.in_force_at(in_force, desk.now) if in_force else None
    return desk.page(
        "registry/rules.html", status, form=form, shipped=_shipped(), packs=_titled(found),
        current=now.proposal if now else "", known=names(desk.connection, desk.township),
        may_propose=desk.remit.holds("policy.propose"), title=now.pack.pack.title if now else None,
    )  # fmt: skip


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


def _areas(desk: Desk, form: Form, status: int = 200) -> Template:
    found = queries.proposals(desk.remit, desk.connection, desk.township)["risk_area"]
    now_ms = to_ms(desk.now)
    return desk.page(
        "registry/areas.html", status, form=form, levels=list(LEVELS.items()),
        areas=[{**row, "state": _state(row, now_ms)} for row in found],
        may_propose=desk.remit.holds("policy.propose"), in_force=sum(
            row["in_force_seq"] is not None and (row["until_at"] or now_ms + 1) > now_ms
            for row in found
        ),
        known=names(desk.connection, desk.township), level=LEVELS, from_ms=from_ms,
    )  # fmt: skip


def _state(row: Any, now_ms: int) -> str:
    if row["in_force_seq"] is None:
        return "proposed"
    return "past" if row["until_at"] is not None and row["until_at"] <= now_ms else "in_force"


HANDLERS: list[Any] = [
    rules_page, propose_pack, shipped_page, pack_page, areas_page, propose_area,
]  # fmt: skip
