"""Turns and ratings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "turn",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("question_id", sa.String(255), nullable=False),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("workspace", sa.String(255), nullable=False),
        sa.Column("asker", sa.String(255), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(128), nullable=True),
        sa.Column("prompt", sa.String(128), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("answer_tokens", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_turn"),
        sa.UniqueConstraint("answer", name="uq_turn_answer"),
        sa.UniqueConstraint("question_id", name="uq_turn_question_id"),
    )
    op.create_index("ix_turn_conversation", "turn", ["conversation", "number"])
    op.create_index("ix_turn_asker", "turn", ["platform", "asker", "number"])
    op.create_table(
        "rating",
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("vote", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer"], ["turn.answer"], name="fk_rating_answer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer", "person", name="pk_rating"),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("rating")
    op.drop_table("turn")
