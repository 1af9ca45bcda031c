"""One question's search by meaning, which may fail without the question failing: keywords are left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar

import structlog

from knowledge.errors import KnowledgeError, Refused, Unaffordable, Unreachable, WrongVectors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from knowledge.base import Embedder, Hit, Query, Vectors, VectorSpec
    from knowledge.resting import Rest
    from knowledge.serving import Semantic

PATIENCE: Final = 20.0
"""Seconds after which a step has gone astray. Indexes and endpoints elsewhere give themselves some two for a question;
a model of this machine may have to be loaded first."""
_ALONE: Final = "Only keywords were searched."
_LATE: Final = "What searches by meaning did not answer in time."

_T = TypeVar("_T")

Paying: TypeAlias = "Callable[[Embedder], Embedder]"
"""Lets somebody pay for what an embedder does for one question."""


class Serves(Protocol):
    """Knows which vectors serve; ``knowledge.serving.Serving`` does."""

    @property
    def rest(self) -> Rest:
        """Whether they are left alone for a while."""
        ...

    async def now(self) -> Semantic:
        """Give them; raises KnowledgeError where they cannot be had."""
        ...


@dataclass(slots=True, kw_only=True)
class Meaning:
    """Vectors for a question, each made once. After the first failure nothing more is tried: ``missed`` says why.

    A question is searched again where something is published meanwhile, which ``begin`` says.
    """

    serves: Serves
    paying: Paying | None = None
    missed: str | None = None
    _semantic: Semantic | None = None
    _made: dict[tuple[VectorSpec, str], Vectors] = field(default_factory=dict)

    def begin(self) -> None:
        """Search with what serves now, which may have changed."""
        self._semantic = None

    @property
    def spec(self) -> VectorSpec | None:
        """Say whose vectors serve, once one was made."""
        return None if self._semantic is None else self._semantic.embedder.spec

    @property
    def share(self) -> float:
        """Say how much they weigh beside keywords."""
        return 0.0 if self._semantic is None else self._semantic.embedder.vector_share

    async def vector(self, text: str) -> Vectors | None:
        """Embed a question; None where that cannot be."""
        return await self._tried(lambda: self._embedded(text))

    async def found(self, query: Query) -> Sequence[Hit]:
        """Search; nothing where that cannot be."""
        if query.vector is None:
            return ()
        return await self._tried(lambda: self._searched(query)) or ()

    async def _embedded(self, text: str) -> Vectors:
        if self._semantic is None:
            self._semantic = await self.serves.now()
        embedder = self._semantic.embedder
        key = (embedder.spec, text)
        if key not in self._made:
            paid = self.paying(embedder) if self.paying else embedder
            self._made[key] = (await paid.embed([text], purpose="question")).vectors[0]
        return self._made[key]

    async def _searched(self, query: Query) -> Sequence[Hit]:
        if self._semantic is None:
            return ()
        hits = await self._semantic.index.search(query)
        self.serves.rest.worked()
        return hits

    async def _tried(self, work: Callable[[], Awaitable[_T]]) -> _T | None:
        if self.missed is not None:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                found = await work()
        except (Refused, Unaffordable, Unreachable, WrongVectors) as error:
            self._miss(error)
        except TimeoutError:
            self._miss(Unreachable(_LATE))
        else:
            return found
        return None

    def _miss(self, error: KnowledgeError) -> None:
        """Go on with keywords alone. What costs too much for one person works for others."""
        if not isinstance(error, Unaffordable) and error is not self.serves.rest.error:
            self.serves.rest.failed(error)
        self.missed = f"{error.told} {_ALONE}"
        structlog.get_logger().warning("searched by keywords alone", told=self.missed)
