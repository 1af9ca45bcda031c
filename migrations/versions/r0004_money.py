"""Money: what each holder of a limit used of it, and what each call to a model did cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "account",
        sa.Column("holder", sa.String(16), nullable=False),
        sa.Column("name", sa.String(600), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("most_spent", sa.BigInteger(), nullable=True),
        sa.Column("most_questions", sa.Integer(), nullable=True),
        sa.Column("spent_warned", sa.Boolean(), nullable=False),
        sa.Column("questions_warned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "name", "period", name="pk_account"),
    )
    op.create_table(
        "charge",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("worst", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(600), nullable=False),
        sa.Column("workspace", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(600), nullable=False),
        sa.Column("feature", sa.String(16), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("answer_tokens", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
    )
    _index("uq_charge_counts", "state <> 'released' AND counts", unique=True)
    _index("ix_charge_open", "state = 'open'")
    op.create_index("ix_charge_begun_at", "charge", ["begun_at"])


def _index(name: str, condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "charge", ["answer"], unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("charge")
    op.drop_table("account")
