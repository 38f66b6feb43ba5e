"""The derived tables of staff: who works here, which posts are filled, who signed in to serve."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

# `area` is a village, or the township for whoever serves all of it.
staff = derived(
    "staff",
    Column("area", Code, nullable=False),
    Column("name", Code, nullable=False),
    Column("letters", Code, nullable=False),
    Column("phone", Code, nullable=False),
    Column("id_number", Code, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("post", sa.Text, nullable=False),
    Column("skills", sa.Text, nullable=False),
    Column("wishes", sa.Text, nullable=False),
    Column("member", sa.Boolean, nullable=False),
    Column("force", Code, nullable=False),
    Column("account", Code, nullable=False),
    Column("since", BIG, nullable=False),
    Column("has_left", sa.Boolean, nullable=False),
    Index("staff_by_area", "township", "area", "name"),
    Index("staff_by_name", "township", "name", "subject"),
    Index("staff_by_letters", "township", "letters"),
    Index("staff_by_id_number", "township", "id_number"),
    Index("staff_by_account", "township", "account"),
)

post = derived(
    "post",
    Column("grid", Code, primary_key=True),
    Column("role", Code, primary_key=True),
    Column("since", BIG, nullable=False),
    Index("post_by_grid", "township", "grid", "role"),
)

# `area` is the village, or the township, where somebody served.
service = derived(
    "service",
    Column("fact", Code, primary_key=True),
    Column("force", Code, nullable=False),
    Column("at", BIG, nullable=False),
    Column("until_at", BIG),
    Column("area", Code, nullable=False),
    Column("place", sa.Text, nullable=False),
    Index("service_newest", "township", "at", "subject"),
    Index("service_by_area", "township", "area", "at"),
)

TABLES: Final = (staff, post, service)
