from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.database import Database
from bot.errors import StoreAway, StoreError
from bot.inbox import Inbox
from bot.stores import postgres
from bot.stores.address import driver_address, is_address, shown_address
from bot.stores.postgres import Postgres
from bot.turns import Turns
from tests.doubles.adapters import a_question

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.doubles.postgres import Server

NOWHERE = "postgresql://mary:very-secret@127.0.0.1:1/footnote?sslmode=require"


@pytest.mark.parametrize(
    ("handed", "driven"),
    [
        ("postgres://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql://u:p@h/d?sslmode=require"),
        (
            "postgres://u@h/d?sslmode=require&channel_binding=require&connect_timeout=10",
            "postgresql://u@h/d?sslmode=require",
        ),
        ("postgresql://u:p%40@h/d?pgbouncer=true&application_name=x", "postgresql://u:p%40@h/d?application_name=x"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=%2Frun%2Fpostgresql"),
    ],
)
def test_an_address_is_taken_as_hosts_hand_it_out(handed: str, driven: str) -> None:
    assert is_address(handed)
    assert driver_address(handed) == driven


def test_a_database_is_named_without_its_password() -> None:
    assert shown_address("postgres://u:secret@db.example:5432/notes?sslmode=require") == (
        "the database notes at db.example:5432"
    )
    assert shown_address("postgresql://postgres@/notes?host=/tmp/x") == "the database notes at /tmp/x"
    assert shown_address("postgresql://h") == "the database at h"
    assert shown_address("postgres://u:p%2F%40@one:1,[::1]:2/n%20m") == "the database n m at one:1,[::1]:2"


@pytest.mark.parametrize(
    "address",
    [
        "postgres://u:pa/ss@h/db",
        "postgres://u:s3c#ret@h/db",
        "postgres://u:p[w@h/db",
        "postgres://u:p]w[@h/db",
        "postgres://u:sec/ret@h",
        "postgres://u:12/34@h",
        "postgres://u:12?34@h",
        "postgres://u:p@ss@h/db",
        "postgres://u:p\uff20ss@h/db",
        "postgres://u:secret",
        "postgres://u:p@h:port/db",
        "postgres://u:p@h:99999/db",
        "postgres://u:p@:5432/db",
        "postgres://u:p@/db",
        "postgresql:///db",
        "postgresql://h,/db",
        "postgresql:///db?host=",
        "mysql://h/db",
        "postgresql://",
    ],
)
def test_an_address_in_which_password_and_host_cannot_be_told_apart_is_none(address: str) -> None:
    assert not is_address(address)


@given(st.text())
def test_a_percent_encoded_password_is_taken_and_not_shown(password: str) -> None:
    address = f"postgresql://user:{quote(password, safe='', errors='replace')}@db.example/notes"
    assert is_address(address)
    assert shown_address(address) == "the database notes at db.example"


async def test_a_server_that_is_not_there_is_told_soon_and_without_its_password() -> None:
    store = Postgres(NOWHERE)
    with pytest.raises(StoreAway, match=r"does not answer for the database footnote at 127\.0\.0\.1:1") as caught:
        await store.open()
    assert "secret" not in str(caught.value)
    await store.close()


async def test_a_server_that_says_nothing_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_CONNECT", 0.05)
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
