from __future__ import annotations

import ast
import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import migrations
from adapters.base import Person, Rated
from bot.database import Database
from bot.errors import StoreError
from bot.feedback.ratings import Ratings
from bot.inbox import Inbox
from bot.migrating import HEAD, migrate
from bot.tables import Base
from bot.turns import Turns
from tests.contracts.turns import a_turn
from tests.doubles.adapters import NOON, a_question
from tests.doubles.answering import earlier

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.doubles.postgres import Server

STEPS = Path(migrations.__file__).parent


async def test_the_migrated_schema_is_what_the_tables_say(database: Database) -> None:
    assert await database.read(_differences) == []


def _differences(connection: Connection) -> object:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, Base.metadata)


async def test_every_step_can_be_taken_back(where: Path | str) -> None:
    async with Database(where) as database:
        await database.write(_downgrade)
        assert await database.read(lambda connection: inspect(connection).get_table_names()) == ["alembic_version"]
    async with Database(where) as database:
        assert await database.read(_differences) == []


def _downgrade(connection: Connection, step: str = "base") -> None:
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    config.attributes.update(connection=connection, metadata=Base.metadata)
    command.downgrade(config, step)


async def test_what_was_owed_before_askers_were_kept_is_still_its_askers(where: Path | str) -> None:
    async with Database(where) as database:
        inbox, turns = Inbox(database, Turns(database)), Turns(database)
        await inbox.put(a_question())
        await turns.record(a_turn(1))
        await database.write(lambda connection: _downgrade(connection, "0006"))
    async with Database(where) as database:
        inbox, turns = Inbox(database, Turns(database)), Turns(database)
        assert not await inbox.stop("q1", by="terminal:local:person:eve")
        assert await inbox.stop("q1", by="terminal:local:person:mary")
        (turn,) = await turns.history(earlier())
        assert turn.channel == "terminal"


async def test_votes_that_were_given_before_reasons_were_kept_stay(where: Path | str) -> None:
    person = Person(id="mary", name="Mary")
    async with Database(where) as database:
        await Turns(database).record(a_turn(1))
        await Ratings(database).vote(Rated(target="a1", person=person, vote=-1, at=NOON))
        await database.write(lambda connection: _downgrade(connection, "0007"))
    async with Database(where) as database:
        ratings = Ratings(database)
        assert (await ratings.votes("a1"), await ratings.reasons("a1")) == ({"mary": -1}, {})


async def test_several_processes_may_migrate_a_server_at_once(server: Server) -> None:
    where = await asyncio.to_thread(server.empty)
    code = (
        "import asyncio, sys; from bot.database import Database\n"
        "async def main():\n    async with Database(sys.argv[1]): pass\n"
        "asyncio.run(main())"
    )
    told = (sys.executable, "-c", code, where)
    processes = [await asyncio.create_subprocess_exec(*told) for _ in range(4)]
    assert [await process.wait() for process in processes] == [0, 0, 0, 0]
    async with Database(where) as database:
        assert await database.read(_differences) == []


async def test_a_servers_database_of_a_newer_version_is_told(server: Server) -> None:
    where = await asyncio.to_thread(server.database)
    async with Database(where) as database:
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        await database.write(lambda connection: connection.execute(newer))
    with pytest.raises(StoreError, match="made by a newer version of Footnote"):
        async with Database(where):
            pass


def test_head_is_the_newest_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_steps_import_nothing_of_ours() -> None:
    for file in STEPS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= {"__future__", "alembic", "sqlalchemy"}, file


def test_a_database_at_head_is_opened_without_alembic(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    migrate(path)
    code = (
        "import sys; from pathlib import Path; from bot.migrating import migrate; migrate(Path(sys.argv[1]));"
        "sys.exit('alembic' in sys.modules or 'sqlalchemy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert ran.returncode == 0


def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    code = "import sys; from pathlib import Path; from bot.migrating import migrate; migrate(Path(sys.argv[1]))"
    processes = [subprocess.Popen([sys.executable, "-c", code, path]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE rating (x)")  # in the way of the first step's second table
    with pytest.raises(StoreError):
        migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("rating",)]


def test_a_database_of_a_newer_version_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "footnote.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="made by a newer version of Footnote"):
        migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_percent_sign_in_a_path_is_no_placeholder(tmp_path: Path) -> None:
    migrate(tmp_path / "100% ours" / "footnote.db")


def test_others_on_this_machine_may_not_read_conversations(tmp_path: Path) -> None:
    migrate(tmp_path / "home" / "footnote.db")
    assert (tmp_path / "home" / "footnote.db").stat().st_mode & 0o077 == 0
