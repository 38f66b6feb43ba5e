"""A list of areas at risk on screen: whom and what it changes, before anybody approves it, and
how far judging again has come since."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request
from litestar.response import Template
from msgspec import Struct

from tongxin.arrivals.queries import codes_stayed
from tongxin.desk import Desk
from tongxin.installation import Installation
from tongxin.ledger.rejudging import progress
from tongxin.registry.facts import RiskListProposed
from tongxin.registry.risklists import api, remembered
from tongxin.registry.risklists.differing import Difference, Turn
from tongxin.registry.words import LEVELS
from tongxin.web import preview
from tongxin.web.areas import nearness, spoken
from tongxin.web.reckoning import Sums, sums

PAGE: Final = 50
# As many places as matter here are shown before the rest is opened.
_MATTER: Final = 30
_STAYED, _PROVINCE, _COUNTY = 1, 2, 3
Asked = Request[Any, Any, Any]


class Moved(Struct, frozen=True):
    """A place whose level changes. `why`: 3 own county, 2 own province, 1 our people stayed, 0."""

    turn: str
    name: str
    whole: bool
    was: str
    level: str
    why: int


def list_page(
    request: Asked, desk: Desk, body: RiskListProposed, common: Mapping[str, Any], status: int
) -> Template:
    """One list: its state, whom it changes (a part of them at a time), what it changes."""
    row = api.found(desk, common["proposal"].subject)
    seq = row["in_force_seq"]
    come = progress(desk.connection, desk.township, seq) if seq is not None else None
    busy = come is not None and come.left > 0
    who, whole = (None, None) if busy else _compared(request, desk, body, row)
    oddities = remembered.understood(body).declared.oddities
    return desk.page(
        "proposal_list.html", status, row=row, body=body, come=come, busy=busy, preview=who,
        sums=whole, oddities=api.by_kind(oddities), LEVELS=LEVELS,
        further=_address(request, after=who.next) if who and who.next else None,
        **_places(request, desk, row), **common,
    )  # fmt: skip


def _compared(
    request: Asked, desk: Desk, body: RiskListProposed, row: Any
) -> tuple[preview.Preview, Sums]:
    """A part of the people, and what the list comes to in all."""
    installation: Installation = request.app.state.installation
    context = installation.context(desk.connection, desk.township)
    compared = preview.of_list(context, row["proposal"], body, desk.now)
    after = request.query_params.get("after", "")
    part = preview.compare(
        desk.store, desk.connection, desk.remit, desk.township, compared, desk.now, after
    )
    return part, sums(desk.store, desk.township, row["subject"], compared, desk.now, part)


def _places(request: Asked, desk: Desk, row: Any) -> dict[str, Any]:
    """What the list changes: counts of all, what matters here first, the rest by pages."""
    what = api.changed(desk, row)
    stayed = codes_stayed(desk.remit, desk.connection, desk.township)
    moved = sorted((_moved(each, desk.township, stayed) for each in what.differences), key=_first)
    asked = {name: request.query_params.get(name, "").strip() for name in ("q", "turn")}
    asked = {name: value for name, value in asked.items() if value}
    found = [one for one in moved if _fits(one, asked)]
    page = max(_number(request.query_params.get("page", "1")), 1)
    after = (page - 1) * PAGE
    return {
        "turns": [(turn.value, sum(o.turn == turn for o in moved)) for turn in Turn],
        "matter": [one for one in moved if one.why][:_MATTER],
        "mattering": sum(one.why > 0 for one in moved), "moved": len(moved), "found": len(found),
        "part": found[after : after + PAGE], "query": asked, "page": page, "what": what,
        "pages": max(-(-len(found) // PAGE), 1), "first": after + 1,
        "before": _address(request, page=str(page - 1)) if page > 1 else None,
        "later": _address(request, page=str(page + 1)) if after + PAGE < len(found) else None,
    }  # fmt: skip


def _moved(each: Difference, township: str, stayed: Collection[str]) -> Moved:
    why = nearness(each.code, township)
    why = why + 1 if why else 0
    if not why and any(c.startswith(each.code) or each.code.startswith(c) for c in stayed):
        why = _STAYED
    name = spoken(each.code, each.name)
    return Moved(each.turn.value, name, each.whole, each.was, each.level, why)


def _first(one: Moved) -> tuple[int, int, str]:
    return -one.why, list(Turn).index(Turn(one.turn)), one.name


def _fits(one: Moved, query: Mapping[str, str]) -> bool:
    named = all(word in one.name for word in query.get("q", "").split())
    return named and query.get("turn", one.turn) == one.turn


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1


def _address(request: Asked, **other: str) -> str:
    kept = {name: request.query_params.get(name, "") for name in ("q", "turn", "after", "page")}
    asked = {name: value for name, value in (kept | other).items() if value}
    anchor = "who" if "after" in other else "places"
    return f"{request.scope['path']}?{urlencode(asked)}#{anchor}"
