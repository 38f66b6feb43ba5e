"""Derived table of doubts: what somebody decided about two records."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column

from tongxin.ledger.tables import BIG, Code, derived

likeness = derived(
    "likeness",
    Column("other", Code, primary_key=True),
    Column("is_same", sa.Boolean, nullable=False),
    Column("decided_by", Code, nullable=False),
    Column("decided_at", BIG, nullable=False),
)

TABLES: Final = (likeness,)
