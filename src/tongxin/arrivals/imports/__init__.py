"""The returnee ledger comes in: its columns, and what a row of it becomes."""

from typing import Final

from tongxin.arrivals.imports.columns import COLUMNS
from tongxin.arrivals.imports.planning import Ledgers
from tongxin.base.texts import Text
from tongxin.intake.kinds import SheetKind
from tongxin.registry.imports.places import villages

LEDGER: Final = SheetKind(
    id="arrivals",
    title=Text("返乡人员台账", "Returnee ledger"),
    lead=Text(
        "每行一位返乡人员，至少有姓名和返回时间。",
        "One row for each person who came back, with a name and the day at least.",
    ),
    may="arrivals.record",
    columns=COLUMNS,
    places=villages,
    planner=Ledgers,
    keeps=True,
    after="/arrivals",
    page="/arrivals",
    doubts="/doubts",
)
