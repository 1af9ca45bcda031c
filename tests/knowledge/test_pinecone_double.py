"""The double answers what the real SDK sends, in forms that the real SDK reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pinecone import (
    ApiError,
    AsyncPinecone,
    NotFoundError,
    PayloadTooLargeError,
    PineconeConnectionError,
    RateLimitError,
    ResponseParsingError,
    RetryConfig,
    ServiceError,
    UnauthorizedError,
)

from knowledge.indexes.pinecone.asking import Asking, asking
from knowledge.indexes.pinecone.patience import Patience
from tests.doubles.pinecone import limits
from tests.doubles.pinecone.filters import BadFilterError, matches
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.server import KEY, NAME, Pinecone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from pinecone import AsyncIndex

    from tests.doubles.pinecone.faults import Fault, Kind
    from tests.doubles.pinecone.index import Metric

N = "slack:T1~minilm~3"
RECORDS: list[dict[str, Any]] = [
    {"id": "a:0", "values": [1.0, 0.0, 0.0], "metadata": {"readers": ["public", "x"], "year": 2024, "new": True}},
    {"id": "a:1", "values": [0.0, 1.0, 0.0], "metadata": {"readers": ["x"], "year": 2019.5}},
    {"id": "b:0", "values": [0.6, 0.8, 0.0]},
]


@pytest.fixture(scope="module")
def running() -> Iterator[Pinecone]:
    with Pinecone(Index(dimension=3)) as service:
        yield service


@pytest.fixture
def service(running: Pinecone) -> Pinecone:
    running.forget(Index(dimension=3))
    return running


@pytest.fixture
async def opened(service: Pinecone) -> AsyncGenerator[Asking]:
    asks = asking(service.url, KEY, Patience())
    yield asks
    await asks.close()


@pytest.fixture
async def sdk(opened: Asking) -> AsyncIndex:
    """The SDK's own index, without its retries."""
    return await opened._opened()


async def test_what_is_put_is_fetched_queried_listed_and_counted(sdk: AsyncIndex) -> None:
    put = await sdk.upsert(vectors=RECORDS, namespace=N)
    assert put.upserted_count == 3
    fetched = await sdk.fetch(ids=["a:0", "b:0", "nothing"], namespace=N)
    assert fetched.vectors.keys() == {"a:0", "b:0"}
    assert fetched.vectors["a:0"].values == RECORDS[0]["values"]
    assert fetched.vectors["a:0"].metadata == RECORDS[0]["metadata"]
    assert fetched.namespace == N
    assert fetched.usage
    assert fetched.usage.read_units
    found = await sdk.query(vector=[1, 0, 0], top_k=2, namespace=N, include_values=True, include_metadata=True)
    assert [match.id for match in found.matches] == ["a:0", "b:0"]
    assert [match.score for match in found.matches] == pytest.approx([1, 0.6])
    assert found.matches[0].metadata == RECORDS[0]["metadata"]
    assert found.matches[0].values == RECORDS[0]["values"]
    assert [[item.id for item in page] async for page in sdk.list(prefix="a:", namespace=N)] == [["a:0", "a:1"]]
    stats = await sdk.describe_index_stats()
    assert (stats.dimension, stats.metric, stats.vector_type, stats.total_vector_count) == (3, "cosine", "dense", 3)
    assert stats.namespaces[N].vector_count == 3


async def test_what_is_near_a_record_is_found_by_its_id(sdk: AsyncIndex) -> None:
    await sdk.upsert(vectors=RECORDS)
    assert [match.id for match in (await sdk.query(id="a:1", top_k=2)).matches] == ["a:1", "b:0"]


@pytest.mark.parametrize(
    ("metric", "scores"), [("cosine", [1, 0.6, 0]), ("dotproduct", [1, 0.6, 0]), ("euclidean", [0, 0.8, 2])]
)
async def test_each_metric_ranks_the_nearest_first(
    service: Pinecone, sdk: AsyncIndex, metric: Metric, scores: list[float]
) -> None:
    service.index.metric = metric
    await sdk.upsert(vectors=RECORDS)
    found = (await sdk.query(vector=[1, 0, 0], top_k=3)).matches
    assert [match.id for match in found] == ["a:0", "b:0", "a:1"]
    assert [match.score for match in found] == pytest.approx(scores, abs=1e-6)


