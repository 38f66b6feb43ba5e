"""Which figures there are, and what they are called."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from tongxin.arrivals.derive import SCREENED
from tongxin.base.texts import Text
from tongxin.policy.pack import Pack
from tongxin.registry import figures as registry
from tongxin.registry.queries import in_force_at, packs_in_force

WORD: Final = "arrivals.word."
_FIXED: Final = {
    SCREENED: Text("已排查返乡人员（人）", "Returnees screened (people)"),
    "arrivals.recorded": Text("登记到达（人次）", "Arrivals recorded"),
    "arrivals.declared": Text("已报备返乡（人）", "Returns declared (people)"),
    "arrivals.declared_in_time": Text("其中按时报备", "of them, told in time"),
    "arrivals.passed": Text("卡点登记（人次）", "Passages at checkpoints"),
    "arrivals.elsewhere": Text("移交其他乡镇（人次）", "Bound for other townships"),
    "arrivals.announced": Text("报备后到达（人次）", "Came as declared"),
    "work.done": Text("已完成任务（项）", "Tasks done"),
}

_FROM: Final = Text("其中来自{word}（人）", "of them, from: {word} (people)")
_WHERE: Final = Text("其中{word}（人）", "of them, {word} (people)")
_ARRIVED: Final = Text("登记到达：{word}（人次）", "Arrivals: {word}")
# Figures whose records are comings; the others open onto journeys.
COMINGS: Final = frozenset(
    {
        "arrivals.declared", "arrivals.declared_in_time", "arrivals.passed", "arrivals.elsewhere",
        "arrivals.announced",
    }
)  # fmt: skip


def known(
    counted: Collection[str], connection: Connection, township: str, now: datetime
) -> dict[str, Text]:
    """Names of all sums: the fixed ones, the area words of the pack in force, any counted.

    Words of earlier packs stand only where somebody was counted by them.
    """
    packs = [in_force.pack for in_force in packs_in_force(connection, township)]
    current = in_force_at(packs_in_force(connection, township), now).pack if packs else None
    found: dict[str, Text] = {**registry.SUMS, SCREENED: _FIXED[SCREENED]}
    for words in (_people, _arrivals):
        found |= words(current) if current else {}
        for pack in packs:
            earlier = words(pack).items()
            found |= {f: title for f, title in earlier if f in counted and f not in found}
        found |= _FIXED
    for figure in counted:
        if figure not in registry.PARTS:
            found.setdefault(figure, Text(figure, figure))
    return found


def records_of(figure: str) -> tuple[str, str]:
    """Where the records of a sum are, and the capability that they take."""
    people = "/comings" if figure in COMINGS else "/arrivals"
    return registry.records_of(figure) or (people, "arrivals.read")


def _people(pack: Pack) -> dict[str, Text]:
    """People by the pack's exclusive words, whose sum is all who were screened; with parts."""
    label, unknown = pack.label_of, pack.areas.unknown
    found: dict[str, Text] = {}
    for top in pack.exclusive:
        form = _WHERE if unknown is not None and top == unknown.id else _FROM
        found[f"{SCREENED}.{top}"] = form.filled(word=label[top])
        for part in pack.parts_of(top):
            found[f"{SCREENED}.{part}"] = _WHERE.filled(word=label[part])
    return found


def _arrivals(pack: Pack) -> dict[str, Text]:
    """Arrivals by every word of the pack: somebody who came twice counts twice."""
    label = pack.label_of
    words = (word for top in pack.exclusive for word in (top, *pack.parts_of(top)))
    return {WORD + word: _ARRIVED.filled(word=label[word]) for word in words}
