from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import insert, text

from knowledge.base import Scope
from knowledge.catalog import Catalog
from knowledge.errors import Busy, Damaged, OtherVersion, Refused, Unreachable
from knowledge.stores.postgres import PostgresStore
from knowledge.stores.server import Server
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from knowledge.tables import Setting
from tests.contracts.store import StoreContract
from tests.doubles.hashing import Hashing
from tests.doubles.remembering import Remembering
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from pathlib import Path

    from knowledge.base import EmbeddedChunk
    from knowledge.stores.base import Store
    from tests.doubles import postgres

SHELF = Shelf(document("a", "# B\n\nWombats dig burrows."))
OTHER = Shelf(document("b", "# A\n\nWombats sleep.", source="other"), name="other")
SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))


class TestSqliteStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _path(self, tmp_path: Path) -> None:
        self.path = tmp_path / "knowledge.db"

    def place(self) -> Callable[[], Store]:
        return lambda: SqliteStore(self.path)


class TestPostgresStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _address(self, server: postgres.Server) -> None:
        self.address = server.cleared()

    def place(self) -> Callable[[], Store]:
        return lambda: PostgresStore(Server(self.address))


@pytest.fixture
def address(server: postgres.Server) -> str:
    return server.cleared()


@asynccontextmanager
async def beside(address: str) -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of somebody else."""
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


async def synced(store: Store, shelf: Shelf, index: Remembering | None = None) -> None:
    vectors = serving(store, Hashing(), index=index or Remembering())
    await sync([shelf], catalog=Catalog(store), serving=vectors)


async def titles(store: Store) -> list[str]:
    return [listed.document for listed in await Catalog(store).documents(SCOPE)]


async def test_the_knowledge_is_apart_from_the_bots_own_tables(server: postgres.Server) -> None:
    address = await asyncio.to_thread(server.database)
    async with beside(address) as other, PostgresStore(Server(address)) as store:
        await synced(store, SHELF)
        schemas = await other.fetch("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('chunk', 'inbox')")
        assert {row[0] for row in schemas} == {"footnote_knowledge", "public"}


async def test_another_versions_knowledge_is_left_alone(address: str) -> None:
    async with PostgresStore(Server(address)):
        pass
    async with beside(address) as other:
        await other.execute("UPDATE footnote_knowledge.setting SET value = '99' WHERE name = 'version'")
        with pytest.raises(OtherVersion, match="DROP SCHEMA footnote_knowledge CASCADE and run footnote sync"):
            async with PostgresStore(Server(address)):
                pass
        await other.execute("DELETE FROM footnote_knowledge.setting WHERE name = 'version'")
        with pytest.raises(Damaged, match="holds no knowledge"):
            async with PostgresStore(Server(address)):
                pass


async def test_who_may_not_make_a_schema_is_told_unless_somebody_made_it_for_them(address: str) -> None:
    async with beside(address) as other:
        mary = f"mary_of_{await other.fetchval('SELECT current_database()')}"
        await other.execute(f"CREATE ROLE {mary} LOGIN")
        hers = address.replace("postgres@", f"{mary}@")
        with pytest.raises(Refused, match="may not do that"):
            async with PostgresStore(Server(hers)):
                pass
        await other.execute(f"CREATE SCHEMA footnote_knowledge AUTHORIZATION {mary}")
        async with PostgresStore(Server(hers)) as store:
            await synced(store, SHELF)
            assert await titles(store) == ["shelf/a"]


async def test_a_killed_process_lets_go_of_the_turn(address: str) -> None:
    script = (
        "import asyncio, sys\nfrom knowledge.stores.postgres import PostgresStore\n"
        "from knowledge.stores.server import Server\n"
        "async def main():\n  async with PostgresStore(Server(sys.argv[1])) as store, store.alone():\n"
        "    print('mine', flush=True)\n    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, address, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    assert await child.stdout.readline() == b"mine\n"
    async with PostgresStore(Server(address)) as store:
        with pytest.raises(Busy, match="Another sync is writing to the database"):
            await synced(store, SHELF)
        child.send_signal(signal.SIGKILL)
        await child.wait()
        async with asyncio.timeout(30):
            while True:  # until the server has seen the end of the connection
                try:
                    await synced(store, SHELF)
                except Busy:
                    await asyncio.sleep(0)
                else:
                    break
        assert await titles(store) == ["shelf/a"]


class Losing(Remembering):
    """An index during whose work the connection that holds the turn is lost, and something else happens."""

    def __init__(self, address: str, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self._address = address
        self._meanwhile = meanwhile

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        await super().put(workspace, chunks)
        async with beside(self._address) as other:
            # With a timeout the server waits for the end of the other connection.
            ended = await other.fetch(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_database ON database = pg_database.oid"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
        assert [row[0] for row in ended] == [True]
        if self._meanwhile is not None:
            await self._meanwhile()


async def test_a_sync_whose_turn_was_lost_to_another_publishes_nothing(address: str) -> None:
    async with PostgresStore(Server(address)) as store, PostgresStore(Server(address)) as elsewhere:
        losing = Losing(address, lambda: synced(elsewhere, OTHER))
        with pytest.raises(Busy, match="was lost, and another sync has begun there"):
            await synced(store, SHELF, losing)
        assert await titles(store) == ["other/b"]
        await synced(store, SHELF)
        assert await titles(store) == ["other/b", "shelf/a"]


async def test_a_sync_whose_turn_nobody_took_goes_on(address: str) -> None:
    async with PostgresStore(Server(address)) as store:
        await synced(store, SHELF, Losing(address))
        assert await titles(store) == ["shelf/a"]


async def test_a_server_that_is_gone_in_the_middle_is_told_and_the_next_sync_goes_on(address: str) -> None:
    async with PostgresStore(Server(address)) as store, beside(address) as other:
        await synced(store, OTHER)
        with pytest.raises(Unreachable, match="does not answer"):  # noqa: PT012 - it is ended between two steps
            async with store.write() as connection:
                await connection.execute(insert(Setting), [{"name": "a", "value": "b"}])
                await other.fetch(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        assert await titles(store) == ["other/b"]
        await synced(store, SHELF)
        assert await titles(store) == ["other/b", "shelf/a"]


async def test_a_stopped_server_is_told_and_served_again_when_it_is_back(server: postgres.Server, address: str) -> None:
    async with PostgresStore(Server(address)) as store:
        await synced(store, SHELF)
        await asyncio.to_thread(server.stop)
        try:
            with pytest.raises(Unreachable):
                await titles(store)
            with pytest.raises(Unreachable):
                await synced(store, SHELF)
        finally:
            await asyncio.to_thread(server.start)
        assert await titles(store) == ["shelf/a"]


async def test_a_full_pool_is_told(address: str) -> None:
    async with PostgresStore(Server(address, size=1, patience=0.01)) as store, store.read() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(Unreachable):
            await titles(store)
