"""The derived table of residents and visitors."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

# `needs` holds words between blanks, empty for most. `letters`, `id_tail` and `phone_tail` are what
# a search goes by. `away_at` is None for whoever is at home.
resident = derived(
    "resident",
    Column("household", Code, nullable=False),
    Column("area", Code, nullable=False),
    Column("visitor", sa.Boolean, nullable=False),
    Column("relation", Code, nullable=False),
    Column("name", Code, nullable=False),
    Column("letters", Code, nullable=False),
    Column("id_number", Code, nullable=False),
    Column("id_tail", Code, nullable=False),
    Column("phone", Code, nullable=False),
    Column("phone_tail", Code, nullable=False),
    Column("sex", Code, nullable=False),
    Column("born_on", Code),
    Column("since", BIG, nullable=False),
    Column("until_on", Code),
    Column("from_area", Code, nullable=False),
    Column("from_name", sa.Text, nullable=False),
    Column("away_at", BIG),
    Column("away_area", Code),
    Column("away_name", sa.Text),
    Column("back_by", Code),
    Column("needs", Code, nullable=False),
    Column("needs_at", BIG),
    Index("resident_by_household", "township", "household"),
    Index("resident_by_area", "township", "area", "name", "subject"),
    Index("resident_by_name", "township", "name", "subject"),
    Index("resident_by_letters", "township", "letters", "name", "subject"),
    Index("resident_by_id_tail", "township", "id_tail"),
    Index("resident_by_phone_tail", "township", "phone_tail"),
    Index("resident_by_id_number", "township", "id_number"),
    Index("resident_away", "township", "away_area"),
    Index("resident_by_needs", "township", "needs", "area"),
    Index("resident_by_visitor", "township", "visitor", "area"),
)

TABLES: Final = (resident,)
