"""The navigation: which ways there are, under which heading, for whom."""

from collections.abc import Collection
from typing import Final

from msgspec import Struct

from tongxin.base.remit import Remit
from tongxin.base.texts import Text

HELD: Final = "/inbox"
_ON_BAR: Final = 4
# Up to so many ways need no headings that close.
_FEW: Final = 8


class Way(Struct, frozen=True):
    """One entry of the navigation and the capability that shows it ("": everybody's)."""

    href: str
    words: Text
    may: str


class Entry(Struct, frozen=True):
    """A way as one page shows it; `count`: how much waits there, if that is worth saying."""

    href: str
    words: Text
    active: bool
    count: int | None


class Group(Struct, frozen=True):
    """Entries under one heading; `is_open`: they show without a tap."""

    heading: Text
    entries: list[Entry]
    is_open: bool


class Navigation(Struct, frozen=True):
    """`bar`: the few at a telephone's thumb; `groups`: all there are."""

    bar: list[Entry]
    groups: list[Group]


GROUPS: Final[tuple[tuple[Text, tuple[Way, ...]], ...]] = (
    (
        Text("今天要办", "To do"),
        (
            Way("/", Text("今天", "Today"), ""),
            Way("/tasks", Text("任务", "Tasks"), "work.read"),
            Way(HELD, Text("待处理", "On hold"), "held.read"),
            Way("/figures", Text("数字", "Figures"), "figures.read"),
        ),
    ),
    (
        Text("返乡的人", "People coming home"),
        (
            Way("/passages/new", Text("过卡", "At the post"), "arrivals.record"),
            Way("/arrivals", Text("返乡", "Arrivals"), "arrivals.read"),
            Way("/comings", Text("待返乡", "Expected"), "arrivals.read"),
            Way("/arrivals/new", Text("登记", "Register"), "arrivals.record"),
            Way("/calls", Text("打电话", "Calls"), "arrivals.read"),
            Way("/doubts", Text("存疑", "Doubts"), "arrivals.read"),
        ),
    ),
    (
        Text("住户和队伍", "Homes and staff"),
        (
            Way("/registry", Text("网格住户", "Households"), "registry.doors"),
            Way("/staff", Text("队伍", "Staff"), "staff.read"),
            Way("/imports", Text("导入名单", "Import lists"), "intake.import"),
        ),
    ),
    (
        Text("地方和规则", "Places and rules"),
        (
            Way("/areas", Text("风险地区", "Areas at risk"), "policy.read"),
            Way("/checkpoints", Text("卡点", "Checkpoints"), "arrivals.read"),
            Way("/rules", Text("防控规则", "Rules"), "policy.read"),
        ),
    ),
    (
        Text("检查", "Checks"),
        (
            Way("/ledger", Text("账本", "Ledger"), "ledger.read"),
            Way("/looks", Text("谁看过谁", "Who looked"), "access.read"),
            Way("/accounts", Text("账号", "Accounts"), "access.read"),
        ),
    ),
)
# In this order they are wanted at a telephone's thumb.
BAR: Final = ("/", "/passages/new", "/tasks", "/arrivals", "/registry", "/figures")


def navigation(remit: Remit, path: str, held: int) -> Navigation:
    """The ways of somebody with this remit, seen from a page; `held` records wait for him.

    The first heading and that of the page are open; where there are few ways, all are.
    """
    shown = [
        (heading, [way for way in ways if not way.may or remit.holds(way.may)])
        for heading, ways in GROUPS
    ]
    here = _here([way.href for _, ways in shown for way in ways], path)
    few = sum(len(ways) for _, ways in shown) <= _FEW
    groups = [
        Group(heading, entries, few or n == 0 or any(entry.active for entry in entries))
        for n, (heading, ways) in enumerate(shown)
        if (entries := [_entry(way, here, held) for way in ways])
    ]
    known = {entry.href: entry for group in groups for entry in group.entries}
    return Navigation([known[href] for href in BAR if href in known][:_ON_BAR], groups)


def _here(hrefs: Collection[str], path: str) -> str:
    """The way that leads furthest toward the page."""
    return max((h for h in hrefs if path == h or path.startswith(f"{h}/")), key=len, default="")


def _entry(way: Way, here: str, held: int) -> Entry:
    count = held if way.href == HELD and held else None
    return Entry(way.href, way.words, way.href == here, count)
