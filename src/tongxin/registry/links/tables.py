"""The derived table of links, and how many households each member looks after in a village."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.facts import Row
from tongxin.ledger.tables import BIG, Code, derived, summed
from tongxin.ledger.totals import Amounts, Place, Total

# One row for each member linked to a household, which is the subject; `area` is its grid.
link = derived(
    "link",
    Column("staff", Code, primary_key=True),
    Column("area", Code, nullable=False),
    Column("village", Code, nullable=False),
    Column("since", BIG, nullable=False),
    Index("link_by_staff", "township", "staff", "area", "since"),
    Index("link_by_area", "township", "area", "staff"),
)

link_total = summed(
    "link_total",
    Column("village", Code, primary_key=True),
    Column("staff", Code, primary_key=True),
    Column("households", sa.Integer, nullable=False),
)

TABLES: Final = (link,)


def _counted(row: Row) -> Iterable[tuple[Place, Amounts]]:
    return (((row["village"], row["staff"]), (1,)),)


LINKS: Final = Total(link_total, link, _counted)
