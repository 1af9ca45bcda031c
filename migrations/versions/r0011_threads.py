"""A turn says in which thread it was asked, so that what was said in a thread of a few stays there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of old turns it is not known."""
    op.add_column("turn", sa.Column("thread", sa.String(255), nullable=True))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("turn", "thread")
