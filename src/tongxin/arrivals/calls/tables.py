"""Derived table of calls: whoever is away and was called, or is to be."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

call = derived(
    "away_call",
    Column("episode", Code, primary_key=True),
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("phone", Code, nullable=False),
    Column("address", sa.Text, nullable=False),
    Column("away_area", Code, nullable=False),
    Column("away_name", sa.Text, nullable=False),
    Column("outcome", Code, nullable=False),
    Column("called_at", BIG, nullable=False),
    Column("unanswered", sa.Integer, nullable=False),
    Column("returns_on", BIG),
    Column("next_at", BIG),
)
Index("away_call_due", call.c.township, call.c.next_at, call.c.subject)
Index("away_call_by_village", call.c.township, call.c.village, call.c.next_at, call.c.subject)

TABLES: Final = (call,)
