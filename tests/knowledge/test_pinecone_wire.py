from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import Chunk, EmbeddedChunk, Filter, Scope, VectorSpec
from knowledge.errors import Refused
from knowledge.indexes.pinecone import wire
from knowledge.indexes.pinecone.patience import Patience, pause
from tests.doubles.knowledge import A_WORKSPACE
from tests.doubles.pinecone import limits

MINI = VectorSpec(model="minilm", dimensions=384)


def a_chunk(name: str, dimensions: int, readers: frozenset[str] = frozenset({"public"})) -> EmbeddedChunk:
    chunk = Chunk(id=f"{name}:0", edition=name, ordinal=0, text="secret text", searched="secret text")
    vector = np.random.default_rng(1).standard_normal(dimensions).astype(np.float32)
    vector /= np.linalg.norm(vector)
    return EmbeddedChunk(chunk=chunk, vector=vector, readers=readers, attributes={"year": frozenset({"2024"})})


def test_a_namespace_says_whose_it_is_and_of_which_model() -> None:
    assert wire.namespace("slack:T1", MINI) == "slack:T1~minilm~384"
    assert wire.namespace("terminal:Köln", MINI) == "terminal:K%C3%B6ln~minilm~384"


NAMES = st.text(min_size=1, max_size=600)


@given(NAMES, NAMES, NAMES, NAMES)
def test_namespaces_are_within_the_limits_and_apart(one: str, its: str, other: str, others: str) -> None:
    first = wire.namespace(one, VectorSpec(model=its, dimensions=8))
    second = wire.namespace(other, VectorSpec(model=others, dimensions=8))
    limits.name(first, "Namespace")
    assert (first == second) == ((one, its) == (other, others))
    assert first != wire.namespace(one, VectorSpec(model=its, dimensions=16))


def test_no_text_goes_there() -> None:
    (batch,) = wire.batches([a_chunk("a", 8)])
    assert "secret" not in json.dumps(batch.records)
    assert batch.records[0]["metadata"] == {"edition": "a", "readers": ["public"], "year": ["2024"]}


@pytest.mark.parametrize(("dimensions", "count"), [(8, 2_500), (1_536, 250), (4_096, 60)])
def test_batches_fit_into_requests_and_are_few(dimensions: int, count: int) -> None:
    chunks = [a_chunk(f"e{number}", dimensions) for number in range(count)]
    batches = list(wire.batches(chunks))
    assert [record["id"] for batch in batches for record in batch.records] == [item.chunk.id for item in chunks]
    sizes = [len(json.dumps({"vectors": batch.records, "namespace": "n" * 512}).encode()) for batch in batches]
    assert max(sizes) <= limits.BODY
    assert max(len(batch.records) for batch in batches) <= limits.UPSERT
    assert all(
        size > limits.BODY / 2 or len(batch.records) == limits.UPSERT
        for size, batch in zip(sizes, batches, strict=True)
        if batch is not batches[-1]
    )


def test_a_batch_names_its_editions_and_its_last_record() -> None:
    first, second = a_chunk("a", 8), a_chunk("b", 8)
    (batch,) = wire.batches([first, second])
    assert batch.editions == {"a", "b"}
    assert (batch.chunk, batch.edition) == ("b:0", "b")
    assert batch.vector is second.vector


def test_numbers_lose_nothing_that_a_unit_vector_has() -> None:
    vector = a_chunk("a", 1_536).vector
    sent = np.asarray(json.loads(json.dumps(wire.numbers(vector))), np.float32)
    assert np.abs(sent - vector).max() < 1e-9 + np.finfo(np.float32).eps * np.abs(vector).max()


def test_a_vector_without_direction_is_left_out() -> None:
    zero = a_chunk("a", 8)
    zero.vector[:] = 0
    assert list(wire.batches([zero])) == []


def test_more_readers_than_a_record_may_have_are_refused_with_a_way_out() -> None:
    many = frozenset(f"slack:T1:person:U{number:08}" for number in range(2_000))
    with pytest.raises(Refused, match=r"2000 readers.*Let a channel or a group read it"):
        list(wire.batches([a_chunk("a", 8, many)]))


def test_a_search_asks_for_readers_and_every_filter() -> None:
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset({"b", "a"}))
    filters = (Filter(field="tag", values=frozenset({"Ops "})), Filter(field="tag", values=frozenset({"x"})))
    assert wire.allowed(scope, filters) == {
        "$and": [{"readers": {"$in": ["a", "b"]}}, {"tag": {"$in": ["ops"]}}, {"tag": {"$in": ["x"]}}]
    }


@pytest.mark.parametrize(
    ("principals", "values"), [(frozenset(), frozenset("x")), (frozenset("a"), frozenset()), (frozenset(), frozenset())]
)
def test_nothing_is_asked_where_nothing_can_be_found(principals: frozenset[str], values: frozenset[str]) -> None:
    scope = Scope(workspace=A_WORKSPACE, principals=principals)
    assert wire.allowed(scope, (Filter(field="tag", values=values),)) is None


@given(st.integers(0, 400), st.integers(1, 50))
def test_parts_are_all_in_order(count: int, size: int) -> None:
    names = [str(number) for number in range(count)]
    parts = list(wire.parts(names, size))
    assert [name for part in parts for name in part] == names
    assert all(len(part) == size for part in parts[:-1])


@pytest.mark.parametrize(
    ("dimension", "metric", "says"),
    [
        (384, "cosine", None),
        (384, "dotproduct", None),
        (384, "euclidean", None),
        (1_536, "cosine", "takes vectors of dimension 1536, and those of minilm have 384"),
        (384, "hamming", "compares by hamming"),
        (384, None, "a metric that it does not name"),
        (None, None, "takes no vectors of our own"),
    ],
)
def test_an_index_that_does_not_fit_is_named_with_one_that_would(
    dimension: int | None, metric: str | None, says: str | None
) -> None:
    said = wire.unfit(dimension, metric, MINI)
    assert (said is None) is (says is None)
    if said and says:
        assert says in said
        assert said.endswith(
            "In Pinecone's console, create an index with vectors of type dense, dimension 384 and metric cosine, and "
            "put its host into PINECONE_HOST."
        )


@given(st.integers(1, 60), st.none() | st.floats(0, 1e4), st.floats(0, 1))
def test_a_pause_grows_to_a_bound_and_is_never_shorter_than_asked(
    tried: int, asked: float | None, share: float
) -> None:
    patience = Patience()
    waits = pause(patience, tried, asked, share)
    assert waits >= (asked or 0)
    assert waits <= max(asked or 0, patience.longest_wait)
    assert waits >= min(patience.longest_wait, patience.wait * 2.0 ** (tried - 1)) / 2