async def test_records_are_found_by_metadata_page_by_page(sdk: AsyncIndex) -> None:
    await sdk.upsert(vectors=RECORDS, namespace=N)
    first = await sdk.fetch_by_metadata(filter={"readers": "x"}, namespace=N, limit=1)
    assert first.pagination
    assert first.pagination.next
    second = await sdk.fetch_by_metadata(
        filter={"readers": "x"}, namespace=N, limit=1, pagination_token=first.pagination.next
    )
    assert [*first.vectors, *second.vectors] == ["a:0", "a:1"]
    assert second.pagination is None


async def test_lists_go_on_where_a_page_ended(sdk: AsyncIndex) -> None:
    await sdk.upsert(vectors=[{"id": f"a:{number:03}", "values": [1, 0, 0]} for number in range(250)])
    pages = [[item.id for item in page] async for page in sdk.list(prefix="a:", limit=100)]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert [name for page in pages for name in page] == [f"a:{number:03}" for number in range(250)]


async def test_records_are_updated_one_by_one_or_by_metadata(sdk: AsyncIndex) -> None:
    await sdk.upsert(vectors=RECORDS, namespace=N)
    await sdk.update(id="a:0", values=[0, 0, 1], set_metadata={"year": 2025}, namespace=N)
    tried = await sdk.update(filter={"readers": "x"}, set_metadata={"tag": "t"}, namespace=N, dry_run=True)
    assert tried.matched_records == 2
    changed = await sdk.update(filter={"readers": "x"}, set_metadata={"tag": "t"}, namespace=N)
    assert changed.matched_records == 2
    held = (await sdk.fetch(ids=["a:0", "a:1", "b:0"], namespace=N)).vectors
    assert held["a:0"].values == [0, 0, 1]
    assert held["a:0"].metadata == {**RECORDS[0]["metadata"], "year": 2025, "tag": "t"}
    assert held["b:0"].metadata is None


async def test_records_are_deleted_by_id_by_metadata_and_all_at_once(sdk: AsyncIndex) -> None:
    async def left() -> set[str]:
        return {match.id for match in (await sdk.query(vector=[1, 1, 1], top_k=10, namespace=N)).matches}

    await sdk.upsert(vectors=RECORDS, namespace=N)
    await sdk.delete(ids=["b:0", "nothing"], namespace=N)
    assert await left() == {"a:0", "a:1"}
    await sdk.delete(filter={"year": {"$lt": 2020}}, namespace=N)
    assert await left() == {"a:0"}
    await sdk.delete(delete_all=True, namespace=N)
    assert await left() == set()
    with pytest.raises(NotFoundError):
        await sdk.delete(ids=["a:0"], namespace="nothing")


async def test_namespaces_are_listed_described_made_and_deleted(sdk: AsyncIndex) -> None:
    await sdk.upsert(vectors=RECORDS, namespace=N)
    await sdk.create_namespace(name="other/one")
    pages = [page async for page in sdk.list_namespaces(limit=1)]
    assert [item.name for page in pages for item in page] == ["other/one", N]
    assert pages[0].total_count == 2
    assert (await sdk.describe_namespace(name=N)).record_count == 3
    await sdk.delete_namespace(name="other/one")
    for gone in (sdk.describe_namespace, sdk.delete_namespace):
        with pytest.raises(NotFoundError):
            await gone(name="other/one")


async def test_the_control_plane_describes_the_index(service: Pinecone) -> None:
    async with AsyncPinecone(KEY, host=service.url, retry_config=RetryConfig(max_retries=0)) as client:
        described = await client.indexes.describe(name=NAME)
        assert (described.name, described.host, described.status.ready) == (NAME, service.url, True)
        assert json.loads(json.dumps(described.schema.to_dict()))["fields"]["_values"]["dimension"] == 3
        with pytest.raises(NotFoundError) as missing:
            await client.indexes.describe(name="other")
    assert missing.value.error_code == "NOT_FOUND"


async def test_writes_are_seen_after_so_many_requests(service: Pinecone, sdk: AsyncIndex) -> None:
    service.forget(Index(dimension=3, lag=2))
    written = await sdk.upsert(vectors=RECORDS)
    assert written.response_info
    assert written.response_info.lsn_committed == 1
    seen = [await sdk.query(vector=[1, 0, 0], top_k=10) for _ in range(3)]
    assert [len(each.matches) for each in seen] == [0, 0, 3]
    assert [each.response_info and each.response_info.is_reconciled(1) for each in seen] == [False, False, True]
    await sdk.delete(ids=["a:0"])
    assert (await sdk.fetch(ids=["a:0"])).vectors
    assert (await sdk.describe_index_stats()).total_vector_count == 3
    assert not (await sdk.fetch(ids=["a:0"])).vectors
    await sdk.delete_namespace(name="__default__")
    service.catch_up()
    assert (await sdk.describe_index_stats()).namespaces == {}


