"""The derived table of households."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

# `area` is the grid, as fine as grids are drawn. `met_at` and `visited_at` are 0 where nobody was
# met or nobody knocked, so that who was never seen comes first. `links` counts linked members.
household = derived(
    "household",
    Column("area", Code, nullable=False),
    Column("number", Code, nullable=False),
    Column("address", Code, nullable=False),
    Column("lat", sa.Float),
    Column("lon", sa.Float),
    Column("since", BIG, nullable=False),
    Column("met_at", BIG, nullable=False),
    Column("visited_at", BIG, nullable=False),
    Column("result", Code, nullable=False),
    Column("links", sa.Integer, nullable=False),
    Column("checked_at", BIG, nullable=False),
    Column("points_right", sa.Integer, nullable=False),
    Column("points_wrong", sa.Integer, nullable=False),
    Index("household_by_area", "township", "area", "address", "subject"),
    Index("household_by_met", "township", "met_at", "subject"),
    Index("household_by_links", "township", "links", "area"),
    Index("household_by_address", "township", "address", "subject"),
    Index("household_by_number", "township", "number"),
    Index("household_by_check", "township", "checked_at"),
)

TABLES: Final = (household,)
