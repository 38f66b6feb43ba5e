"""Pages that belong to no single pillar: home, on hold, the record, objections, help."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template

from tongxin.access.queries import names
from tongxin.arrivals.exceptions import queries as exceptions
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.problems import ProblemKind
from tongxin.base.texts import Text
from tongxin.briefing.api import foremost
from tongxin.catalogue import KINDS
from tongxin.desk import SIGNED_IN, AtDesk, Desk
from tongxin.forms import Form, Typed, go, says
from tongxin.installation import Installation
from tongxin.ledger import holding
from tongxin.policy.explain import source_of, spoken_instant
from tongxin.registry import queries as registry
from tongxin.registry.rules import pack_of
from tongxin.registry.words import LEVELS
from tongxin.web import changed, corrections, frame, inbox, record, sessions
from tongxin.web.guards import COOKIE
from tongxin.work import queries as work
from tongxin.work.pages import owed

NO_DECISION_REASON = ProblemKind(
    "web.no_decision_reason",
    422,
    zh="请写明理由（至少 2 个字），会一起记录。",
    en="Say why (2 characters at least); it is recorded too.",
)
ACCEPTED = says(
    "web.accepted",
    "已采纳并记入账本，相关人员已重新判断。",
    "Accepted and recorded; whom it concerns is judged again.",
)
DISMISSED = says(
    "web.dismissed",
    "已驳回，没有记入账本。谁驳回、为什么，已记录。",
    "Dismissed; it is not on record. Who dismissed it and why is.",
)
TICK_SOME = ProblemKind(
    "web.tick_some",
    422,
    zh="请先勾选要驳回的记录，一次最多 {most} 条。",
    en="Tick the records to dismiss, {most} at once at most.",
)
DISMISSED_MANY = says(
    "web.dismissed_many",
    "勾选的都已驳回，没有记入账本。谁驳回、为什么，每条都已记录。",
    "What was ticked is dismissed and not on record. Who dismissed it and why is, for each.",
)
_TODAY = 6
_PAGE = 50
_TAKEN_BACK = 50
Asked = Request[Any, Any, Any]


@get("/", opt={"may": SIGNED_IN}, sync_to_thread=True)
def home(desk: AtDesk) -> Template:
    """What is to be done now, for whoever asks, and the figures he may read."""
    may, now_ms = desk.remit.holds, to_ms(desk.now)
    counted: Mapping[str, int] = {"open": 0, "overdue": 0, "alarmed": 0}
    tasks: list[Any] = []
    if may("work.read"):
        counted = work.counts(desk.remit, desk.connection, desk.township, now_ms)
        rows = work.open_tasks(desk.remit, desk.connection, desk.township, now_ms, _TODAY)
        tasks = owed(desk, rows, "/")
    return desk.page(
        "home.html", counted=counted, tasks=tasks, may=may, waiting=_waiting(desk),
        news=changed.news(desk) if may("arrivals.read") and may("work.read") else None,
        figures=foremost(desk, counted) if may("figures.read") else [],
        held=holding.how_many(desk.remit, desk.connection, desk.township)
        if may("held.read") else 0,
    )  # fmt: skip


@get("/inbox", opt={"may": "held.read"}, sync_to_thread=True)
def inbox_page(
    desk: AtDesk, page: Annotated[int, QueryParameter(ge=1, le=200_000)] = 1
) -> Template:
    """Records that could not be applied and wait for somebody, the oldest first."""
    return _inbox(desk, Form(), page)


@post("/inbox", opt={"may": "held.resolve"}, sync_to_thread=True)
def dismiss_many(desk: AtDesk, data: Typed) -> Template | Redirect:
    """Dismiss the records that were ticked on one page, for one reason."""
    form = Form(data)
    chosen, reason = form.several("held"), form.text("reason")
    if not 0 < len(chosen) <= _PAGE:
        form.wrong(TICK_SOME, "held", most=_PAGE)
    if len(reason) < 2:
        form.wrong(NO_DECISION_REASON, "reason")
    if form.sound:
        with form.trying():
            inbox.dismissed(desk, chosen, reason[:400])
            return go("/inbox", DISMISSED_MANY)
    return _inbox(desk, form, 1, 422)


def _inbox(desk: Desk, form: Form, page: int, status: int = 200) -> Template:
    """One page of what is on hold; at most what it shows is dismissed at once."""
    found = inbox.held(desk, _PAGE, (page - 1) * _PAGE)
    return desk.page(
        "inbox.html", status, form=form, ticked=form.several("held"), held=found.held,
        total=found.total, page=page,
        pages=max(-(-found.total // _PAGE), 1), known=names(desk.connection, desk.township),
        may=desk.remit.holds("held.resolve"),
    )  # fmt: skip


@get("/inbox/{digest:str}", opt={"may": "held.resolve"}, sync_to_thread=True)
def held_page(desk: AtDesk, digest: FromPath[str]) -> Template:
    """One held record: both sides, and the decision."""
    return _held(desk, digest, Form())


@post("/inbox/{digest:str}", opt={"may": "held.resolve"}, sync_to_thread=True)
def resolve(desk: AtDesk, digest: FromPath[str], data: Typed) -> Template | Redirect:
    """Record the decision on a held record."""
    form = Form(data)
    reason, accept = form.text("reason"), form.text("decision") == "accept"
    if len(reason) < 2:
        form.wrong(NO_DECISION_REASON, "reason")
    else:
        with form.trying():
            inbox.resolved(desk, digest, inbox.Deciding(accept=accept, reason=reason[:400]))
            return go("/inbox", ACCEPTED if accept else DISMISSED)
    return _held(desk, digest, form, 422)


@get("/ledger", opt={"may": "ledger.read"}, sync_to_thread=True)
def ledger_page(desk: AtDesk) -> Template:
    """The head of the record, daily heads, certificates of forgetting, and how to verify."""
    return desk.page(
        "ledger.html", record=record.record(desk), certificates=record.certificates(desk),
        taken_back=corrections.taken_back(desk, _TAKEN_BACK),
        known=names(desk.connection, desk.township),
    )  # fmt: skip


@get("/objections", opt={"may": SIGNED_IN}, sync_to_thread=True)
def objections(desk: AtDesk) -> Template:
    """How somebody objects, by the rules in force."""
    packs = registry.packs_in_force(desk.connection, desk.township)
    pack = registry.in_force_at(packs, desk.now).pack
    return desk.page(
        "objections.html", pack=pack, objection=pack.objection,
        source=source_of(pack.objection.source, pack),
    )  # fmt: skip


@get("/help", opt={"public": True}, sync_to_thread=True)
def help_page(request: Asked) -> Template:
    """What the program is for and the first steps; for anybody."""
    installation: Installation = request.app.state.installation
    now = installation.clock()
    token = request.cookies.get(COOKIE, "")
    who = request.app.state.gate.who(token, now) if token else None
    shown = frame.of_anybody(request, now)
    if who is not None:
        with installation.database.reading() as connection:
            shown = frame.of_desk(request, who, connection, now) | {"desk": {"who": who}}
    return frame.page(request, "help.html", shown | {"idle": sessions.IDLE})


def _waiting(desk: Desk) -> list[tuple[str, Text]]:
    """Others' proposals that this account could approve: the page of each, and its name."""
    if not desk.remit.holds("approve"):
        return []
    wishes = registry.corrections_waiting(
        desk.remit, "approve", desk.connection, desk.township, _TODAY
    )
    back = [
        (f"/arrivals/{wish['subject']}/facts/{wish['fact']}", _wish(wish))
        for wish in wishes
        if wish["by"] != desk.who.account
    ]
    asked = exceptions.waiting(desk.remit, desk.connection, desk.township, to_ms(desk.now), _TODAY)
    back += [
        (f"/arrivals/{row['subject']}/exceptions", _EXCEPTION)
        for row in asked
        if row["proposed_by"] != desk.who.account
    ]
    found = registry.proposals(desk.remit, desk.connection, desk.township, undecided=True)
    open_ = [
        (row, _title(row))
        for rows in found.values()
        for row in rows
        if row["proposed_by"] != desk.who.account
    ]
    return [(f"/proposals/{row['subject']}", title) for row, title in open_] + back