async def test_a_wrong_key_is_refused(service: Pinecone) -> None:
    wrong = asking(service.url, "another", Patience())
    with pytest.raises(UnauthorizedError):
        await (await wrong._opened()).describe_index_stats()
    await wrong.close()


LONG = "x" * (limits.NAME + 1)


@pytest.mark.parametrize(
    ("said", "vectors"),
    [
        ("dimension 2 does not match the dimension of the index 3", [{"id": "a", "values": [1, 0]}]),
        ("non-zero", [{"id": "a", "values": [0, 0, 0]}]),
        ("Vector ID must be", [{"id": LONG, "values": [1, 0, 0]}]),
        ("1 to 1000 vectors", [{"id": str(number), "values": [1, 0, 0]} for number in range(1_001)]),
        ("Metadata size", [{"id": "a", "values": [1, 0, 0], "metadata": {"x": "y" * 41_000}}]),
        ("Metadata value", [{"id": "a", "values": [1, 0, 0], "metadata": {"x": None}}]),
    ],
)
async def test_what_is_over_a_limit_is_refused(sdk: AsyncIndex, said: str, vectors: list[dict[str, Any]]) -> None:
    with pytest.raises(ApiError, match=said) as refused:
        await sdk.upsert(vectors=vectors)
    assert refused.value.status_code == 400
    assert (await sdk.describe_index_stats()).total_vector_count == 0


@pytest.mark.parametrize("more", [{"id": "é"}, {"id": ""}, {"metadata": {"x": [1]}}, {"values": [1, 0, "0"]}])
def test_what_the_sdk_does_not_send_is_refused_too(more: dict[str, Any]) -> None:
    with pytest.raises(limits.ApiError):
        Index(dimension=3).upsert({"vectors": [{"id": "a", "values": [1, 0, 0], **more}]})


async def test_bodies_ids_and_conditions_have_limits_too(sdk: AsyncIndex) -> None:
    large = [{"id": str(number), "values": [1, 0, 0], "metadata": {"x": "y" * 40_000}} for number in range(60)]
    with pytest.raises(PayloadTooLargeError):
        await sdk.upsert(vectors=large)
    many = [str(number) for number in range(1_001)]
    for request in (sdk.fetch(ids=many), sdk.delete(ids=many)):
        with pytest.raises(ApiError, match="Too many IDs"):
            await request
    bad: dict[str, Any]
    for bad in ({"x": {"$in": [*many] * 10}}, {"x": {"$like": "y"}}, {"$and": []}, {"x": {"$gt": "y"}}):
        with pytest.raises(ApiError, match="Invalid filter"):
            await sdk.query(vector=[1, 0, 0], top_k=1, filter=bad)
    with pytest.raises(ApiError, match="dimension"):
        await sdk.query(vector=[1, 0], top_k=1)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (429, RateLimitError), (500, ServiceError), (503, ServiceError), (418, ApiError),
        ("dropped", PineconeConnectionError), ("garbage", ResponseParsingError),
    ],
)  # fmt: skip
async def test_faults_hit_so_many_requests_of_their_kind(
    service: Pinecone, sdk: AsyncIndex, fault: Fault, kind: type[Exception]
) -> None:
    service.misbehave(fault, "query", after=1, times=1, retry_after="7")
    await sdk.query(vector=[1, 0, 0], top_k=1)
    await sdk.describe_index_stats()
    with pytest.raises(kind) as failed:
        await sdk.query(vector=[1, 0, 0], top_k=1)
    if isinstance(failed.value, RateLimitError):
        assert failed.value.retry_after == 7
    await sdk.query(vector=[1, 0, 0], top_k=1)
    assert service.requests == {"query": 3, "stats": 1}


@pytest.mark.parametrize(("fault", "written"), [("dropped", 0), ("dropped after", 3)])
async def test_a_dropped_connection_may_have_written(
    service: Pinecone, sdk: AsyncIndex, fault: Fault, written: int
) -> None:
    service.misbehave(fault, "upsert", times=1)
    with pytest.raises(PineconeConnectionError):
        await sdk.upsert(vectors=RECORDS)
    assert (await sdk.describe_index_stats()).total_vector_count == written


