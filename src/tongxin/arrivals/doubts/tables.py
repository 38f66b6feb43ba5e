"""Derived tables of doubts: what people can be found alike by, and what was decided."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

# `at` is the instant of the journey that tells it: only recent ones are compared.
trait = derived(
    "trait",
    Column("key", Code, primary_key=True),
    Column("at", BIG, nullable=False),
    Index("trait_by_key", "township", "key", "subject", "at"),
)
likeness = derived(
    "likeness",
    Column("other", Code, primary_key=True),
    Column("is_same", sa.Boolean, nullable=False),
    Column("decided_by", Code, nullable=False),
    Column("decided_at", BIG, nullable=False),
)

TABLES: Final = (trait, likeness)
