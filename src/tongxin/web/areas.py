"""Areas at risk on screen: what is in force now, the lists, and how to propose either."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery, MultipartBody, QueryParameter
from litestar.response import Redirect, Template
from msgspec import Struct

from tongxin.access.queries import names
from tongxin.base.clock import from_ms, to_ms
from tongxin.base.problems import ProblemKind
from tongxin.desk import AtDesk, Desk
from tongxin.divisions.shipped import divisions
from tongxin.forms import Form, Typed, go, typed_now
from tongxin.installation import Installation
from tongxin.policy.situation import RiskArea
from tongxin.registry import api, facts, queries, typed
from tongxin.registry.pages import PROPOSED
from tongxin.registry.risklists import api as risklists
from tongxin.registry.risklists import queries as lists_of
from tongxin.registry.risklists.differing import STRICTNESS
from tongxin.registry.risklists.reading import LARGEST
from tongxin.registry.words import LEVELS

NO_CODE = ProblemKind(
    "registry.no_code",
    422,
    zh="请填写地名，认得出省、市、县的写法，或区划代码，例如 310115。",
    en="Fill in the name of the area so that it is recognised, or its code, as 310115.",
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
NO_FILE = ProblemKind(
    "registry.no_file",
    422,
    zh="请选择名单文件，或把它的内容粘贴在下面。",
    en="Choose the file of the list, or paste what is in it below.",
)
PAGE: Final = 50
_LISTS: Final = 10
Asked = Request[Any, Any, Any]
# A form with a file: each field by its name.
Uploaded = MultipartBody[dict[str, Any]]


class AtRisk(Struct, frozen=True):
    """A place that is at risk now, as people read it. `near`: 2 own county, 1 own province, 0."""

    code: str
    name: str
    level: str
    whole: bool
    since: datetime
    near: int


@get("/areas", opt={"may": "policy.read"}, sync_to_thread=True)
def areas_page(
    request: Asked,
    desk: AtDesk,
    q: FromQuery[str] = "",
    level: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
    lists: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
) -> Template:
    """The areas at risk, the lists, and the forms to propose either."""
    query = {name: value for name, value in (("q", q.strip()), ("level", level)) if value}
    return _areas(request, desk, Form(from_=typed_now(desk.now)), query=query, page=page, of=lists)


@post("/areas", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_area(request: Asked, desk: AtDesk, data: Typed) -> Template | Redirect:
    """Propose an area at risk."""
    form = Form(data)
    code, words = typed.place(form, "code", {}, desk.township)
    if not code and form.sound:
        form.wrong(NO_CODE, "code")
    name = form.text("name") or words
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
    return _areas(request, desk, form, status=422)


@post("/areas/lists", opt={"may": "policy.propose"}, sync_to_thread=True)
def propose_list(request: Asked, desk: AtDesk, data: Uploaded) -> Template | Redirect:
    """Propose a list: its file, or what was pasted from it."""
    file = data.get("file")
    form = Form({name: value for name, value in data.items() if isinstance(value, str)})
    raw = file.file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
    raw = raw or form.text("pasted").encode()
    if not raw:
        form.wrong(NO_FILE, "file")
    source = form.text("list_source", NO_SOURCE)
    if form.sound:
        with form.trying():
            made = risklists.proposed(desk, raw, source)
            return go(f"/proposals/{made.subject}", "" if made.known else PROPOSED)
    return _areas(request, desk, form, status=422)


def _areas(
    request: Asked, desk: Desk, form: Form, *, query: Mapping[str, str] | None = None,
    page: int = 1, of: int = 1, status: int = 200,
) -> Template:  # fmt: skip
    installation: Installation = request.app.state.installation
    situation = installation.context(desk.connection, desk.township).situation
    asked = query or {}
    whole = sorted(_now_at_risk(situation.areas, desk.township, desk.now), key=_nearest)
    found = [one for one in whole if _fits(one, asked)]
    found_in = queries.proposals(desk.remit, desk.connection, desk.township)
    now_ms = to_ms(desk.now)
    after = (page - 1) * PAGE
    return desk.page(
        "areas.html", status, form=form, levels=list(LEVELS.items()), level=LEVELS,
        singles=[{**row, "state": _state(row, now_ms)} for row in found_in["risk_area"]],
        **_lists(desk, asked, of), may_propose=desk.remit.holds("policy.propose"),
        total=len(whole), found=len(found), areas=found[after : after + PAGE], query=asked,
        counts=_counts(whole), near=[sum(one.near >= n for one in whole) for n in (1, 2)],
        page=page, pages=max(-(-len(found) // PAGE), 1), first=after + 1, here="/areas",
        before=_address(asked, page=page - 1) if page > 1 else None,
        after=_address(asked, page=page + 1) if after + PAGE < len(found) else None,
        known=names(desk.connection, desk.township),
    )  # fmt: skip


def _now_at_risk(areas: tuple[RiskArea, ...], township: str, now: datetime) -> Iterator[AtRisk]:
    for area in areas:
        if area.from_ <= now and (area.until is None or area.until > now):
            yield AtRisk(
                area.code, spoken(area.code, area.name), area.level, area.whole, area.from_,
                nearness(area.code, township),
            )  # fmt: skip


def spoken(code: str, name: str) -> str:
    """A place by the names of its divisions and, where it has one besides, its own."""
    around = divisions().full_name(code)
    return around if name and around.endswith(name) else f"{around} {name}".strip()


def nearness(code: str, township: str) -> int:
    """2 in the township's own county or around it, 1 in its own province, else 0."""
    county = township[:6]
    if code.startswith(county) or county.startswith(code):
        return 2
    return 1 if code.startswith(township[:2]) else 0


def _nearest(one: AtRisk) -> tuple[int, str, int, str]:
    return -one.near, one.code, -STRICTNESS.get(one.level, 0), one.name


def _fits(one: AtRisk, query: Mapping[str, str]) -> bool:
    sought = query.get("q", "")
    named = all(word in one.name or one.code.startswith(word) for word in sought.split())
    return named and query.get("level", one.level) == one.level


def _counts(found: list[AtRisk]) -> list[tuple[str, int]]:
    return [(level, sum(one.level == level for one in found)) for level in LEVELS]


def _lists(desk: Desk, query: Mapping[str, str], page: int) -> dict[str, Any]:
    """The lists by pages, those that wait for a second person before all others."""
    rows = lists_of.list_rows(desk.remit, desk.connection, desk.township)
    rows.sort(key=lambda row: row["in_force_seq"] is not None)
    after = (page - 1) * _LISTS
    return {
        "lists": [
            {**row, "published": from_ms(row["published_at"])}
            for row in rows[after : after + _LISTS]
        ],
        "lists_total": len(rows), "lists_first": after + 1, "lists_page": page,
        "lists_pages": max(-(-len(rows) // _LISTS), 1),
        "lists_before": _address(query, lists=page - 1) if page > 1 else None,
        "lists_after": _address(query, lists=page + 1) if after + _LISTS < len(rows) else None,
    }  # fmt: skip


def _address(query: Mapping[str, str], **page: int) -> str:
    return f"/areas?{urlencode({**query, **page})}#{'lists' if 'lists' in page else 'now'}"


def _state(row: Any, now_ms: int) -> str:
    if row["in_force_seq"] is None:
        return "proposed"
    return "past" if row["until_at"] is not None and row["until_at"] <= now_ms else "in_force"


HANDLERS: list[Any] = [areas_page, propose_area, propose_list]