async def test_a_service_that_is_gone_comes_back_with_what_it_had(service: Pinecone, sdk: AsyncIndex) -> None:
    await sdk.upsert(vectors=RECORDS)
    service.misbehave("gone", "query")
    for _ in range(2):
        with pytest.raises(PineconeConnectionError):
            await sdk.query(vector=[1, 0, 0], top_k=1)
    service.recover()
    assert (await sdk.query(vector=[1, 0, 0], top_k=1)).matches


async def test_an_attempt_is_sent_once(service: Pinecone, sdk: AsyncIndex) -> None:
    kinds: tuple[Kind, ...] = ("query", "stats")
    service.misbehave(503, *kinds)
    with pytest.raises(ServiceError):
        await sdk.describe_index_stats()
    service.recover()
    service.misbehave("dropped", *kinds)
    with pytest.raises(PineconeConnectionError):
        await sdk.query(vector=[1, 0, 0], top_k=1)
    assert service.requests == {"query": 1, "stats": 1}


VALUES = st.sampled_from(["a", "b", "c"]) | st.integers(-2, 2) | st.booleans()
METADATA = st.dictionaries(
    st.sampled_from("xyz"), VALUES | st.lists(st.sampled_from(["a", "b", "c"]), max_size=3), max_size=3
)
FIELDS = st.sampled_from("xyz")


@given(METADATA, FIELDS, VALUES, st.lists(VALUES, max_size=3))
def test_comparing_with_several_is_comparing_with_each(
    held: dict[str, Any], field: str, one: object, some: list[object]
) -> None:
    def meets(condition: object) -> bool:
        return matches({field: condition}, held)

    assert meets(one) == meets({"$eq": one}) == meets({"$in": [one]})
    assert meets({"$in": some}) == any(meets(each) for each in some)
    assert meets({"$nin": some}) is not meets({"$in": some})
    assert meets({"$ne": one}) is not meets({"$eq": one})
    assert meets({"$exists": True}) == (field in held)
    assert meets({"$exists": False}) != (field in held)
    assert not meets({"$eq": one}) or field in held


@given(METADATA, st.lists(st.tuples(FIELDS, VALUES), min_size=1, max_size=3))
def test_conditions_are_joined_as_they_say(held: dict[str, Any], asked: list[tuple[str, Any]]) -> None:
    each = [{field: value} for field, value in asked]
    alone = [matches(condition, held) for condition in each]
    assert matches({"$and": each}, held) == all(alone)
    assert matches({"$or": each}, held) == any(alone)
    assert matches({"$or": [{"$and": each}, {"$and": each}]}, held) == all(alone)
    assert matches(dict(asked), held) == all(matches({field: value}, held) for field, value in dict(asked).items())


@given(METADATA, FIELDS, st.integers(-2, 2))
def test_numbers_have_an_order_and_nothing_else_has(held: dict[str, Any], field: str, bound: int) -> None:
    value = held.get(field)
    number = isinstance(value, int) and not isinstance(value, bool)
    found = {name: matches({field: {name: bound}}, held) for name in ("$gt", "$gte", "$lt", "$lte", "$eq")}
    assert sum((found["$gt"], found["$lt"], found["$eq"])) == number
    assert found["$gte"] == (found["$gt"] or found["$eq"])
    assert found["$lte"] == (found["$lt"] or found["$eq"])
    assert matches({field: {"$gte": bound, "$lte": bound}}, held) == found["$eq"]


@pytest.mark.parametrize(
    "bad",
    [
        {"$or": "x"}, {"$not": []}, {"x": {"$in": "a"}}, {"x": {"$eq": None}}, {"x": {"$exists": "yes"}},
        {"x": {"$gt": True}}, {"x": {"$regex": "a"}}, {"x": {"$nin": [["a"]]}},
    ],
)  # fmt: skip
def test_a_condition_that_means_nothing_is_refused_whatever_the_record(bad: dict[str, Any]) -> None:
    for held in ({}, {"x": ["a"]}):
        with pytest.raises(BadFilterError):
            matches(bad, held)


def test_the_double_keeps_vectors_as_the_service_does() -> None:
    index = Index(dimension=3)
    index.upsert({"vectors": [{"id": "a", "values": [0.1, 0.2, 0.3]}]})
    (record,) = index.shelves.written["__default__"].values()
    assert record.values.dtype == np.float32
