"""The derived table of links: one row for each member linked to a household."""

from typing import Final

from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

# The subject is the household, and `area` its grid.
link = derived(
    "link",
    Column("staff", Code, primary_key=True),
    Column("area", Code, nullable=False),
    Column("since", BIG, nullable=False),
    Index("link_by_staff", "township", "staff", "area"),
    Index("link_by_area", "township", "area", "staff"),
)

TABLES: Final = (link,)
