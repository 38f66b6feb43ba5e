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

# A national list that was proposed, how many places it names, and how many things in it were odd;
# `grave` are those about which somebody must compare the notice. What it declares is in the fact.
risk_list = derived(
    "risk_list",
    Column("proposal", Code, nullable=False),
    Column("sha256", Code, nullable=False),
    Column("published_at", BIG, nullable=False),
    Column("regime", Code, nullable=False),
    Column("high", sa.Integer, nullable=False),
    Column("medium", sa.Integer, nullable=False),
    Column("low", sa.Integer, nullable=False),
    Column("odd", sa.Integer, nullable=False),
    Column("grave", sa.Integer, nullable=False),
    Column("source", sa.Text, nullable=False),
    Column("proposed_by", Code, nullable=False),
    Column("approved_by", Code),
    Column("in_force_seq", BIG),
    Index("risk_list_in_force", "township", "in_force_seq"),
)

# Open cases of one pack that are to be judged by another; both are named by their proposals.
case_move = derived(
    "case_move",
    Column("proposal", Code, nullable=False),
    Column("from_pack", Code, nullable=False),
    Column("to_pack", Code, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("proposed_by", Code, nullable=False),
    Column("approved_by", Code),
    Column("in_force_seq", BIG),
)

TABLES: Final = (place, pack, risk_area, risk_list, case_move)
