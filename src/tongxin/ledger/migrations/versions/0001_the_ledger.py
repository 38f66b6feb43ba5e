"""The ledger's first tables: fact, chain, held, rejudge, state, session, failure."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTES = sa.LargeBinary()


def upgrade() -> None:
    """Make them."""
    _fact()
    op.create_table(
        "chain",
        sa.Column("township", CODE, primary_key=True),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("change", BIG, nullable=False),
        sa.Column("context", BIG, nullable=False),
        sa.Column("epoch", CODE, nullable=False),
    )
    _held()
    op.create_table(
        "rejudge",
        sa.Column("township", CODE, primary_key=True),
        sa.Column("subject", CODE, primary_key=True),
        sa.Column("cause", BIG, nullable=False),
    )
    op.create_table(
        "state",
        sa.Column("name", CODE, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    _sessions()


def _fact() -> None:
    codes = ("id", "kind", "subject", "purpose", "area", "author", "device")
    instants = ("happened_at", "offset_ms", "recorded_at")
    op.create_table(
        "fact",
        sa.Column("township", CODE, primary_key=True),
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        *(sa.Column(name, CODE, nullable=False) for name in codes),
        *(sa.Column(name, BIG, nullable=False) for name in instants),
        sa.Column("sealed", BYTES, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
    )
    op.create_index("fact_by_id", "fact", ["township", "id"], unique=True)
    op.create_index("fact_by_subject", "fact", ["township", "subject", "seq"])
    op.create_index("fact_by_kind", "fact", ["township", "kind", "seq"])


def _held() -> None:
    codes = ("id", "kind", "subject", "purpose", "area", "author", "device", "door")
    instants = ("happened_at", "offset_ms", "held_at")
    op.create_table(
        "held",
        sa.Column("township", CODE, primary_key=True),
        sa.Column("digest", CODE, primary_key=True),
        *(sa.Column(name, CODE, nullable=False) for name in codes),
        *(sa.Column(name, BIG, nullable=False) for name in instants),
        sa.Column("code", CODE, nullable=False),
        sa.Column("waits_for", CODE),
        sa.Column("resolved_by", CODE),
        sa.Column("sealed", BYTES, nullable=False),
    )
    op.create_index("held_waiting", "held", ["township", "waits_for"])
    op.create_index("held_by_id", "held", ["township", "id"])
    op.create_index("held_open", "held", ["township", "resolved_by", "area"])


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("township", CODE, primary_key=True),
        sa.Column("token_hash", CODE, primary_key=True),
        sa.Column("account", CODE, nullable=False),
        sa.Column("csrf", CODE, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("began_at", "seen_at", "ends_at")),
    )
    op.create_index("session_by_token", "session", ["token_hash"])
    op.create_index("session_by_account", "session", ["township", "account"])
    op.create_table(
        "failure",
        sa.Column("township", CODE, primary_key=True),
        sa.Column("name_hash", CODE, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", BIG, nullable=False),
    )


def downgrade() -> None:
    """A ledger is not unmade."""
    raise RuntimeError("restore a backup instead: the ledger's first tables are never dropped")
