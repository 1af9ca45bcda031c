"""Why an answer was thought bad is kept with the vote, and what was asked lately in a workspace is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("rating", sa.Column("reason", sa.String(32), nullable=True))
    op.add_column("rating", sa.Column("comment", sa.Text, nullable=True))
    op.create_index("ix_turn_asked_at", "turn", ["platform", "workspace", "asked_at"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_turn_asked_at", "turn")
    op.drop_column("rating", "comment")
    op.drop_column("rating", "reason")
