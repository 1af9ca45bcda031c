"""The same contract against Pinecone itself, with PINECONE_API_KEY and PINECONE_HOST set: pytest -m live.

The index must be dense and of dimension 64, of any metric; each test uses namespaces of its own and deletes them.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pytest

from knowledge.base import VectorSpec
from knowledge.indexes.pinecone.index import PineconeVectors
from tests.contracts.index import VectorsContract
from tests.doubles.knowledge import A_WORKSPACE
from tests.doubles.pinecone.library import SettlingLibrary, in_pinecone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from knowledge.base import VectorIndex
    from tests.contracts.index import Library
    from tests.doubles.knowledge import Held

_KEY: Final = os.environ.get("PINECONE_API_KEY", "")  # noqa: TID251 - before tests forget the environment
_HOST: Final = os.environ.get("PINECONE_HOST", "")  # noqa: TID251 - the same
_LOOKS: Final = 60


class _Apart(PineconeVectors):
    """Names of models are of this test alone, and statistics are waited for, which lag behind searches."""

    test = ""

    async def prepare(self, spec: VectorSpec, /) -> None:
        await super().prepare(VectorSpec(model=f"{spec.model}-{self.test}", dimensions=spec.dimensions))

    async def count(self, workspace: str, /) -> int:
        counts = [-1, await super().count(workspace)]
        while len(counts) < _LOOKS and (counts[-1] != counts[-2] or len(counts) < 4):
            await asyncio.sleep(2)
            counts.append(await super().count(workspace))
        return counts[-1]


@dataclass(frozen=True, slots=True)
class _Library(SettlingLibrary):
    async def publish(self, *held: Held, instead: Sequence[Held] = ()) -> None:
        await SettlingLibrary.publish(self, *held, instead=tuple(instead))
        await cast("VectorIndex", self.index).settled(self.workspace)


@pytest.mark.live
@pytest.mark.skipif(not (_KEY and _HOST), reason="PINECONE_API_KEY and PINECONE_HOST are not set")
class TestPineconeItself(VectorsContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "knowledge.db"

    @asynccontextmanager
    async def library(self) -> AsyncGenerator[Library]:
        test = uuid.uuid4().hex[:8]
        kind = type("_Named", (_Apart,), {"test": test})
        async with in_pinecone(self.path, _HOST, _KEY, kind=kind) as library:
            try:
                yield _Library(library.store, library.index, library.make)
            finally:
                await self._cleaned(cast("PineconeVectors", library.index), test)

    @staticmethod
    async def _cleaned(index: PineconeVectors, test: str) -> None:
        """Delete what this test made, under all its models."""
        asks = index._asking
        names = await asks.ask(lambda sdk: sdk.list_namespaces_paginated(prefix=f"{A_WORKSPACE}~"), 60)
        for name in [each.name for each in names.namespaces if f"-{test}~" in each.name]:
            await asks.ask(lambda sdk, name=name: sdk.delete_namespace(name=name), 60)  # type: ignore[misc]
