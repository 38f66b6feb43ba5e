"""Derived tables of arrivals: a journey for each episode, and where it led through."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

# `spans` is where the person stands from when to when, as JSON: [[from_ms, word, mode], …].
journey = derived(
    "journey",
    Column("episode", Code, primary_key=True),
    Column("area", Code, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("id_number", Code, nullable=False),
    Column("phone", Code, nullable=False),
    Column("address", sa.Text, nullable=False),
    Column("arrived_at", BIG, nullable=False),
    Column("from_area", Code, nullable=False),
    Column("from_name", sa.Text, nullable=False),
    Column("category", Code),
    Column("label_zh", sa.Text, nullable=False),
    Column("label_en", sa.Text, nullable=False),
    Column("words", Code, nullable=False),
    Column("spans", sa.Text, nullable=False),
    Column("until_at", BIG),
    Column("released_at", BIG),
    Column("pack", Code, nullable=False),
    Column("pack_proposal", Code, nullable=False),
    Column("recorded_seq", BIG, nullable=False),
    Index("journey_newest", "township", "arrived_at"),
    Index("journey_by_area", "township", "area", "arrived_at"),
)

stay = derived(
    "stay",
    Column("episode", Code, primary_key=True),
    Column("n", sa.Integer, primary_key=True, autoincrement=False),
    Column("code", Code, nullable=False),
    Column("until_at", BIG),
    Index("stay_by_code", "township", "code"),
)

TABLES: Final = (journey, stay)
