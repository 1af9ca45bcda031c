from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.database import Database
from bot.errors import StoreAway, StoreError
from bot.inbox import Inbox
from bot.stores.postgres import Postgres
from bot.turns import Turns
from knowledge.stores import server
from tests.doubles.adapters import a_question

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.doubles.postgres import Server

NOWHERE = "postgresql://mary:very-secret@127.0.0.1:1/footnote?sslmode=require"


async def test_a_server_that_is_not_there_is_told_soon_and_without_its_password() -> None:
    store = Postgres(NOWHERE)
    with pytest.raises(StoreAway, match=r"does not answer for the database footnote at 127\.0\.0\.1:1") as caught:
        await store.open()
    assert "secret" not in str(caught.value)
    await store.close()


async def test_a_server_that_says_nothing_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_CONNECT", 0.05)
    left = asyncio.Event()

    async def only_listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    silent = await asyncio.start_server(only_listen, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    store = Postgres(f"postgresql://u@127.0.0.1:{port}/x?sslmode=disable")
    with pytest.raises(StoreAway, match="does not answer"):
        await store.open()
    await store.close()
    await left.wait()
    silent.close()


async def test_a_database_that_is_not_there_is_told(server: Server) -> None:
    with pytest.raises(StoreError, match=r"no such database: the database gone at .* Create it"):
        async with Database(server.address("gone")):
            pass


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("SELECT * FROM nowhere", "Tables are missing .* Run footnote migrate"),
        ("SELECT 1/0", r"refused a statement .* \(SQLSTATE 22012\)"),
    ],
)
async def test_what_the_server_refuses_is_told(server: Server, statement: str, told: str) -> None:
    async with Database(await asyncio.to_thread(server.database)) as database:
        with pytest.raises(StoreError, match=told) as caught:
            await database.write(lambda connection: connection.execute(text(statement)))
        assert not isinstance(caught.value, StoreAway)


async def test_a_value_that_cannot_be_sent_is_not_tried_again(server: Server) -> None:
    async with Database(await asyncio.to_thread(server.database)) as database:
        tried: list[None] = []

        def work(connection: Connection) -> None:
            tried.append(None)
            connection.execute(text("UPDATE inbox SET attempts = :many"), {"many": 1 << 80})

        with pytest.raises(StoreError):
            await database.write(work)
    assert len(tried) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["ended", "crashed"])
async def test_a_restart_of_the_server_is_survived(server: Server, how: signal.Signals) -> None:
    async with Database(await asyncio.to_thread(server.database)) as database:
        inbox = Inbox(database, Turns(database))
        async with asyncio.TaskGroup() as many:
            for number in range(20):
                many.create_task(inbox.put(replace(a_question(), id=f"before{number}")))
        await asyncio.to_thread(server.stop, how)
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(inbox.put(replace(a_question(), id=f"after{number}")))
            group.create_task(asyncio.to_thread(server.start))
        assert await inbox.owed() == 40


async def test_a_server_that_stays_away_is_told_in_the_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.database._PAUSES", (0.01, 0.01))
    async with Database(await asyncio.to_thread(server.database)) as database:
        inbox = Inbox(database, Turns(database))
        await asyncio.to_thread(server.stop)
        try:
            with pytest.raises(StoreAway):
                await inbox.put(a_question())
        finally:
            await asyncio.to_thread(server.start)


async def test_commits_are_known_to_other_connections_at_once(server: Server) -> None:
    where = await asyncio.to_thread(server.database)
    async with Database(where) as one, Database(where) as other:
        await Inbox(one, Turns(one)).put(a_question())
        assert await Inbox(other, Turns(other)).owed() == 1
