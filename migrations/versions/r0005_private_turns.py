"""Turns know whether the place was private to one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; so far there was no place but the terminal, which has one reader."""
    op.add_column("turn", sa.Column("private_to", sa.String(255), nullable=True))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("turn", "private_to")
