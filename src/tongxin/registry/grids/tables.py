"""The derived table of grids that are drawn and not closed."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import Code, derived

grid = derived(
    "grid",
    Column("code", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Index("grid_by_code", "township", "code"),
)

TABLES: Final = (grid,)