_EXCEPTION: Final = Text("一项例外", "an exception")


def _wish(wish: Mapping[str, Any]) -> Text:
    title = KINDS[wish["kind"]].title
    return Text(f"撤回一条“{title.zh}”", f"taking back a record: {title.en}")


def _title(row: Mapping[str, Any]) -> Text:
    """What a proposal is about: a pack by its own title, an area by name and level, a list by its
    hour."""
    if "text" in row:
        return pack_of(row["text"]).pack.title
    if "from_pack" in row:
        return Text("在管人员改按新规则", "open cases moved to other rules")
    if "sha256" in row:
        at = spoken_instant(from_ms(row["published_at"]))
        return Text(f"风险地区名单，{at.zh}发布", f"areas at risk, list of {at.en}")
    level = LEVELS[row["level"]]
    return Text(f"{row['name']}（{level.zh}）", f"{row['name']} ({level.en})")


def _held(desk: Desk, digest: str, form: Form, status: int = 200) -> Template:
    opened = inbox.opened(desk, digest)
    return desk.page(
        "held.html", status, form=form, held=opened.held, said=_readable(opened.body),
        recorded=_readable(opened.recorded) if opened.recorded else None,
        known=names(desk.connection, desk.township), here=f"/inbox/{digest}",
    )  # fmt: skip


def _readable(said: Mapping[str, Any]) -> dict[str, Any]:
    """A body with its instants as instants, for the page to spell out."""
    return {
        name: _instant(value) if name.endswith("_at") else value for name, value in said.items()
    }


def _instant(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


HANDLERS: list[Any] = [
    home, inbox_page, dismiss_many, held_page, resolve, ledger_page, objections, help_page,
]  # fmt: skip
