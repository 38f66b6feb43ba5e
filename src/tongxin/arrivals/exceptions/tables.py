"""The derived table of exceptions, proposed and approved."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index

from tongxin.ledger.tables import BIG, Code, derived

exception = derived(
    "exception",
    Column("proposal", Code, primary_key=True),
    Column("episode", Code, nullable=False),
    Column("area", Code, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("from_at", BIG, nullable=False),
    Column("until_at", BIG, nullable=False),
    Column("proposed_by", Code, nullable=False),
    Column("proposed_at", BIG, nullable=False),
    Column("approved_by", Code),
    Index("exception_newest", "township", "proposed_at"),
)

TABLES: Final = (exception,)
