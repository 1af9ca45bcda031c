"""Whole syncs that cost money: at a limit they stop, and go on from there when there is more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.money.embedding import Paying
from bot.money.limits import Limit, Limits
from knowledge.catalog import Catalog
from knowledge.endpoint.base import Endpoint
from knowledge.endpoint.embedder import opened
from knowledge.errors import Unaffordable
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.contracts.ledger import used
from tests.doubles.chains import Flat
from tests.doubles.embeddings import Embeddings
from tests.doubles.ledger import MemoryLedger
from tests.doubles.remembering import Remembering
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from pathlib import Path

    from bot.money.base import Payer
    from knowledge.base import Embedder
    from knowledge.syncing import Summary

SHELF = Shelf(*(document(f"{number:03}", f"This is number {number:03}.") for number in range(60)))
BATCH = 5


@dataclass
class Everyone:
    """One limit, of everyone together, which a test may raise."""

    micros: int

    def __call__(self, payer: Payer) -> Limits:
        return Limits(
            person=Limit(holder="person", name=payer.person),
            workspace=Limit(holder="workspace", name=payer.workspace),
            everyone=Limit(holder="everyone", micros=self.micros),
        )


async def tried(paid: Embedder, store: SqliteStore, index: Remembering) -> Summary | Unaffordable:
    paid.batch = BATCH
    try:
        vectors = serving(store, paid, index=index)
        return await sync([SHELF], catalog=Catalog(store), serving=vectors)
    except Unaffordable as error:
        return error


async def test_a_sync_that_reaches_a_limit_keeps_what_was_paid_for_and_goes_on_later(tmp_path: Path) -> None:
    limit = Everyone(300)
    ledger = MemoryLedger(limit)
    paying = Paying(ledger=ledger, price_of=lambda _: Flat())
    with Embeddings() as server:
        endpoint = Endpoint(model="text-embedding-3-small", base_url=server.url, dimensions=64)
        async with opened(endpoint) as embedder, SqliteStore(tmp_path / "knowledge.db") as store:
            stopped, index = 0, Remembering()
            while isinstance(
                came := await tried(paying.by_workspace(TEAM, str(stopped))(embedder), store, index), Unaffordable
            ):
                assert stopped < 20
                assert "What was embedded before is kept: sync again then." in came.told
                assert (await used(ledger))["everyone", "micros"] == server.tokens <= limit.micros
                limit.micros += 200
                stopped += 1
        assert stopped > 0
        assert came.added == 60
        assert set(Counter(server.texts).values()) == {1}
