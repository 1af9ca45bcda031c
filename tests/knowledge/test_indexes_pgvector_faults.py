"""A server that lacks something, is away, or goes away in the middle."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import asyncpg
import numpy as np
import pytest
from sqlalchemy import text

from knowledge.base import Chunk, EmbeddedChunk, Query, Scope
from knowledge.errors import KnowledgeError, Refused, Unreachable
from knowledge.indexes.pgvector.creating import Found
from knowledge.indexes.pgvector.index import PgVectors
from knowledge.indexes.pgvector.patience import Patience, hurried
from knowledge.stores.server import Server
from tests.contracts.index import TEAM
from tests.doubles import postgres
from tests.doubles.knowledge import A_WORKSPACE, SPEC

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterator

HASTY: Final = Patience(question=0.3, pauses=(0.01, 0.01), tries=60.0)
VECTOR: Final = np.eye(SPEC.dimensions, dtype=np.float32)[0]


class Everything:
    """A catalog in which every edition answers."""

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        return frozenset(editions)


@pytest.fixture(scope="module")
def own() -> Iterator[postgres.Server]:
    """A server of these tests' own, which they stop and freeze."""
    with postgres.running() as server:
        yield server


@asynccontextmanager
async def holding(address: str, patience: Patience = HASTY, *, command: float = 60.0) -> AsyncGenerator[PgVectors]:
    """An index with one chunk. ``command`` is how many seconds the driver waits for an answer."""
    server = Server(address, command=command)
    index = PgVectors(server, Everything(), patience=patience)
    try:
        await index.prepare(SPEC)
        await index.put(A_WORKSPACE, [_chunk("a@1")])
        yield index
    finally:
        await server.close()


def _chunk(edition: str) -> EmbeddedChunk:
    chunk = Chunk(id=f"{edition}:0", edition=edition, ordinal=0, text="", searched="")
    return EmbeddedChunk(chunk=chunk, vector=VECTOR, readers=frozenset({TEAM}))


async def _found(index: PgVectors) -> list[str]:
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset({TEAM}))
    return [hit.chunk for hit in await index.search(Query(text="", vector=VECTOR, scope=scope))]


@pytest.mark.parametrize(
    ("available", "installed", "told"),
    [
        (None, None, "PostgreSQL has no pgvector for there. Install it"),
        ("0.7.4", None, r"pgvector 0\.7\.4 of there is too old.*install a newer one on the server, then run ALTER"),
        ("0.8.1", "0.7.4", r"pgvector 0\.7\.4 of there is too old, since 0\.8 or newer is needed: run ALTER EXTENSION"),
        ("0.10.0", "0.10.0", None),
        ("0.8.0", None, None),
        ("1.0", "0.8.0", None),
    ],
)
def test_what_somebody_has_to_do_about_pgvector_is_told(
    available: str | None, installed: str | None, told: str | None
) -> None:
    found = Found(available=available, installed=installed, path=None, schema=False, made=False)
    if told is None:
        assert found.lacking("there") is None
    else:
        assert re.search(told, found.lacking("there") or "")


async def test_an_old_pgvector_is_refused(own: postgres.Server) -> None:
    async with holding(await asyncio.to_thread(own.empty)) as index:
        async with index._server.write() as connection:
            await connection.execute(text("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'"))
        with pytest.raises(Refused, match=r"pgvector 0\.7\.4 .* too old.*ALTER EXTENSION vector UPDATE"):
            await index.prepare(SPEC)
        assert [(one.what, one.ok) async for one in index.check(SPEC)][2] == ("pgvector", False)


async def test_who_may_not_install_pgvector_or_make_a_schema_is_told(own: postgres.Server) -> None:
    address = await asyncio.to_thread(own.empty)
    owner = await asyncpg.connect(address)
    await owner.execute("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN")
    guest = Server(address.replace("postgres@", "guest@"))
    index = PgVectors(guest, Everything(), patience=HASTY)
    with pytest.raises(Refused, match="Have the owner of the database run CREATE EXTENSION vector there"):
        await index.prepare(SPEC)
    await owner.execute("CREATE EXTENSION vector")
    with pytest.raises(Refused, match="Grant it the rights"):
        await index.prepare(SPEC)
    await owner.execute("CREATE SCHEMA footnote_vectors AUTHORIZATION guest")
    await index.prepare(SPEC)
    assert await _found(index) == []
    await guest.close()
    await owner.close()


async def test_pgvector_may_be_in_any_schema(own: postgres.Server) -> None:
    address = await asyncio.to_thread(own.empty)
    owner = await asyncpg.connect(address)
    await owner.execute('CREATE SCHEMA "Our extensions"; CREATE EXTENSION vector SCHEMA "Our extensions"')
    await owner.close()
    async with holding(address) as index:
        await index.settled(A_WORKSPACE)
        assert await _found(index) == ["a@1:0"]
        assert (await index.vectors(A_WORKSPACE, ["a@1:0"]))["a@1:0"] == pytest.approx(VECTOR)


