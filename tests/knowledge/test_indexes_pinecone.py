from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.index import VectorsContract
from tests.doubles.knowledge import SPEC
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.library import Hasty, in_pinecone
from tests.doubles.pinecone.server import KEY, Pinecone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.contracts.index import Library
    from tests.doubles.pinecone.index import Metric


@pytest.fixture(scope="module")
def running() -> Iterator[Pinecone]:
    with Pinecone(Index(dimension=SPEC.dimensions)) as service:
        yield service


class TestPineconeVectors(VectorsContract):
    """What is written is seen a few requests later only."""

    metric: Metric = "cosine"
    tells_positions = True
    deletes_by_filter = True

    @pytest.fixture(autouse=True)
    def _service(self, running: Pinecone, tmp_path: Path) -> None:
        self.path = tmp_path / "knowledge.db"
        self.service = running
        running.forget(
            Index(
                dimension=SPEC.dimensions,
                metric=self.metric,
                lag=3,
                tells_positions=self.tells_positions,
                deletes_by_filter=self.deletes_by_filter,
            )
        )

    def library(self) -> AbstractAsyncContextManager[Library]:
        return in_pinecone(self.path, self.service.url, KEY, clock=Hasty())


class TestWithEuclideanDistancesAndNoPositions(TestPineconeVectors):
    metric = "euclidean"
    tells_positions = False


class TestWithDotProductsAndNoDeletionByMetadata(TestPineconeVectors):
    metric = "dotproduct"
    deletes_by_filter = False
