"""Lists of households with their members, and of staff, come in."""

from typing import Final

from tongxin.base.texts import Text
from tongxin.intake.kinds import SheetKind
from tongxin.registry.imports import columns, households, staff
from tongxin.registry.imports.places import villages

HOUSEHOLDS: Final = SheetKind(
    id="households",
    title=Text("住户名册", "Households"),
    lead=Text(
        "每行一个人，写明户号或户主；同一户的人排在一起。",
        "One row for each person, with the number or the head of the household.",
    ),
    may=households.MAY,
    columns=columns.HOUSEHOLDS,
    places=villages,
    planner=households.Households,
    after="/registry",
    page="/residents",
)
STAFF: Final = SheetKind(
    id="staff",
    title=Text("工作人员名册", "Staff"),
    lead=Text(
        "每行一名干部、党员或志愿者，可以写所在网格和岗位。",
        "One row for each cadre, member or volunteer; with grid and post if he holds one.",
    ),
    may=staff.MAY,
    columns=columns.STAFF,
    places=villages,
    planner=staff.Staff,
    after="/staff",
    page="/staff",
)
