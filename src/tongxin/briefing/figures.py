"""Which figures there are, and what they are called."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from tongxin.base.texts import Text
from tongxin.policy.pack import Pack
from tongxin.registry.queries import in_force_at, packs_in_force

WORD: Final = "arrivals.word."
_FIXED: Final = {
    "arrivals.screened": Text("已排查返乡人员（人）", "Returnees screened (people)"),
    "arrivals.recorded": Text("登记到达（人次）", "Arrivals recorded"),
    "work.done": Text("已完成任务（项）", "Tasks done"),
}

_FROM: Final = Text("来自{zh}", "From {en}")
_OF_THEM: Final = Text("其中{zh}", "of them, {en}")


def known(
    counted: Collection[str], connection: Connection, township: str, now: datetime
) -> dict[str, Text]:
    """Names of all figures: the fixed ones, the area words of the pack in force, any counted.

    Words of earlier packs stand only where somebody was counted by them.
    """
    found = dict(_FIXED)
    packs = packs_in_force(connection, township)
    if packs:
        found |= _words(in_force_at(packs, now).pack)
    for in_force in packs:
        found |= {
            figure: title
            for figure, title in _words(in_force.pack).items()
            if figure in counted and figure not in found
        }
    for figure in counted:
        found.setdefault(figure, Text(figure, figure))
    return found


def _words(pack: Pack) -> dict[str, Text]:
    """The pack's area words, the widest first, so that a part follows the whole it belongs to."""
    found: dict[str, Text] = {}
    widest_first = sorted(pack.words, key=lambda word: -len(word.levels))
    for word in widest_first:
        is_part = any(set(word.levels) < set(other.levels) for other in pack.words)
        form = _OF_THEM if is_part else _FROM
        found[WORD + word.id] = form.filled(zh=word.label.zh, en=word.label.en)
    otherwise = pack.areas.otherwise
    label = _FROM.filled(zh=otherwise.label.zh, en=otherwise.label.en)
    return {**found, WORD + otherwise.id: label}
