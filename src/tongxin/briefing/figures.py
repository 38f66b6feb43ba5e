"""Which figures there are, and what they are called."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection

from tongxin.base.texts import Text
from tongxin.registry.queries import packs_in_force

WORD: Final = "arrivals.word."
_FIXED: Final = {
    "arrivals.screened": Text("已排查返乡人员（人）", "Returnees screened (people)"),
    "arrivals.recorded": Text("登记到达（人次）", "Arrivals recorded"),
    "work.done": Text("已完成任务（项）", "Tasks done"),
}


def known(counted: Collection[str], connection: Connection, township: str) -> dict[str, Text]:
    """Names of all figures: the fixed ones, each word of the packs in force, and any counted."""
    found = dict(_FIXED)
    for in_force in packs_in_force(connection, township):
        areas = in_force.pack.areas
        labels = [(word.id, word.label) for word in in_force.pack.words]
        for id_, label in (*labels, (areas.otherwise.id, areas.otherwise.label)):
            found[WORD + id_] = Text(f"来自{label.zh}", f"From {label.en}")
    for figure in counted:
        found.setdefault(figure, Text(figure, figure))
    return found
