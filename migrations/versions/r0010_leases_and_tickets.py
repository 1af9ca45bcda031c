"""What one process at a time holds, the right to answer what a platform asked, and what was settled for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "lease",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("heard", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "ticket",
        sa.Column("question", sa.String(255), nullable=False),
        sa.Column("workspace", sa.String(255), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_until"), "ticket", ["until"])
    op.create_table(
        "settled",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settled")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("settled")
    op.drop_table("ticket")
    op.drop_table("lease")
