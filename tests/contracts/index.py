"""What every index keeps to, fakes included. Subclass it, and say how to put documents into one and publish them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import pytest

from knowledge.base import PUBLIC, Filter, Query, Scope, VectorSpec
from tests.doubles.hashing import Hashing, hashed
from tests.doubles.knowledge import A_WORKSPACE, SPEC, Held, an_edition

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from knowledge.base import Field, Hit, Index, VectorIndex

TEAM = "slack:T1"
CHANNEL = "slack:T1:channel:C1"


class Library(Protocol):
    """An index with the catalog that says what in it answers."""

    @property
    def index(self) -> Index:
        """The index."""
        ...

    def beside(self) -> VectorIndex:
        """Make another index on the same store, as another process has one; not for words."""
        ...

    async def stage(self, *held: Held) -> None:
        """Write editions that do not answer yet, and put their chunks into the index, as a sync does."""
        ...

    async def publish(self, *held: Held, instead: tuple[Held, ...] = ()) -> None:
        """Let staged editions answer, instead of others, which are forgotten, as at the end of a sync."""
        ...


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks an index as a retriever does."""

    library: Library
    embedder: Hashing = field(default_factory=lambda: Hashing(dimensions=SPEC.dimensions))

    async def ask(
        self,
        text: str,
        *principals: str,
        workspace: str = A_WORKSPACE,
        filters: tuple[Filter, ...] = (),
        limit: int = 100,
    ) -> list[Hit]:
        vector = (await self.embedder.embed([text], purpose="question")).vectors[0]
        scope = Scope(workspace=workspace, principals=frozenset(principals or {TEAM}))
        query = Query(text=text, vector=vector, scope=scope, filters=filters, limit=limit)
        return list(await self.library.index.search(query))

    async def found(self, text: str, *principals: str, **how: object) -> set[str]:
        """Name the documents of the hits."""
        hits = await self.ask(text, *principals, **how)  # type: ignore[arg-type]  # the parameters of ask
        return {hit.chunk.partition("@")[0] for hit in hits}


def _of(name: Field, *values: str) -> Filter:
    return Filter(field=name, values=frozenset(values))


def _asked(text: str) -> Query:
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset({TEAM}))
    return Query(text=text, vector=hashed(text, SPEC.dimensions), scope=scope)


