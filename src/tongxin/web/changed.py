"""Whom the latest list of areas at risk changed: for those who reach them, why, and by when."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template
from msgspec import Struct

from tongxin.base.clock import to_ms
from tongxin.desk import AtDesk, Desk
from tongxin.ledger.store import Store
from tongxin.policy.engine import standing_at
from tongxin.policy.explain import Line, Topic, explain
from tongxin.policy.judgement import Judgement
from tongxin.registry.rules import ListInForce
from tongxin.web import preview
from tongxin.work import queries as work
from tongxin.work.pages import Owed, owed

HERE: Final = "/changed"
# So long after it came into force a list is news.
_NEWS: Final = timedelta(hours=24)
_PAGE: Final = 50
_READ: Final = "arrivals.read"
_FRESH_S: Final = 600
_MOST_COUNTED: Final = 500
_Asked = tuple[str, tuple[str, ...], str, float]
_counted: Final[WeakKeyDictionary[Store, OrderedDict[_Asked, int]]] = WeakKeyDictionary()


class Touched(Struct, frozen=True):
    """One journey that stands otherwise: how it changed, why, and what is to be done since.

    `done` counts the tasks the list brought that are done already.
    """

    change: preview.Change
    why: list[Line]
    tasks: list[Owed]
    done: int


@get(HERE, opt={"may": _READ}, sync_to_thread=True)
def changed_page(desk: AtDesk, after: FromQuery[str] = "") -> Template:
    """Those in the asker's remit whom the list that came into force last changed."""
    last = newest(desk)
    if last is None:
        return desk.page("changed.html", last=None, people=[], next="")
    compared = preview.of_list(desk.context(), last.proposal, last.body, desk.now)
    shown = preview.compare(
        desk.store, desk.connection, desk.remit, desk.township, compared, desk.now, after,
        _PAGE, only_mine=True,
    )  # fmt: skip
    people = [_touched(desk, change, last) for change in shown.changes]
    return desk.page("changed.html", last=last, people=people, next=shown.next)


class News(Struct, frozen=True):
    """A list that came into force, and how many of the asker's people stayed where it differs.

    Whose standing it changed is among them: that takes judging each anew, which a page that
    everybody opens first does not.
    """

    last: ListInForce
    people: int


def news(desk: Desk) -> News | None:
    """The list that came into force last, while that is news to the asker: not if it meets nobody
    of his.
    """
    last = newest(desk)
    if last is None or last.known_at is None or last.known_at < desk.now - _NEWS:
        return None
    people = _concerned(desk, last)
    return News(last, people) if people else None


def _concerned(desk: Desk, last: ListInForce) -> int:
    """How many of the asker's people a list concerns; counted anew every ten minutes.

    Every look at the first page asks this, and a list may touch ten thousand.
    """
    known = _counted.setdefault(desk.store, OrderedDict())
    asked = desk.township, desk.remit.areas(_READ), last.proposal, desk.now.timestamp() // _FRESH_S
    if (counted := known.get(asked)) is not None:
        return counted
    compared = preview.of_list(desk.context(), last.proposal, last.body, desk.now)
    found = preview.touched_of(desk.remit, desk.connection, desk.township, compared)
    known[asked] = len(found)
    while len(known) > _MOST_COUNTED:
        known.popitem(last=False)
    return len(found)


def newest(desk: Desk) -> ListInForce | None:
    """The list that came into force last: of no person, so for whoever may see people at all."""
    lists: tuple[ListInForce, ...] = desk.context().lists
    return max(lists, key=lambda one: one.seq, default=None)


def _touched(desk: Desk, change: preview.Change, last: ListInForce) -> Touched:
    judged = desk.judged(desk.records(change.person))[change.episode]
    told = explain(Judgement(judged.plan, standing_at(judged.plan, desk.now)), judged.pack)
    since = 0 if last.known_at is None else to_ms(last.known_at)
    brought = [
        row
        for row in work.tasks_of(desk.remit, desk.connection, desk.township, change.person)
        if row["episode"] == change.episode and since <= row["opens_at"] <= to_ms(desk.now)
    ]
    left = [row for row in brought if row["done_at"] is None and _is_owed(row, desk)]
    done = sum(row["done_at"] is not None for row in brought)
    why = [line for line in told if line.topic is Topic.WHY and line.place]
    return Touched(change, why, owed(desk, left, HERE), done)


def _is_owed(row: Mapping[str, Any], desk: Desk) -> bool:
    return row["lapses_at"] is None or row["lapses_at"] > to_ms(desk.now)


HANDLERS: list[Any] = [changed_page]
