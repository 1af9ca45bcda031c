from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import text

from knowledge.errors import KnowledgeError, NoSpace, Refused, Unreachable
from knowledge.stores.server import Server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles import postgres

NOWHERE = "postgresql://mary:very-secret@127.0.0.1:1/footnote?sslmode=require"


@pytest.fixture
async def open_server(server: postgres.Server) -> AsyncGenerator[Server]:
    opened = Server(await asyncio.to_thread(server.empty), size=1, patience=0.01)
    yield opened
    await opened.close()


async def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    nowhere = Server(NOWHERE)
    with pytest.raises(Unreachable, match=r"does not answer for the database footnote at 127\.0\.0\.1:1") as caught:
        async with nowhere.read():
            pass
    assert "secret" not in str(caught.value)
    await nowhere.close()


async def test_a_reader_sees_one_state_and_writes_nothing(open_server: Server) -> None:
    async with open_server.read() as connection:
        assert await connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
    with pytest.raises(Unreachable, match="does not answer"):  # as a server that became a standby says it
        async with open_server.read() as connection:
            await connection.execute(text("CREATE TABLE a (b int)"))


async def test_a_write_is_whole_or_not_at_all(open_server: Server) -> None:
    async with open_server.write() as connection:
        await connection.execute(text("CREATE TABLE a (b int)"))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - it is raised between two steps
        async with open_server.write() as connection:
            await connection.execute(text("INSERT INTO a VALUES (1)"))
            raise ZeroDivisionError
    async with open_server.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM a")) == 0


async def test_a_full_pool_is_told(open_server: Server) -> None:
    async with open_server.read():
        with pytest.raises(Unreachable):
            async with open_server.read():
                pass


@pytest.mark.parametrize(
    ("state", "kind", "told"),
    [
        ("53300", Unreachable, "does not answer"),
        ("57014", Unreachable, "does not answer"),
        ("40P01", Unreachable, "does not answer"),
        ("53100", NoSpace, "Make room"),
        ("28P01", Refused, "refuses the user or password"),
        ("3D000", Refused, "no such database"),
        ("42501", Refused, "Grant it"),
        ("42P01", Refused, r"SQLSTATE 42P01"),
    ],
)
async def test_what_a_server_says_is_told_by_its_state(
    open_server: Server, state: str, kind: type[KnowledgeError], told: str
) -> None:
    with pytest.raises(kind, match=told):
        async with open_server.write() as connection:
            await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"))


async def test_a_connection_that_was_lost_is_replaced(open_server: Server) -> None:
    other = await asyncpg.connect(open_server.address)
    with pytest.raises(Unreachable):  # noqa: PT012 - it is ended between two steps
        async with open_server.read() as connection:
            pid = await connection.scalar(text("SELECT pg_backend_pid()"))
            await other.execute("SELECT pg_terminate_backend($1)", pid)
            await connection.scalar(text("SELECT 1"))
    await other.close()
    async with open_server.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
