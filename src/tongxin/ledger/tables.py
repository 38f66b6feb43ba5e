"""The tables of the ledger. Every primary key begins with `township`.

`fact` and `chain` are the record. `held`, `rejudge` and `state` are durable working state.
`subject` and `departure` are derived, as are all tables made by `derived`: a cache that
`rebuild` makes again.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Index, MetaData, Table

METADATA: Final = MetaData()
DERIVED: Final = MetaData()

# Codes and ids compare byte by byte, so that a prefix is a range, on both databases.
Code: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BIG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


fact = Table(
    "fact",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("id", Code, nullable=False),
    Column("kind", Code, nullable=False),
    Column("subject", Code, nullable=False),
    Column("purpose", Code, nullable=False),
    Column("area", Code, nullable=False),
    Column("author", Code, nullable=False),
    Column("device", Code, nullable=False),
    Column("happened_at", BIG, nullable=False),
    Column("offset_ms", BIG, nullable=False),
    Column("recorded_at", BIG, nullable=False),
    Column("sealed", sa.LargeBinary, nullable=False),
    Column("hash", sa.LargeBinary, nullable=False),
    Index("fact_by_id", "township", "id", unique=True),
    Index("fact_by_subject", "township", "subject", "seq"),
    Index("fact_by_kind", "township", "kind", "seq"),
)

HEADER_COLUMNS: Final = tuple(fact.c)[:12]

# One row a township: the head of its chain. Writers take this row first, so that a chain has one
# writer at a time even with several processes.
chain = Table(
    "chain",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("seq", BIG, nullable=False),
    Column("hash", sa.LargeBinary, nullable=False),
    Column("change", BIG, nullable=False),
    Column("context", BIG, nullable=False),
    Column("epoch", Code, nullable=False),
)

# What was well-formed and authentic but could not be applied: sealed with the key that it would
# have been recorded under, kept until it is recorded or a person decides.
held = Table(
    "held",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("digest", Code, primary_key=True),
    Column("id", Code, nullable=False),
    Column("kind", Code, nullable=False),
    Column("subject", Code, nullable=False),
    Column("purpose", Code, nullable=False),
    Column("area", Code, nullable=False),
    Column("author", Code, nullable=False),
    Column("device", Code, nullable=False),
    Column("door", Code, nullable=False),
    Column("happened_at", BIG, nullable=False),
    Column("offset_ms", BIG, nullable=False),
    Column("held_at", BIG, nullable=False),
    Column("code", Code, nullable=False),
    Column("waits_for", Code),
    Column("resolved_by", Code),
    Column("sealed", sa.LargeBinary, nullable=False),
    Index("held_waiting", "township", "waits_for"),
    Index("held_by_id", "township", "id"),
    Index("held_open", "township", "resolved_by", "area"),
    Index("held_by_author", "township", "author", "resolved_by"),
)

# Subjects that a change of the context touches and that are still to be judged again.
rejudge = Table(
    "rejudge",
    METADATA,
    Column("township", Code, primary_key=True),
    Column("subject", Code, primary_key=True),
    Column("cause", BIG, nullable=False),
)

state = Table(
    "state",
    METADATA,
    Column("name", Code, primary_key=True),
    Column("value", sa.Text, nullable=False),
)


def derived(name: str, *columns: Any) -> Table:
    """A derived table: each row belongs to one subject, and goes when that subject goes.

    Primary-key columns given are added to (township, subject).
    """
    return Table(
        name,
        DERIVED,
        Column("township", Code, primary_key=True),
        Column("subject", Code, primary_key=True),
        *columns,
    )


def summed(name: str, *columns: Any) -> Table:
    """A table of sums that `totals` keeps: its primary key is a place, the rest are amounts.

    Primary-key columns given are added to (township).
    """
    return Table(
        name,
        DERIVED,
        Column("township", Code, primary_key=True),
        *columns,
        sqlite_with_rowid=False,
    )


# Where each subject belongs now, to the grid: what a remit is tested against. `change` counts the
# township's changes, and is the cursor of devices; it is not compared by `verify`.
subject = derived(
    "subject",
    Column("area", Code, nullable=False),
    Column("first_seq", BIG, nullable=False),
    Column("last_seq", BIG, nullable=False),
    Column("change", BIG, nullable=False),
    Index("subject_by_change", "township", "change"),
    Index("subject_by_area", "township", "area"),
)

# An area that a subject has left, so that devices whose remit it left can drop it.
departure = derived(
    "departure",
    Column("area", Code, primary_key=True),
    Column("change", BIG, nullable=False),
    Index("departure_by_change", "township", "change"),
)

# What each subject counts for in each figure: a figure is the sum of its parts, and opens onto
# them. `purpose` is that of the facts it follows from; when they are forgotten, the certificate
# carries the part on (`carried`).
figure_part = derived(
    "figure_part",
    Column("figure", Code, primary_key=True),
    Column("village", Code, primary_key=True),
    Column("day", Code, primary_key=True),
    Column("purpose", Code, primary_key=True),
    Column("amount", sa.Integer, nullable=False),
    Column("carried", sa.Boolean, nullable=False),
    Index("figure_part_by_figure", "township", "figure", "village", "day", "subject"),
)

# The sums of the parts: what pages read.
figure_total = summed(
    "figure_total",
    Column("figure", Code, primary_key=True),
    Column("village", Code, primary_key=True),
    Column("day", Code, primary_key=True),
    Column("amount", sa.Integer, nullable=False),
    Column("carried", sa.Integer, nullable=False),
)

# The daily heads that were signed, and the certificates of forgetting.
daily_head = derived(
    "daily_head",
    Column("day", Code, primary_key=True),
    Column("seq", BIG, nullable=False),
    Column("hash", Code, nullable=False),
    Column("signature", Code, nullable=False),
)
certificate = derived(
    "certificate",
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("purposes", sa.Text, nullable=False),
    Column("facts", sa.Integer, nullable=False),
    Column("at", BIG, nullable=False),
    Column("head_seq", BIG, nullable=False),
    Column("head_hash", Code, nullable=False),
    Column("backups_until", Code),
    Column("rows_until", Code),
)

# Each wish to take a fact back: `kind` is the fact's (empty while it is not known), `counts`
# whether it no longer counts by this wish, `waits` whether a second person has still to decide.
correction = derived(
    "correction",
    Column("id", Code, primary_key=True),
    Column("fact", Code, nullable=False),
    Column("kind", Code, nullable=False),
    Column("by", Code, nullable=False),
    Column("at", BIG, nullable=False),
    Column("approved_by", Code),
    Column("counts", sa.Boolean, nullable=False),
    Column("waits", sa.Boolean, nullable=False),
    Index("correction_newest", "township", "at"),
)
Index(
    "correction_waiting", correction.c.township, correction.c.at,
    sqlite_where=sa.text("waits = 1"), postgresql_where=correction.c.waits,
)  # fmt: skip

# What makes records one human being (see `ties`): the marks that each bears, as an ID number; what
# was said of two of them; and, for whoever is one with others, the first of them, the lead.
mark = derived(
    "mark",
    Column("mark", Code, primary_key=True),
    Index("mark_by_mark", "township", "mark"),
)
# What somebody told of a subject that does not tie it by itself (`vouching`).
mark_aside = derived("mark_aside", Column("mark", Code, primary_key=True))
tie = derived(
    "tie",
    Column("one", Code, primary_key=True),
    Column("other", Code, primary_key=True),
    Column("together", sa.Boolean, nullable=False),
    Index("tie_by_one", "township", "one"),
    Index("tie_by_other", "township", "other"),
)
member = derived(
    "member",
    Column("lead", Code, nullable=False),
    Index("member_by_lead", "township", "lead"),
)

OWN_DERIVED: Final = (
    figure_part, daily_head, certificate, correction, mark, mark_aside, tie, member,
)  # fmt: skip
