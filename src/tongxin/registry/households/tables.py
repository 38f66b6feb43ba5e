"""The derived table of households, and how many there are in each village."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.facts import Row
from tongxin.ledger.tables import BIG, Code, derived, summed
from tongxin.ledger.totals import Amounts, Place, Total

# `area` is the grid, as fine as grids are drawn, and `village` that of it. `door` is the address as
# it is sorted by: 2号 before 12号. `met_at` and
# `visited_at` are 0 where nobody was met or nobody knocked, so that who was never seen comes first.
# `links` counts linked members; `checked_at` is None where nobody has looked a second time.
household = derived(
    "household",
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("number", Code, nullable=False),
    Column("address", Code, nullable=False),
    Column("door", Code, nullable=False),
    Column("lat", sa.Float),
    Column("lon", sa.Float),
    Column("since", BIG, nullable=False),
    Column("met_at", BIG, nullable=False),
    Column("visited_at", BIG, nullable=False),
    Column("result", Code, nullable=False),
    Column("links", sa.Integer, nullable=False),
    Column("checked_at", BIG),
    Column("points_right", sa.Integer, nullable=False),
    Column("points_wrong", sa.Integer, nullable=False),
)
_h: Final = household.c
_checked: Final = _h.checked_at.is_not(None)
# Each holds a whole order, so that fifty households are fifty rows.
Index("household_by_door", _h.township, _h.village, _h.area, _h.door, _h.subject)
Index("household_by_links", _h.township, _h.links, _h.village, _h.area, _h.door, _h.subject)
Index("household_by_met", _h.township, _h.met_at, _h.subject)
Index("household_by_village_met", _h.township, _h.village, _h.met_at, _h.subject)
Index("household_by_address", _h.township, _h.address, _h.subject)
Index("household_by_number", _h.township, _h.number)
Index(
    "household_checked", _h.township, _h.village, _h.area, _h.door, _h.subject,
    sqlite_where=_checked, postgresql_where=_checked,
)  # fmt: skip

# How many households there are in each village, and how many of them nobody looks after.
household_total = summed(
    "household_total",
    Column("village", Code, primary_key=True),
    Column("households", sa.Integer, nullable=False),
    Column("unlinked", sa.Integer, nullable=False),
)

TABLES: Final = (household,)


def _counted(row: Row) -> Iterable[tuple[Place, Amounts]]:
    return (((row["village"],), (1, int(row["links"] == 0))),)


HOUSEHOLDS: Final = Total(household_total, household, _counted)
