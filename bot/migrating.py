"""Brings the bot's database to the schema that this version of the code needs, whoever else tries at the same time."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import migrations
from bot.errors import StoreError
from bot.storing import told_by

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD: Final = "0011"
"""The newest step, known without importing alembic (0.3 s); a test holds it to alembic's own."""

_LOCK: Final = 7_350_190_128_461_193
"""The number of the advisory lock; any that no other program on the same database takes."""

_PATIENCE: Final = 30.0
"""Seconds to wait for another process that is migrating."""


def migrate(path: Path) -> None:
    """Apply what is missing, in one transaction; quick where nothing is. Raises StoreError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # conversations are private; the write-ahead log takes the same mode
        if _version(path) != HEAD:
            _write_ahead(path)
            _upgrade(path)
    except (OSError, sqlite3.Error) as error:
        raise told_by(error, path) from error


def _version(path: Path) -> str | None:
    """The step that a database stands at; None where it stands at none."""
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
        return str(row[0]) if row else None


def _write_ahead(path: Path) -> None:
    """Turn on the write-ahead log, for good. SQLite does not wait here while another process is at it, so we do."""
    until = time.monotonic() + _PATIENCE
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return


def _upgrade(path: Path) -> None:
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - only a database that is behind needs it
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _PATIENCE, "isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            _run(connection, str(path))
    except DBAPIError as error:
        raise told_by(error, path) from error
    finally:
        engine.dispose()


def migrate_on(connection: Connection, name: str) -> None:
    """Apply what is missing to PostgreSQL, inside the caller's transaction. Raises StoreError.

    Alembic by several processes at once would fail for all but one, so they take turns; the lock ends with the
    transaction.
    """
    if _version_on(connection) != HEAD:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        _run(connection, name)


def _version_on(connection: Connection) -> str | None:
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def _run(connection: Connection, name: str) -> None:
    """Run alembic inside the caller's transaction; who had to wait for it finds nothing left to do."""
    from alembic import command  # noqa: PLC0415 - 0.3 s
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    from bot.tables import Base  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=Base.metadata)
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"{name} was made by a newer version of Footnote. Install that version again, "
            "or set FOOTNOTE_HOME to another folder."
        ) from error
