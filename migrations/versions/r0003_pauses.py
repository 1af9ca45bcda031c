"""Pauses: what an operator stopped, and who was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; the inbox remembers which questions were put off."""
    op.create_table(
        "pause",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_pause"),
    )
    op.create_table(
        "pause_notice",
        sa.Column("channel", sa.String(600), nullable=False),
        sa.Column("question_id", sa.String(255), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_pause_notice"),
    )
    op.add_column("inbox", sa.Column("held_at", sa.Double(), nullable=True))


def downgrade() -> None:
    """Drop them again; what was put off waits for its turn."""
    op.execute("UPDATE inbox SET state = 'waiting' WHERE state = 'paused'")
    op.drop_column("inbox", "held_at")
    op.drop_table("pause_notice")
    op.drop_table("pause")
