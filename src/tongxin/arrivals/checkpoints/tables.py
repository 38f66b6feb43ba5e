"""Derived tables of checkpoints: each that is open, and which villages it covers."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

checkpoint = derived(
    "checkpoint",
    Column("area", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("place", sa.Text, nullable=False),
    Column("equipment", sa.Text, nullable=False),
    Column("opened_at", BIG, nullable=False),
    Column("closed_at", BIG),
    Column("closed_for", sa.Text, nullable=False),
)
# Only the villages of checkpoints that are open.
coverage = derived(
    "coverage",
    Column("village", Code, primary_key=True),
    Index("coverage_by_village", "township", "village"),
)

TABLES: Final = (checkpoint, coverage)
