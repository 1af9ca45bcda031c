from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from knowledge.errors import Busy
from knowledge.following import following
from knowledge.serving import Semantic, Serving
from knowledge.vectorsets import Kept
from tests.doubles.hashing import Hashing
from tests.doubles.knowledge import A_WORKSPACE, SPEC, Memory

if TYPE_CHECKING:
    from knowledge.base import VectorIndex


class Ahead(Memory):
    """Counts how often it was told to read, says so, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__("vectors")
        self.failures = failures
        self.looked = 0
        self.thrice = asyncio.Event()

    async def read_ahead(self, workspace: str, /) -> None:
        assert workspace == A_WORKSPACE
        self.looked += 1
        if self.looked == 3:
            self.thrice.set()
        if self.looked <= self.failures:
            raise Busy("The file is in use.")


class Still(Serving):
    """Lets one index serve, for ever."""

    def __init__(self, index: VectorIndex) -> None:
        kept = Kept(store="memory", embedder="hashing", spec=SPEC)
        self.workspace = A_WORKSPACE
        self._semantic = Semantic(kept=kept, index=index, embedder=Hashing())

    async def now(self) -> Semantic:
        return self._semantic


async def test_an_index_is_told_to_look_again_and_again() -> None:
    index = Ahead()
    async with following(Still(index), pause=0):
        await index.thrice.wait()
    looked = index.looked
    await asyncio.sleep(0)
    assert index.looked == looked


async def test_a_file_that_cannot_be_read_now_is_looked_at_again() -> None:
    index = Ahead(failures=2)
    async with following(Still(index), pause=0):
        await index.thrice.wait()


async def test_what_the_body_raises_comes_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        async with following(Still(Ahead()), pause=0):
            raise ZeroDivisionError


async def test_a_mistake_ends_the_body_and_is_seen() -> None:
    class Mistaken(Ahead):
        async def read_ahead(self, workspace: str, /) -> None:
            raise ValueError("prepare comes before search")

    with pytest.raises(ExceptionGroup) as raised:
        async with following(Still(Mistaken()), pause=0):
            await asyncio.Event().wait()
    assert raised.group_contains(ValueError, match="prepare")
