"""The inbox, what was posted, and ratings that need no turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; on PostgreSQL, have every process told of a new question or a wish about one."""
    _make_inbox()
    op.create_table(
        "post",
        sa.Column("question_id", sa.String(255), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.String(25), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("workspace", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(255), nullable=True),
        sa.Column("message", sa.String(255), nullable=True),
        sa.PrimaryKeyConstraint("question_id", "part", name="pk_post"),
    )
    op.create_index("ix_post_message", "post", ["platform", "workspace", "channel", "message"])
    with op.batch_alter_table("rating") as rating:
        rating.drop_constraint("fk_rating_answer", type_="foreignkey")
    if op.get_bind().dialect.name == "postgresql":
        _notify()


def downgrade() -> None:
    """Drop them again; votes on answers that no turn keeps go with them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER inbox_changed ON inbox")
        op.execute("DROP FUNCTION footnote_inbox_changed")
    op.execute("DELETE FROM rating WHERE answer NOT IN (SELECT answer FROM turn)")
    with op.batch_alter_table("rating") as rating:
        rating.create_foreign_key("fk_rating_answer", "turn", ["answer"], ["answer"], ondelete="CASCADE")
    op.drop_table("post")
    op.drop_table("inbox")


def _make_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("stop", sa.String(8), nullable=True),
        sa.Column("newer", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("put_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_inbox"),
        sa.UniqueConstraint("id", name="uq_inbox_id"),
        sa.UniqueConstraint("answer", name="uq_inbox_answer"),
        sqlite_autoincrement=True,
    )
    _index("uq_inbox_running", ["conversation"], "state = 'running'", unique=True)
    _index("ix_inbox_conversation", ["conversation", "number"], "state <> 'finished'")
    _index("ix_inbox_number", ["number"], "state <> 'finished'")
    op.create_index("ix_inbox_finished_at", "inbox", ["finished_at"])


def _index(name: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "inbox", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _notify() -> None:
    op.execute(
        """
        CREATE FUNCTION footnote_inbox_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('footnote_inbox', '');
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER inbox_changed AFTER INSERT OR UPDATE OF stop, newer, wanted ON inbox
        FOR EACH STATEMENT EXECUTE FUNCTION footnote_inbox_changed()
        """
    )
