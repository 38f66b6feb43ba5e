"""A session carries a code that only this program can make. Those from before are signed out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add it."""
    op.execute("DELETE FROM session")
    op.add_column("session", sa.Column("code", CODE, nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("session", "code")
