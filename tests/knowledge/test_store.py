from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from knowledge.errors import Busy, Damaged, KnowledgeError, NoSpace, NothingThere, OtherVersion
from knowledge.faults import disk_fault
from knowledge.stores.sqlite import SqliteStore
from knowledge.tables import VERSION, ChunkRow, Edition, Publication, Reader, Setting
from tests.contracts.store import EDITION

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "knowledge.db"


async def test_opening_makes_the_folder_and_a_file_in_write_ahead_mode(path: Path) -> None:
    async with SqliteStore(path) as store, store.read() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA synchronous")) == 1
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert await connection.scalar(text("PRAGMA user_version")) == VERSION


async def test_nobody_but_the_owner_may_read_what_is_known(path: Path) -> None:
    async with SqliteStore(path) as store, store.write() as connection:
        await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
        beside = [path.with_name(path.name + ending) for ending in ("-wal", "-shm")]
        assert [file.stat().st_mode & 0o777 for file in (path, *beside)] == [0o600] * 3
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_modes_that_an_operator_chose_stay(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    path.parent.chmod(0o750)
    path.chmod(0o640)
    async with SqliteStore(path):
        pass
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o640, 0o750)


async def test_opening_again_keeps_what_is_there(path: Path) -> None:
    async with SqliteStore(path) as store, store.write() as connection:
        await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
    async with SqliteStore(path) as store, store.read() as connection:
        assert (await connection.scalars(select(Setting.value))).all() == ["b"]


async def test_many_may_create_the_same_file_at_once(path: Path) -> None:
    async def opened() -> None:
        async with SqliteStore(path) as store:
            assert await store.generation("w") == 0

    async with asyncio.TaskGroup() as tasks:
        for _ in range(12):
            tasks.create_task(opened())


async def test_processes_may_create_the_same_file_at_once(path: Path) -> None:
    script = (
        "import asyncio, pathlib, sys\nfrom knowledge.stores.sqlite import SqliteStore\n"
        "async def main():\n  async with SqliteStore(pathlib.Path(sys.argv[1])) as store:\n"
        "    await store.generation('w')\n"
        "asyncio.run(main())\n"
    )
    children = [await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(path)) for _ in range(4)]
    assert [await child.wait() for child in children] == [0, 0, 0, 0]


async def test_what_is_raised_inside_a_write_undoes_it(path: Path) -> None:
    async with SqliteStore(path) as store:
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 - it is raised between two steps
            async with store.write() as connection:
                await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
                raise ZeroDivisionError
        async with store.read() as connection:
            assert (await connection.scalars(select(Setting.name))).all() == []


async def test_a_reader_sees_one_state_whatever_is_written_meanwhile(path: Path) -> None:
    async with SqliteStore(path) as store, store.read() as reader:
        assert (await reader.scalars(select(Setting.name))).all() == []
        async with store.write() as writer:
            await writer.execute(insert(Setting), [{"name": "a", "value": "b"}])
        assert (await reader.scalars(select(Setting.name))).all() == []


async def test_a_mistake_in_sql_stays_a_mistake(path: Path) -> None:
    async with SqliteStore(path) as store:
        with pytest.raises(OperationalError):
            async with store.read() as connection:
                await connection.execute(text("SELECT nothing FROM nowhere"))
        with pytest.raises(IntegrityError):
            async with store.write() as connection:
                await connection.execute(insert(Reader), [{"edition": 7, "principal": "p"}])


