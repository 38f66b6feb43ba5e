"""How many facts of one author are held is asked before another one is."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them by author."""
    op.create_index("held_by_author", "held", ["township", "author", "resolved_by"])


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("held_by_author")
