"""What Pinecone may do to a sync and to a question."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.base import Query, Scope, VectorSpec
from knowledge.errors import KnowledgeError, Refused, Unreachable, WrongVectors
from knowledge.indexes.pinecone.index import PineconeVectors
from knowledge.indexes.pinecone.patience import Patience
from tests.contracts.index import TEAM
from tests.doubles.hashing import hashed
from tests.doubles.knowledge import A_WORKSPACE, SPEC, Held, an_edition
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.library import Hasty
from tests.doubles.pinecone.server import KEY, Pinecone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterator, Sequence

    from knowledge.base import Hit
    from tests.doubles.pinecone.faults import Fault
    from tests.doubles.pinecone.shelves import Record

NAMESPACE = "slack:T1~hashing~64"
PASSING: tuple[Fault, ...] = (429, 500, 503, "dropped", "dropped after")
LASTING: tuple[Fault, ...] = (429, 500, 503, "slow", "dropped", "dropped after", "gone")
SHORT = Patience(question=0.4, start=3.0, sync=2.5, settling=20, tries=3)
"""Of real time, where nothing answers; its pauses take none."""


class Everything:
    """A catalog in which every edition answers, as long as it does."""

    def __init__(self) -> None:
        self.not_answering: set[str] = set()

    async def answering(self, editions: Collection[str], /, *, workspace: str) -> frozenset[str]:
        return frozenset(editions) - self.not_answering


@pytest.fixture(scope="module")
def running() -> Iterator[Pinecone]:
    with Pinecone(Index(dimension=SPEC.dimensions)) as service:
        yield service


@pytest.fixture
def service(running: Pinecone) -> Pinecone:
    running.forget(Index(dimension=SPEC.dimensions, lag=3))
    return running


@pytest.fixture
def clock() -> Hasty:
    return Hasty()


@pytest.fixture
async def index(service: Pinecone, clock: Hasty) -> AsyncGenerator[PineconeVectors]:
    async with PineconeVectors(service.url, KEY, Everything(), clock=clock) as index:
        await index.prepare(SPEC)
        yield index


@pytest.fixture
async def hasty(service: Pinecone, clock: Hasty) -> AsyncGenerator[PineconeVectors]:
    """The same with little patience."""
    async with PineconeVectors(service.url, KEY, Everything(), patience=SHORT, clock=clock) as index:
        await index.prepare(SPEC)
        yield index


def many(count: int, name: str = "a") -> Held:
    return an_edition(name, *(f"backups {number}" for number in range(count)))


def held(service: Pinecone) -> dict[str, Record]:
    """What the service will have shown once it has caught up."""
    return service.index.shelves.written.get(NAMESPACE, {})


async def ask(index: PineconeVectors, text: str = "backups", limit: int = 100) -> Sequence[Hit]:
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset({TEAM}))
    return await index.search(Query(text=text, vector=hashed(text, SPEC.dimensions), scope=scope, limit=limit))


@pytest.mark.parametrize("fault", PASSING)
async def test_a_sync_outlasts_a_fault_and_leaves_what_one_without_leaves(
    service: Pinecone, index: PineconeVectors, fault: Fault
) -> None:
    goes, stays = many(5, "goes"), many(2_500, "stays")
    for kind in ("upsert", "delete", "query", "namespace"):
        service.misbehave(fault, kind, times=2)
    await index.clear(A_WORKSPACE)
    await index.put(A_WORKSPACE, [*goes.chunks, *stays.chunks])
    await index.settled(A_WORKSPACE)
    await index.remove(A_WORKSPACE, [goes.id])
    await index.settled(A_WORKSPACE)
    assert held(service).keys() == {item.chunk.id for item in stays.chunks}
    assert await index.count(A_WORKSPACE) == 2_500
    assert service.requests["upsert"] == 3 + 2
    assert service.requests["delete"] == 1 + 2
    assert index.spent.retries == 8


@pytest.mark.parametrize("fault", LASTING)
async def test_a_sync_that_cannot_write_ends_after_so_many_requests(
    service: Pinecone, hasty: PineconeVectors, fault: Fault
) -> None:
    service.misbehave(fault)
    for work in (
        hasty.put(A_WORKSPACE, many(1).chunks),
        hasty.remove(A_WORKSPACE, ["a@1"]),
        hasty.clear(A_WORKSPACE),
        hasty.vectors(A_WORKSPACE, ["a@1:0"]),
        hasty.count(A_WORKSPACE),
    ):
        with pytest.raises(Unreachable):
            await work
    for kind in ("upsert", "delete", "namespace", "fetch", "stats"):
        assert service.requests[kind] <= SHORT.tries + 1


@pytest.mark.parametrize("fault", [*LASTING, "garbage"])
async def test_a_question_ends_as_unreachable_soon(
    service: Pinecone, clock: Hasty, hasty: PineconeVectors, fault: Fault
) -> None:
    service.misbehave(fault, "query")
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        await ask(hasty)
    assert service.requests["query"] <= SHORT.tries
    assert sum(clock.waits) < SHORT.question


async def test_a_question_outlasts_a_short_fault(service: Pinecone, index: PineconeVectors) -> None:
    await index.put(A_WORKSPACE, many(3).chunks)
    await index.settled(A_WORKSPACE)
    service.misbehave(503, "query", times=1)
    assert len(await ask(index)) == 3


async def test_as_long_is_waited_as_the_service_asks_for(
    service: Pinecone, clock: Hasty, index: PineconeVectors
) -> None:
    service.misbehave(429, "upsert", times=1, retry_after="12")
    await index.put(A_WORKSPACE, many(1).chunks)
    assert clock.waits == [12]
    service.misbehave(429, "query", times=1, retry_after="12")
    with pytest.raises(Unreachable, match="too much to do"):
        await ask(index)
    assert clock.waits == [12]


async def test_a_sync_that_broke_off_goes_on_where_it_can(service: Pinecone, hasty: PineconeVectors) -> None:
    chunks = many(2_500).chunks
    service.misbehave("gone", "upsert", after=1)
    with pytest.raises(Unreachable):
        await hasty.put(A_WORKSPACE, chunks)
    assert 0 < len(held(service)) < 2_500
    service.recover()
    await hasty.put(A_WORKSPACE, chunks)
    await hasty.settled(A_WORKSPACE)
    assert await hasty.count(A_WORKSPACE) == 2_500


@pytest.mark.parametrize("by_filter", [True, False])
async def test_a_removal_that_broke_off_is_finished_by_the_next(
    service: Pinecone, clock: Hasty, *, by_filter: bool
) -> None:
    service.forget(Index(dimension=SPEC.dimensions, lag=3, deletes_by_filter=by_filter))
    gone, stays = [many(300, f"gone{number}") for number in range(4)], many(10, "stays")
    async with PineconeVectors(service.url, KEY, Everything(), patience=SHORT, clock=clock) as index:
        await index.prepare(SPEC)
        await index.put(A_WORKSPACE, [item for each in (*gone, stays) for item in each.chunks])
        await index.settled(A_WORKSPACE)
        service.misbehave("gone", "delete", after=0 if by_filter else 2)
        with pytest.raises(Unreachable):
            await index.remove(A_WORKSPACE, [each.id for each in gone])
        service.recover()
        await index.remove(A_WORKSPACE, [each.id for each in gone])
        await index.settled(A_WORKSPACE)
    assert held(service).keys() == {item.chunk.id for item in stays.chunks}


@pytest.mark.parametrize("by_filter", [True, False])
@pytest.mark.parametrize("positions", [True, False])
async def test_what_is_removed_as_soon_as_it_is_put_is_gone(
    service: Pinecone, clock: Hasty, *, by_filter: bool, positions: bool
) -> None:
    service.forget(Index(dimension=SPEC.dimensions, lag=9, deletes_by_filter=by_filter, tells_positions=positions))
    async with PineconeVectors(service.url, KEY, Everything(), clock=clock) as index:
        await index.prepare(SPEC)
        await index.put(A_WORKSPACE, many(150).chunks)
        await index.remove(A_WORKSPACE, ["a@1"])
        assert held(service) == {}
        await index.settled(A_WORKSPACE)
        assert await index.count(A_WORKSPACE) == 0
        await index.put(A_WORKSPACE, many(150).chunks)
        await index.settled(A_WORKSPACE)
        assert await index.count(A_WORKSPACE) == 150


async def test_what_is_put_right_after_clearing_stays(service: Pinecone, index: PineconeVectors) -> None:
    await index.put(A_WORKSPACE, many(3, "old").chunks)
    await index.clear(A_WORKSPACE)
    await index.put(A_WORKSPACE, many(2, "new").chunks)
    await index.settled(A_WORKSPACE)
    assert {hit.chunk for hit in await ask(index)} == {"new@1:0", "new@1:1"}
    assert await index.count(A_WORKSPACE) == 2


async def test_a_deletion_that_missed_something_is_sent_again(service: Pinecone, index: PineconeVectors) -> None:
    await index.put(A_WORKSPACE, many(3).chunks)
    await index.settled(A_WORKSPACE)
    before = dict(held(service))
    await index.remove(A_WORKSPACE, ["a@1"])
    service.catch_up()
    for namespaces in (service.index.shelves.written, service.index.shelves.seen):
        namespaces[NAMESPACE].update(before)
    await index.settled(A_WORKSPACE)
    assert held(service) == {}
    assert service.requests["delete"] == 2


@pytest.mark.parametrize("positions", [True, False])
async def test_what_never_shows_is_not_published(service: Pinecone, clock: Hasty, *, positions: bool) -> None:
    service.forget(Index(dimension=SPEC.dimensions, lag=10_000, tells_positions=positions))
    async with PineconeVectors(service.url, KEY, Everything(), clock=clock) as index:
        await index.prepare(SPEC)
        await index.put(A_WORKSPACE, many(1).chunks)
        with pytest.raises(Unreachable, match="nothing was published"):
            await index.settled(A_WORKSPACE)
        assert sum(clock.waits) < Patience().settling
        assert service.requests["query"] < 120
        service.catch_up()
        await index.settled(A_WORKSPACE)


async def test_nothing_is_asked_where_nothing_was_written(service: Pinecone, index: PineconeVectors) -> None:
    service.requests.clear()
    await index.settled(A_WORKSPACE)
    await index.put(A_WORKSPACE, [])
    await index.remove(A_WORKSPACE, [])
    await index.settled(A_WORKSPACE)
    assert await index.vectors(A_WORKSPACE, []) == {}
    nobody = Scope(workspace=A_WORKSPACE, principals=frozenset())
    assert not await index.search(Query(text="", vector=hashed("x", SPEC.dimensions), scope=nobody))
    somebody = Scope(workspace=A_WORKSPACE, principals=frozenset({TEAM}))
    assert not await index.search(Query(text="", vector=np.zeros(SPEC.dimensions, np.float32), scope=somebody))
    assert not service.requests


async def test_one_look_settles_many_batches(service: Pinecone, index: PineconeVectors) -> None:
    await index.put(A_WORKSPACE, many(5_500).chunks)
    assert service.requests["upsert"] == 6
    service.catch_up()
    await index.settled(A_WORKSPACE)
    assert service.requests["query"] == 1


async def test_what_does_not_answer_takes_no_place_of_what_does(service: Pinecone, clock: Hasty) -> None:
    catalog = Everything()
    async with PineconeVectors(service.url, KEY, catalog, clock=clock) as index:
        await index.prepare(SPEC)
        await index.put(A_WORKSPACE, [*many(40, "staged").chunks, *many(3, "z").chunks])
        await index.settled(A_WORKSPACE)
        catalog.not_answering.add("staged@1")
        assert {hit.chunk for hit in await ask(index, limit=3)} == {"z@1:0", "z@1:1", "z@1:2"}


async def test_equal_scores_come_in_the_order_of_their_ids(service: Pinecone, index: PineconeVectors) -> None:
    await index.put(A_WORKSPACE, an_edition("a", *["moon"] * 8).chunks)
    await index.settled(A_WORKSPACE)
    assert [hit.chunk for hit in await ask(index, "moon")] == [f"a@1:{number}" for number in range(8)]


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (401, Refused, "PINECONE_API_KEY"),
        (403, Refused, "PINECONE_API_KEY"),
        (404, Unreachable, "PINECONE_HOST"),
        (400, Refused, "status 400"),
        (418, Refused, "status 418"),
    ],
)
async def test_a_refusal_names_the_setting_and_is_not_tried_again(
    service: Pinecone, index: PineconeVectors, status: int, kind: type[KnowledgeError], says: str
) -> None:
    service.misbehave(status, "query")
    with pytest.raises(kind, match=says):
        await ask(index)
    assert service.requests["query"] == 1


async def test_no_sentence_trace_or_repr_has_the_key(service: Pinecone, clock: Hasty) -> None:
    key = "pcsk_wrong_key_of_somebody"
    async with PineconeVectors(service.url, key, Everything(), clock=clock) as index:
        assert key not in repr(index) + repr(vars(index))
        for fault in (None, 500, "dropped", "garbage"):
            if fault:
                service.misbehave(fault)
            with pytest.raises(KnowledgeError) as failed:
                await index.prepare(SPEC)
            assert key not in failed.value.told + "".join(traceback.format_exception(failed.value))


def test_without_a_key_nothing_is_taken_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINECONE_API_KEY", "another")
    with pytest.raises(Refused, match="PINECONE_API_KEY is not set"):
        PineconeVectors("https://x.svc.pinecone.io", "", Everything())


async def test_where_nothing_listens_the_host_is_to_blame(clock: Hasty) -> None:
    async with PineconeVectors("http://127.0.0.1:9", KEY, Everything(), clock=clock) as index:
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9 cannot be reached\. PINECONE_HOST"):
            await index.prepare(SPEC)


async def test_an_index_for_other_vectors_is_refused_at_the_start(service: Pinecone, clock: Hasty) -> None:
    async with PineconeVectors(service.url, KEY, Everything(), clock=clock) as index:
        with pytest.raises(WrongVectors, match="dimension 64, and those of large have 3072"):
            await index.prepare(VectorSpec(model="large", dimensions=3072))
        with pytest.raises(ValueError, match="prepare comes first"):
            await ask(index)
        with pytest.raises(ValueError, match="prepare comes first"):
            await index.put(A_WORKSPACE, many(1).chunks)


async def test_what_it_costs_is_counted(service: Pinecone, index: PineconeVectors) -> None:
    await index.put(A_WORKSPACE, many(20).chunks)
    await index.settled(A_WORKSPACE)
    before = index.spent
    service.misbehave(503, "query", "fetch", times=1)
    await ask(index)
    await index.vectors(A_WORKSPACE, [f"a@1:{number}" for number in range(20)])
    after = index.spent
    assert (after.requests - before.requests, after.retries - before.retries) == (3, 1)
    assert after.read_units - before.read_units == 5 + 3
    assert after.write_units == 0


async def test_vectors_are_fetched_in_parts(service: Pinecone, index: PineconeVectors) -> None:
    chunks = many(250).chunks
    await index.put(A_WORKSPACE, chunks)
    await index.settled(A_WORKSPACE)
    assert len(await index.vectors(A_WORKSPACE, [item.chunk.id for item in chunks])) == 250
    assert service.requests["fetch"] == 3


class TestTheDoctor:
    async def told(self, index: PineconeVectors, spec: VectorSpec = SPEC) -> dict[str, tuple[bool, str]]:
        return {finding.what: (finding.ok, finding.told) async for finding in index.check(spec)}

    async def test_finds_all_well(self, service: Pinecone, index: PineconeVectors) -> None:
        await index.put(A_WORKSPACE, many(3).chunks)
        service.catch_up()
        found = await self.told(index)
        assert list(found) == ["reachable", "key", "dimension", "metric", "namespaces", "latency"]
        assert all(ok for ok, _ in found.values())
        assert found["namespaces"][1] == "3 vectors in namespaces: 1."

    async def test_says_that_nothing_answers(self, service: Pinecone, hasty: PineconeVectors) -> None:
        service.misbehave("gone")
        assert list(await self.told(hasty)) == ["reachable"]
        assert not (await self.told(hasty))["reachable"][0]

    async def test_says_that_the_key_is_wrong(self, service: Pinecone) -> None:
        async with PineconeVectors(service.url, "wrong", Everything()) as index:
            found = await self.told(index)
        assert [(name, ok) for name, (ok, _) in found.items()] == [("reachable", True), ("key", False)]

    async def test_says_that_the_vectors_do_not_fit(self, service: Pinecone, index: PineconeVectors) -> None:
        found = await self.told(index, VectorSpec(model="large", dimensions=3072))
        assert [name for name, (ok, _) in found.items() if not ok] == ["vectors"]

    async def test_says_that_it_broke_off_meanwhile(self, service: Pinecone, hasty: PineconeVectors) -> None:
        service.misbehave(503, "stats", after=1)
        assert [name for name, (ok, _) in (await self.told(hasty)).items() if not ok] == ["latency"]
