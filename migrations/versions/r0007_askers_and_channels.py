"""What is owed knows its asker, and turns know the channel that they were shown in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; so far there was no place but the terminal, which has one channel."""
    op.add_column("turn", sa.Column("channel", sa.Text, nullable=True))
    op.add_column("inbox", sa.Column("asker", sa.Text, nullable=True))
    turn = sa.table("turn", sa.column("platform"), sa.column("channel"))
    op.execute(turn.update().where(turn.c.platform == "terminal").values(channel="terminal"))
    _tell_askers()


def _tell_askers() -> None:
    """Take each asker out of the question itself, as its own person is to be able to stop it."""
    inbox = sa.table("inbox", sa.column("number"), sa.column("payload", sa.JSON), sa.column("asker"))
    rows = op.get_bind().execute(sa.select(inbox.c.number, inbox.c.payload)).all()
    for number, asked in rows:
        asker = f"{asked['place']['workspace']}:person:{asked['asker']['id']}"
        storable = asker.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        op.execute(inbox.update().where(inbox.c.number == number).values(asker=storable))


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("inbox", "asker")
    op.drop_column("turn", "channel")