class IndexContract(ABC):
    """The rules of ``knowledge.base.Index``."""

    @abstractmethod
    def library(self) -> AbstractAsyncContextManager[Library]:
        """Open an empty one."""

    @asynccontextmanager
    async def holding(self, *held: Held) -> AsyncGenerator[_Asker]:
        async with self.library() as library:
            await library.index.prepare(SPEC)
            if held:
                await library.stage(*held)
                await library.publish(*held)
            yield _Asker(library)

    async def test_it_finds_what_the_question_says_best_first(self) -> None:
        near = an_edition("near", "backups run every night")
        far = an_edition("far", "backups of the printer on the third floor are kept for ten days")
        async with self.holding(near, far) as asker:
            hits = await asker.ask("when do backups run every night")
        assert hits[0].chunk == near.chunks[0].chunk.id
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)

    async def test_nothing_is_found_before_it_is_published(self) -> None:
        held = an_edition("a", "backups run every night")
        async with self.library() as library:
            await library.index.prepare(SPEC)
            await library.stage(held)
            assert await _Asker(library).found("backups") == set()
            await library.publish(held)
            assert await _Asker(library).found("backups") == {"a"}

    async def test_a_publication_is_seen_by_the_next_search(self) -> None:
        old, new = an_edition("a", "backups run daily"), an_edition("a", "backups run weekly", version=2)
        async with self.holding(old) as asker:
            assert [hit.chunk for hit in await asker.ask("backups")] == [old.chunks[0].chunk.id]
            await asker.library.stage(new)
            assert [hit.chunk for hit in await asker.ask("backups")] == [old.chunks[0].chunk.id]
            await asker.library.publish(new, instead=(old,))
            assert [hit.chunk for hit in await asker.ask("backups")] == [new.chunks[0].chunk.id]

    async def test_what_is_gone_is_not_found(self) -> None:
        stays, goes = an_edition("stays", "backups run daily"), an_edition("goes", "backups run weekly")
        async with self.holding(stays, goes) as asker:
            await asker.library.publish(instead=(goes,))
            assert await asker.found("backups") == {"stays"}

    async def test_removing_what_is_not_there_is_no_error(self) -> None:
        async with self.holding(an_edition("a", "backups run daily")) as asker:
            await asker.library.index.remove(A_WORKSPACE, ["nothing"])
            await asker.library.index.remove(A_WORKSPACE, [])
            await asker.library.index.remove("slack:T2", ["nothing"])
            assert await asker.found("backups") == {"a"}

    async def test_putting_a_chunk_again_changes_nothing(self) -> None:
        held = an_edition("a", "backups run daily", "backups run weekly")
        async with self.holding(held) as asker:
            once = await asker.ask("backups")
            await asker.library.index.put(A_WORKSPACE, held.chunks)
            assert await asker.ask("backups") == once

    async def test_putting_nothing_is_no_error(self) -> None:
        async with self.holding() as asker:
            await asker.library.index.put(A_WORKSPACE, [])

    async def test_an_empty_index_finds_nothing(self) -> None:
        async with self.holding() as asker:
            assert await asker.ask("backups") == []

    async def test_only_what_a_principal_may_read_is_found(self) -> None:
        held = (
            an_edition("world", "backups", readers={PUBLIC}),
            an_edition("team", "backups", readers={TEAM}),
            an_edition("channel", "backups", readers={CHANNEL, "slack:T1:person:U9"}),
        )
        async with self.holding(*held) as asker:
            assert await asker.found("backups", PUBLIC) == {"world"}
            assert await asker.found("backups", TEAM) == {"team"}
            assert await asker.found("backups", PUBLIC, TEAM, CHANNEL) == {"world", "team", "channel"}
            assert await asker.found("backups", "slack:T1:channel:C2") == set()
            assert await asker.found("backups", "slack:T") == set()

    async def test_a_scope_without_principals_finds_nothing(self) -> None:
        async with self.holding(an_edition("a", "backups", readers={PUBLIC})) as asker:
            query = Query(
                text="backups",
                vector=np.ones(SPEC.dimensions, np.float32),
                scope=Scope(workspace=A_WORKSPACE, principals=frozenset()),
            )
            assert list(await asker.library.index.search(query)) == []

    async def test_another_workspace_is_out_of_reach(self) -> None:
        async with self.holding(an_edition("a", "backups", readers={PUBLIC, TEAM})) as asker:
            assert await asker.found("backups", PUBLIC, TEAM, workspace="slack:T2") == set()

    async def test_better_hits_out_of_scope_take_no_place(self) -> None:
        hidden = [an_edition(f"hidden{number}", "backups", readers={CHANNEL}) for number in range(9)]
        async with self.holding(*hidden, an_edition("shown", "backups and other words", readers={TEAM})) as asker:
            assert await asker.found("backups", TEAM, limit=3) == {"shown"}

    @pytest.mark.parametrize(
        ("conditions", "expected"),
        [
            ((), {"new", "old"}),
            ((_of("year", "2024"),), {"new"}),
            ((_of("year", "2024", "2019"),), {"new", "old"}),
            ((_of("tag", "SECURITY"),), {"new", "old"}),
            ((_of("tag", "security"), _of("publisher", "acme ltd")), {"old"}),
            ((_of("tag", "security"), _of("publisher", "acme")), set()),
            ((_of("year"),), set()),
            ((_of("version", "2024"),), set()),
        ],
    )
    async def test_every_filter_must_hold_for_one_of_its_values(
        self, conditions: tuple[Filter, ...], expected: set[str]
    ) -> None:
        new = an_edition("new", "backups", attributes={"year": ["2024"], "tag": ["Security", "ops"]})
        old = an_edition(
            "old", "backups", attributes={"year": ["2019"], "tag": ["security"], "publisher": ["Acme Ltd"]}
        )
        async with self.holding(new, old) as asker:
            assert await asker.found("backups", filters=conditions) == expected

    async def test_a_filter_shows_nothing_that_the_scope_hides(self) -> None:
        hidden = an_edition("hidden", "backups", readers={CHANNEL}, attributes={"year": ["2024"]})
        async with self.holding(hidden) as asker:
            assert await asker.found("backups", TEAM, filters=(_of("year", "2024"),)) == set()

    @pytest.mark.parametrize("limit", [0, 1, 3, 7, 100])
    async def test_the_limit_holds_and_the_best_come(self, limit: int) -> None:
        held = [an_edition(f"d{number}", "backups " + "other " * number) for number in range(7)]
        async with self.holding(*held) as asker:
            everything = await asker.ask("backups")
            some = await asker.ask("backups", limit=limit)
        assert len(everything) == 7
        assert some == everything[:limit]

    @pytest.mark.parametrize(
        "text",
        ["", "   ", '"', "'; DROP TABLE chunk; --", "a AND OR NOT (", "*", "NEAR(x y)", "\x00", "\ud800", "字" * 99],
    )
    async def test_any_question_may_be_asked(self, text: str) -> None:
        async with self.holding(an_edition("a", "backups run daily")) as asker:
            assert await asker.found(text) <= {"a"}
            assert await asker.found("backups") == {"a"}

    async def test_preparing_again_changes_nothing(self) -> None:
        async with self.holding(an_edition("a", "backups")) as asker:
            await asker.library.index.prepare(SPEC)
            assert await asker.found("backups") == {"a"}