async def test_a_search_of_a_server_that_hangs_is_given_up_in_time(own: postgres.Server) -> None:
    async with holding(await asyncio.to_thread(own.empty), command=3_600) as index:
        assert await _found(index) == ["a@1:0"]
        own.freeze(frozen=True)
        try:
            for _ in range(2):  # on a connection that was open, and on one that has to be opened
                with pytest.raises(Unreachable, match="does not answer"):
                    await _found(index)
        finally:
            own.freeze(frozen=False)
        assert await _found(index) == ["a@1:0"]


@pytest.mark.parametrize("error", [None, LookupError])
async def test_a_server_that_hangs_after_its_answer_is_given_up_in_time(
    own: postgres.Server, error: type[Exception] | None
) -> None:
    async def answered() -> None:
        async with asyncio.timeout(30), hurried(database, 0.3) as connection:
            await connection.execute(text("SELECT"))
            own.freeze(frozen=True)
            if error:
                raise error

    database = Server(await asyncio.to_thread(own.empty), command=3_600)
    try:
        with pytest.raises(Unreachable, match="does not answer"):
            await answered()
    finally:
        own.freeze(frozen=False)
    async with hurried(database, 60) as connection:
        await connection.execute(text("SELECT"))
    await database.close()


async def test_a_search_that_takes_too_long_is_given_up_by_the_server_too(own: postgres.Server) -> None:
    address = await asyncio.to_thread(own.empty)
    async with holding(address) as index:
        owner = await asyncpg.connect(address)
        async with owner.transaction():
            await owner.execute(f"LOCK TABLE {index._shelf.table.fullname} IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(Unreachable):
                await _found(index)
        assert await _found(index) == ["a@1:0"]
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        assert await owner.fetchval(waiting) == 0
        await owner.close()


async def test_a_search_that_is_stopped_stops(own: postgres.Server) -> None:
    address = await asyncio.to_thread(own.empty)
    async with holding(address, Patience(question=60)) as index:
        owner = await asyncpg.connect(address)
        async with owner.transaction():
            await owner.execute(f"LOCK TABLE {index._shelf.table.fullname} IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await _found(index)
        await owner.close()
        assert await _found(index) == ["a@1:0"]


async def test_what_a_sync_does_is_tried_again_while_the_server_restarts(own: postgres.Server) -> None:
    patient = Patience(pauses=(0.05,) * 200, tries=60.0)
    async with holding(await asyncio.to_thread(own.empty), patient) as index:
        own.stop()
        async with asyncio.TaskGroup() as sync:
            putting = sync.create_task(index.put(A_WORKSPACE, [_chunk("b@1")]))
            removing = sync.create_task(index.remove(A_WORKSPACE, ["a@1"]))
            await asyncio.to_thread(own.start)
        assert putting.done()
        assert removing.done()
        assert await _found(index) == ["b@1:0"]


async def test_the_first_question_after_a_restart_is_answered(own: postgres.Server) -> None:
    async with holding(await asyncio.to_thread(own.empty), Patience(question=60)) as index:
        own.stop()
        await asyncio.to_thread(own.start)
        assert await _found(index) == ["a@1:0"]


async def test_what_a_sync_does_is_given_up_where_the_server_stays_away(own: postgres.Server) -> None:
    async with holding(await asyncio.to_thread(own.empty)) as index:
        own.stop()
        try:
            for work in (
                index.put(A_WORKSPACE, [_chunk("b@1")]),
                index.remove(A_WORKSPACE, ["a@1"]),
                index.clear(A_WORKSPACE),
                index.settled(A_WORKSPACE),
                index.vectors(A_WORKSPACE, ["a@1:0"]),
                index.count(A_WORKSPACE),
                index.prepare(SPEC),
                _found(index),
            ):
                with pytest.raises(Unreachable, match="does not answer"):
                    await work
            assert [(one.what, one.ok) async for one in index.check(SPEC)] == [("reachable", False)]
        finally:
            await asyncio.to_thread(own.start)
        assert await _found(index) == ["a@1:0"]


async def test_a_put_that_breaks_off_leaves_whole_parts(own: postgres.Server) -> None:
    async with holding(await asyncio.to_thread(own.empty)) as index:
        broken = EmbeddedChunk(chunk=_chunk("c@1").chunk, vector=VECTOR[:3], readers=frozenset({TEAM}))
        with pytest.raises(KnowledgeError):
            await index.put(A_WORKSPACE, [_chunk("b@1"), broken])
        assert await _found(index) == ["a@1:0"]


async def test_clearing_waits_for_nobody_who_reads(own: postgres.Server) -> None:
    address = await asyncio.to_thread(own.empty)
    async with holding(address) as index:
        reader = await asyncpg.connect(address)
        async with reader.transaction():
            await reader.execute(f"TABLE {index._shelf.table.fullname}")
            await index.clear(A_WORKSPACE)
            assert await index.count(A_WORKSPACE) == 0
        await reader.close()


async def test_a_healthy_server_is_said_to_be_one(own: postgres.Server) -> None:
    async with holding(await asyncio.to_thread(own.empty)) as index:
        found = [one async for one in index.check(SPEC)]
    assert [one.what for one in found] == ["reachable", "latency", "pgvector", "vectors"]
    assert all(one.ok for one in found)
    assert found[0].told.startswith("PostgreSQL 18")
    assert found[3].told.startswith("1 vectors of hashing are compared one by one; the table takes ")
