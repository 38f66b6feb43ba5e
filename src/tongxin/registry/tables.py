"""Derived tables of the registry."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

place = derived(
    "place",
    Column("code", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Index("place_by_code", "township", "code"),
)

# A pack that was proposed, and since which record it is in force. The text is kept whole.
pack = derived(
    "pack",
    Column("proposal", Code, nullable=False),
    Column("pack_id", Code, nullable=False),
    Column("version", sa.Integer, nullable=False),
    Column("fingerprint", Code, nullable=False),
    Column("text", sa.Text, nullable=False),
    Column("in_force_from", BIG, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("proposed_by", Code, nullable=False),
    Column("approved_by", Code),
    Column("in_force_seq", BIG),
    Index("pack_in_force", "township", "in_force_seq"),
)

risk_area = derived(
    "risk_area",
    Column("proposal", Code, nullable=False),
    Column("code", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("level", Code, nullable=False),
    Column("from_at", BIG, nullable=False),
    Column("until_at", BIG),
    Column("source", sa.Text, nullable=False),
    Column("proposed_by", Code, nullable=False),
    Column("approved_by", Code),
    Column("in_force_seq", BIG),
    Column("in_force_at", BIG),
    Index("risk_area_in_force", "township", "in_force_seq"),
)

TABLES: Final = (place, pack, risk_area)
