"""How each answer was borne out by what it cites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier turns were not counted."""
    op.add_column("turn", sa.Column("verification", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("turn", "verification")