async def test_keywords_follow_the_chunks_into_and_out_of_the_file(path: Path) -> None:
    found = text("SELECT rowid FROM words WHERE words MATCH 'travel'")
    check = text("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
    async with SqliteStore(path) as store:
        async with store.write() as connection:
            number = await connection.scalar(insert(Edition).values(**EDITION).returning(Edition.number))
            chunk = {"id": "e1:0", "edition": number, "ordinal": 0, "text": "t", "heading": "[]"}
            chunk |= {"searched": "Travelling by the café"}
            await connection.execute(insert(ChunkRow), [chunk])
        async with store.write() as connection:
            assert len((await connection.execute(found)).all()) == 1
            await connection.execute(check)
            await connection.execute(text("UPDATE chunk SET searched = 'Staying at home'"))
            assert (await connection.execute(found)).all() == []
            await connection.execute(check)
            await connection.execute(text("DELETE FROM edition"))
            assert await connection.scalar(text("SELECT count(*) FROM chunk")) == 0
            await connection.execute(check)


async def test_a_number_is_never_given_twice(path: Path) -> None:
    async with SqliteStore(path) as store, store.write() as connection:
        first = await connection.scalar(insert(Edition).values(**EDITION).returning(Edition.number))
        await connection.execute(text("DELETE FROM edition"))
        assert await connection.scalar(insert(Edition).values(**EDITION).returning(Edition.number)) != first


async def test_a_document_has_one_edition_that_answers(path: Path) -> None:
    async with SqliteStore(path) as store:
        with pytest.raises(IntegrityError):
            async with store.write() as connection:
                await connection.execute(insert(Edition), [EDITION, EDITION | {"id": "e2", "digest": "y"}])


async def test_another_versions_file_is_left_alone(path: Path) -> None:
    async with SqliteStore(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(OtherVersion, match="delete it and run footnote sync"):
        async with SqliteStore(path):
            pass


async def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE turns (id)")
    with pytest.raises(Damaged, match="no knowledge file"):
        async with SqliteStore(path):
            pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("turns",)]


async def test_a_file_that_is_no_database_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1000)
    with pytest.raises(Damaged, match="delete it and run footnote sync"):
        async with SqliteStore(path):
            pass
    assert path.read_text().startswith("Dear diary")


async def test_a_torn_file_is_told(path: Path) -> None:
    async with SqliteStore(path) as store, store.write() as connection:
        await connection.execute(insert(Setting), [{"name": str(n), "value": "v" * 900} for n in range(500)])
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(os.urandom(path.stat().st_size - 4096 * 2))
    with pytest.raises(Damaged):
        async with SqliteStore(path) as store, store.read() as connection:
            (await connection.execute(select(Setting))).all()


async def test_a_locked_file_is_told_after_the_patience_ends(path: Path) -> None:
    async with SqliteStore(path, patience=0.05) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Busy, match="another process"):
                async with store.write():
                    pass
            assert await store.generation("w") == 0
        async with store.write():
            pass


async def test_a_file_locked_from_the_start_is_told(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            async with SqliteStore(path, patience=0.05):
                pass


async def test_a_full_disk_is_told_and_undoes_the_write(path: Path) -> None:
    async with SqliteStore(path) as store:
        event.listen(store.engine.sync_engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count = 60"))
        with pytest.raises(NoSpace, match="free some space"):
            async with store.write() as connection:
                await connection.execute(insert(Setting), [{"name": str(n), "value": "v" * 900} for n in range(500)])
        async with store.read() as connection:
            assert (await connection.scalars(select(Setting.name))).all() == []


@pytest.mark.parametrize("taken", ["home", "home/knowledge.db"])
async def test_a_path_that_cannot_be_used_is_told(tmp_path: Path, path: Path, taken: str) -> None:
    if taken == "home":
        (tmp_path / taken).write_text("a file where the folder should be")
    else:
        path.mkdir(parents=True)
    with pytest.raises(NothingThere):
        async with SqliteStore(path):
            pass


def test_a_full_disk_is_told_apart_from_a_folder_that_is_not_ours(path: Path) -> None:
    assert isinstance(disk_fault(OSError(errno.ENOSPC, "No space left"), path), NoSpace)
    told: KnowledgeError = disk_fault(PermissionError(errno.EACCES, "Permission denied"), path)
    assert isinstance(told, NothingThere)
    assert "set FOOTNOTE_HOME to another folder" in told.told


async def test_the_generation_is_read_again_only_after_something_was_written(path: Path) -> None:
    statements: list[str] = []
    async with SqliteStore(path) as store, SqliteStore(path) as other:
        event.listen(store.engine.sync_engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
        assert [await store.generation("w") for _ in range(3)] == [0, 0, 0]
        assert len(statements) == 2  # the beginning of a transaction, and the question
        async with other.write() as connection:
            await connection.execute(insert(Publication), [{"workspace": "w", "generation": 7}])
        assert [await store.generation("w") for _ in range(3)] == [7, 7, 7]
        assert len(statements) == 4


async def test_the_generation_follows_what_the_same_store_writes(path: Path) -> None:
    async with SqliteStore(path) as store:
        assert await store.generation("w") == 0
        async with store.write() as connection:
            await connection.execute(insert(Publication), [{"workspace": "w", "generation": 1}])
            assert await store.generation("w") == 0
        assert await store.generation("w") == 1
        assert await store.generation("other") == 0


async def test_a_closed_store_no_longer_looks_at_the_file(path: Path) -> None:
    async with SqliteStore(path) as store:
        pass
    assert store._written() is None
