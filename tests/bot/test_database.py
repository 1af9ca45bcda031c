from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.database import Database
from bot.errors import StoreBusy, StoreError
from bot.storing import told_by

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


async def test_commits_reach_the_disk_and_foreign_keys_hold(tmp_path: Path) -> None:
    async with Database(tmp_path / "footnote.db") as database:
        found = await database.read(lambda connection: [one(connection, f"PRAGMA {name}") for name in PRAGMAS])
    assert dict(zip(PRAGMAS, found, strict=True)) == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_what_is_written_is_there_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "footnote.db"
    async with Database(path) as database:
        await database.write(write_turn)
    async with Database(path) as database:
        assert await database.read(turns) == 1


TURN = text(
    "INSERT INTO turn (number, answer, question_id, conversation, platform, workspace, asker, question, text, verdict,"
    " documents, citations, prompt_tokens, answer_tokens, estimated, took_ms, asked_at)"
    " VALUES (1, 'a', 'q', 'c', 'p', 'w', 'u', 'why', 'so', 'answered', '[]', '[]', 0, 0, 0, 1, '2026-01-01')"
)
NOWHERE = text("INSERT INTO nowhere VALUES (:words)")


def one(connection: Connection, statement: str) -> object:
    return connection.execute(text(statement)).scalar()


def turns(connection: Connection) -> object:
    return one(connection, "SELECT count(*) FROM turn")


def write_turn(connection: Connection) -> None:
    connection.execute(TURN)


async def test_a_commit_that_is_refused_leaves_neither_a_lock_nor_a_transaction(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    async with Database(path) as database:
        await database.write(lambda connection: one_of_two(connection, "INSERT INTO upper VALUES (1)"))
        with pytest.raises(StoreError):
            await database.write(lambda connection: one_of_two(connection, "INSERT INTO lower VALUES (2)"))
        with closing(sqlite3.connect(path, timeout=0)) as other, other:
            other.execute("INSERT INTO upper VALUES (3)")
        await database.write(lambda connection: one_of_two(connection, "INSERT INTO lower VALUES (3)"))
        assert await database.read(lambda connection: one(connection, "SELECT count(*) FROM lower")) == 1


def one_of_two(connection: Connection, statement: str) -> None:
    """Work with two tables of which one is held to the other when a transaction is committed, not before."""
    connection.execute(text("CREATE TABLE IF NOT EXISTS upper (number INTEGER PRIMARY KEY)"))
    held = "number INTEGER REFERENCES upper DEFERRABLE INITIALLY DEFERRED"
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS lower ({held})"))
    connection.execute(text(statement))


async def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async with Database(tmp_path / "footnote.db") as database:
        with pytest.raises(LookupError):
            await database.write(_write_and_fail)
        assert await database.read(turns) == 0


def _write_and_fail(connection: Connection) -> None:
    write_turn(connection)
    raise LookupError


async def test_reading_goes_on_while_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    async with Database(path, busy_seconds=0.0) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute(str(TURN))
            assert await database.read(turns) == 0


async def test_a_locked_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    async with Database(path, busy_seconds=0.01) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy, match=r"locked by another process\. End that process"):
                await database.write(write_turn)
        await database.write(write_turn)


async def test_a_file_that_is_no_database_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    path.write_bytes(b"not a database, but somebody's file" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"footnote.db is damaged, or is no database. Put back a copy"):
        async with Database(path):
            pass
    assert path.read_bytes() == before


async def test_a_file_that_broke_later_is_told_at_its_first_use(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    async with Database(path):
        pass
    _break(path)
    async with Database(path) as database:
        with pytest.raises(StoreError, match="damaged"):
            await database.read(lambda connection: connection.execute(text("SELECT * FROM turn")).all())


def _break(path: Path) -> None:
    """Overwrite the first page of the turns."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'turn'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    content = path.read_bytes()
    path.write_bytes(content[: (page - 1) * size] + b"\xff" * size + content[page * size :])


async def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StoreError, match=r"cannot be written\. Correct the folder.s permissions, or set FOOTNOTE_HOME"):
        async with Database(tmp_path / "home" / "footnote.db"):
            pass


async def test_a_folder_that_may_not_be_written_is_told(unprivileged: Path) -> None:
    unprivileged.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        async with Database(unprivileged / "footnote.db"):
            pass


async def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    async with Database(tmp_path / "footnote.db") as database:
        with pytest.raises(StoreBusy, match=r"no space left for .* Make room"):
            await database.write(_fill)
        assert await database.read(turns) == 0


def _fill(connection: Connection) -> None:
    connection.execute(text("PRAGMA max_page_count = 1"))
    write_turn(connection)
    connection.execute(
        text("INSERT INTO rating (answer, person, vote, at) VALUES ('a', zeroblob(100000), 1, '2026-01-01')")
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
        (sqlite3.OperationalError("disk I/O error"), "Check that disk"),
    ],
)
def test_errors_of_the_system_are_told_too(tmp_path: Path, error: Exception, said: str) -> None:
    assert said in told_by(error, tmp_path).told


async def test_an_error_does_not_hold_what_people_wrote(tmp_path: Path) -> None:
    async with Database(tmp_path / "footnote.db") as database:
        with pytest.raises(StoreError) as caught:
            await database.write(lambda connection: connection.execute(NOWHERE, {"words": "my private question"}))
    assert "private" not in str(caught.value.__cause__)
