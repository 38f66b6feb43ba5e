"""The derived table of imports, and the working table of lists that are on their way in."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from tongxin.ledger.tables import BIG, METADATA, Code, derived

# `mapping` is JSON: what each header, bare of remarks, was taken for.
imported = derived(
    "imported",
    Column("area", Code, nullable=False),
    Column("list_kind", Code, nullable=False),
    Column("digest", Code, nullable=False),
    Column("by", Code, nullable=False),
    Column("at", BIG, nullable=False),
    Column("seq", BIG, nullable=False),
    Column("new", sa.Integer, nullable=False),
    Column("added", sa.Integer, nullable=False),
    Column("known", sa.Integer, nullable=False),
    Column("doubtful", sa.Integer, nullable=False),
    Column("returned", sa.Integer, nullable=False),
    Column("mapping", sa.Text, nullable=False),
    Index("imported_newest", "township", "seq"),
)

TABLES: Final = (imported,)

# Lists on their way in, sealed with a key of their own that is destroyed with them. `section` says
# what a part is: the head, lines as they were read, what is to become of them, what came back.
staged = Table(
    "staged",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("import_id", Code, primary_key=True),
    Column("section", Code, primary_key=True),
    Column("n", sa.Integer, primary_key=True, autoincrement=False),
    Column("at", BIG, nullable=False),
    Column("sealed", sa.LargeBinary, nullable=False),
)
