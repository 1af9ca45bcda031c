"""Runs the steps on the connection, and against the metadata, that the caller put into ``config.attributes``."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    transactional_ddl=True,  # SQLite can, and alembic does not expect it: all steps or none
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