class VectorsContract(IndexContract):
    """What holds for an index of vectors besides."""

    async def test_another_models_vectors_stay_apart(self) -> None:
        held = an_edition("a", "backups")
        async with self.holding(held) as asker:
            other = asker.library.beside()
            await other.prepare(VectorSpec(model="other", dimensions=SPEC.dimensions))
            assert await other.count(A_WORKSPACE) == 0
            await other.put(A_WORKSPACE, held.chunks)
            await other.settled(A_WORKSPACE)
            assert [hit.chunk for hit in await other.search(_asked("backups"))] == [held.chunks[0].chunk.id]
            await other.clear(A_WORKSPACE)
            await other.settled(A_WORKSPACE)
            assert await other.count(A_WORKSPACE) == 0
            assert await asker.found("backups") == {"a"}

    async def test_vectors_come_back_as_they_were_put(self) -> None:
        held = an_edition("a", "backups run daily", "restores take an hour")
        async with self.holding(held) as asker:
            index = self._of(asker)
            found = await index.vectors(A_WORKSPACE, [each.chunk.id for each in held.chunks] + ["nothing@1:0"])
            assert found.keys() == {each.chunk.id for each in held.chunks}
            for each in held.chunks:
                assert found[each.chunk.id] == pytest.approx(each.vector, abs=2e-3)
            assert await index.vectors("slack:T2", [held.chunks[0].chunk.id]) == {}
            assert await index.vectors(A_WORKSPACE, []) == {}

    async def test_it_counts_what_it_holds_and_forgets_all_of_it(self) -> None:
        held = an_edition("a", "backups run daily", "restores take an hour")
        async with self.holding(held) as asker:
            index = self._of(asker)
            assert await index.count(A_WORKSPACE) == 2
            assert await index.count("slack:T2") == 0
            await index.clear("slack:T2")
            await index.settled("slack:T2")
            assert await index.count(A_WORKSPACE) == 2
            await index.clear(A_WORKSPACE)
            await index.settled(A_WORKSPACE)
            assert await index.count(A_WORKSPACE) == 0
            assert await asker.found("backups") == set()

    @staticmethod
    def _of(asker: _Asker) -> VectorIndex:
        return cast("VectorIndex", asker.library.index)

    async def test_scores_are_cosines(self) -> None:
        async with self.holding(an_edition("a", "backups run daily")) as asker:
            (hit,) = await asker.ask("backups run daily")
        assert hit.score == pytest.approx(1, abs=1e-5)

    async def test_without_a_vector_nothing_is_found(self) -> None:
        async with self.holding(an_edition("a", "backups")) as asker:
            scope = Scope(workspace=A_WORKSPACE, principals=frozenset({TEAM}))
            assert not await asker.library.index.search(Query(text="backups", vector=None, scope=scope))
