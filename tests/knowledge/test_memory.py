"""The fakes keep to the contracts that they stand in for."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.contracts.embedder import EmbedderContract
from tests.contracts.index import IndexContract, VectorsContract
from tests.doubles.hashing import Hashing
from tests.doubles.knowledge import Memory

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from knowledge.base import Embedder
    from tests.contracts.index import Library


class TestWordsInMemory(IndexContract):
    @asynccontextmanager
    async def library(self) -> AsyncGenerator[Library]:
        yield Memory("words")


class TestVectorsInMemory(VectorsContract):
    @asynccontextmanager
    async def library(self) -> AsyncGenerator[Library]:
        yield Memory("vectors")


class TestHashing(EmbedderContract):
    def embedder(self) -> Embedder:
        return Hashing()
