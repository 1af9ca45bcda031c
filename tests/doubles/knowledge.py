"""Editions for tests, and an index in memory with the catalog that says what in it answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from knowledge.base import Chunk, EmbeddedChunk, Hit, VectorIndex, VectorSpec
from knowledge.terms import words
from tests.doubles.hashing import hashed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.base import Field, Index, Query, Vectors

A_WORKSPACE = "slack:T1"
SPEC = VectorSpec(model="hashing", dimensions=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An edition with all its chunks."""

    id: str
    document: str
    readers: frozenset[str]
    attributes: Mapping[Field, frozenset[str]]
    chunks: tuple[EmbeddedChunk, ...]


def an_edition(
    document: str,
    *texts: str,
    version: int = 1,
    readers: set[str] | frozenset[str] = frozenset({"slack:T1"}),
    attributes: Mapping[Field, Sequence[str]] | None = None,
) -> Held:
    """An edition of a document, named ``document@version``, with one chunk a text."""
    edition = f"{document}@{version}"
    chunks = [
        Chunk(id=f"{edition}:{ordinal}", edition=edition, ordinal=ordinal, text=text, searched=text)
        for ordinal, text in enumerate(texts)
    ]
    known = {name: frozenset(map(str.casefold, values)) for name, values in (attributes or {}).items()}
    return Held(
        id=edition,
        document=document,
        readers=frozenset(readers),
        attributes=known,
        chunks=tuple(
            EmbeddedChunk(
                chunk=chunk,
                vector=hashed(chunk.text, SPEC.dimensions),
                readers=frozenset(readers),
                attributes=known,
            )
            for chunk in chunks
        ),
    )


class Memory(VectorIndex):
    """An index that keeps everything in dictionaries; words count how often the question's occur."""

    def __init__(self, name: Literal["words", "vectors"], beside: Memory | None = None) -> None:
        self.name = name
        self._spec: VectorSpec | None = None
        self._all: dict[tuple[str, VectorSpec | None], dict[str, EmbeddedChunk]] = beside._all if beside else {}
        self._live: dict[str, Held] = beside._live if beside else {}

    async def prepare(self, spec: VectorSpec, /) -> None:
        self._spec = spec

    async def put(self, workspace: str, chunks: Sequence[EmbeddedChunk], /) -> None:
        self._of(workspace).update({item.chunk.id: item for item in chunks})

    async def remove(self, workspace: str, editions: Sequence[str], /) -> None:
        held = self._of(workspace)
        for name in [name for name, item in held.items() if item.chunk.edition in editions]:
            del held[name]

    async def settled(self, workspace: str, /) -> None:
        pass

    async def vectors(self, workspace: str, chunks: Sequence[str], /) -> Mapping[str, Vectors]:
        held = self._of(workspace)
        return {name: held[name].vector for name in chunks if name in held}

    async def clear(self, workspace: str, /) -> None:
        self._of(workspace).clear()

    async def count(self, workspace: str, /) -> int:
        return len(self._of(workspace))

    def beside(self) -> VectorIndex:
        return Memory(self.name, self)

    def _of(self, workspace: str) -> dict[str, EmbeddedChunk]:
        return self._all.setdefault((workspace, self._spec), {})

    async def search(self, query: Query, /) -> Sequence[Hit]:
        found = [
            Hit(chunk=name, score=score)
            for name, item in self._of(query.scope.workspace).items()
            if self._readable(item.chunk.edition, query) and (score := self._score(item, query)) > 0
        ]
        return sorted(found, key=lambda hit: (-hit.score, hit.chunk))[: query.limit]

    async def stage(self, *held: Held) -> None:
        for edition in held:
            await self.put(A_WORKSPACE, edition.chunks)

    async def publish(self, *held: Held, instead: tuple[Held, ...] = ()) -> None:
        for edition in instead:
            del self._live[edition.id]
        self._live |= {edition.id: edition for edition in held}
        await self.remove(A_WORKSPACE, [edition.id for edition in instead])

    @property
    def index(self) -> Index:
        return self

    def _readable(self, edition: str, query: Query) -> bool:
        held = self._live.get(edition)
        return (
            held is not None
            and query.scope.workspace == A_WORKSPACE
            and bool(held.readers & query.scope.principals)
            and all(
                held.attributes.get(each.field, frozenset()) & {value.casefold() for value in each.values}
                for each in query.filters
            )
        )

    def _score(self, item: EmbeddedChunk, query: Query) -> float:
        if self.name == "vectors":
            return 0.0 if query.vector is None else float(item.vector @ query.vector)
        said = Counter(words(item.chunk.searched))
        return sum(said[word] for word in words(query.text)) / (1 + said.total())
