"""Embedding over real HTTP, against a server that speaks as OpenAI's does."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.endpoint.base import Endpoint, Patience, Remedy
from knowledge.endpoint.embedder import EndpointEmbedder, opened
from knowledge.endpoint.models import KNOWN
from knowledge.endpoint.server import Server
from knowledge.errors import KnowledgeError, Refused, Unreachable
from knowledge.tokens import EMBEDDING, count
from tests.contracts.embedder import TEXTS, EmbedderContract
from tests.doubles.embeddings import Embeddings, Fault
from tests.doubles.hashing import hashed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from knowledge.base import Embedder

SMALL, LARGE, ADA = KNOWN
OWN = "nomic-embed-text"


@pytest.fixture(scope="module")
def running() -> Iterator[Embeddings]:
    with Embeddings() as server:
        yield server


@pytest.fixture
def server(running: Embeddings) -> Embeddings:
    running.reset()
    return running


class Opened:
    """Opens embedders until the test is over, and notes how long they wait between two tries instead of waiting."""

    def __init__(self, server: Embeddings, until_the_end: AsyncExitStack) -> None:
        self.server = server
        self.pauses: list[float] = []
        self._until_the_end = until_the_end

    async def __call__(self, model: str = SMALL, *, length: int | None = None, **said: object) -> EndpointEmbedder:
        of = {"base_url": self.server.url, "key": "a-key"} | said
        endpoint = Endpoint(model=model, **of)  # type: ignore[arg-type]  # of many types
        return await self._until_the_end.enter_async_context(opened(endpoint, length=length, pause=self._pause))

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
async def embedders(server: Embeddings) -> AsyncGenerator[Opened]:
    async with AsyncExitStack() as until_the_end:
        yield Opened(server, until_the_end)


async def refusal(embedder: Embedder, kind: type[KnowledgeError]) -> str:
    with pytest.raises(kind) as caught:
        await embedder.embed(TEXTS, purpose="question")
    return caught.value.told


class Contract(EmbedderContract):
    model = SMALL
    dimensions: int | None = None

    @pytest.fixture(autouse=True)
    async def _server(self, server: Embeddings) -> AsyncGenerator[None]:
        endpoint = Endpoint(model=self.model, base_url=server.url, key="a-key", dimensions=self.dimensions)
        self.reached = Server(endpoint)
        yield
        await self.reached.aclose()

    def embedder(self) -> Embedder:
        length = self.dimensions or KNOWN[self.model].dimensions
        return EndpointEmbedder(self.reached, length=length)


class TestSmall(Contract):
    pass


class TestLargeReduced(Contract):
    model = LARGE
    dimensions = 256


async def test_vectors_have_the_length_of_their_model_or_the_one_that_was_asked(embedders: Opened) -> None:
    for model, asked, length in ((SMALL, None, 1_536), (LARGE, None, 3_072), (ADA, None, 1_536), (LARGE, 512, 512)):
        embedder = await embedders(model, dimensions=asked)
        assert embedder.spec.dimensions == length
        assert embedder.spec.model == f"openai:{model}"
        assert (await embedder.embed(TEXTS, purpose="passage")).vectors.shape == (3, length)


async def test_a_length_that_is_the_models_own_is_not_asked_for(embedders: Opened, server: Embeddings) -> None:
    await (await embedders(ADA, dimensions=1_536)).embed(TEXTS, purpose="passage")
    await (await embedders(LARGE, dimensions=512)).embed(TEXTS, purpose="passage")
    assert [one.dimensions for one in server.asked] == [None, 512]


async def test_how_long_the_vectors_of_another_model_are_is_found_by_embedding_one_word(
    embedders: Opened, server: Embeddings
) -> None:
    assert (await embedders(OWN)).spec.dimensions == 96
    assert [one.texts for one in server.asked] == [["footnote"]]


async def test_where_it_is_remembered_nothing_is_asked(embedders: Opened, server: Embeddings) -> None:
    assert (await embedders(OWN, length=96)).spec.dimensions == 96
    assert server.asked == []


async def test_what_is_remembered_wrongly_is_refused_at_the_first_answer(embedders: Opened) -> None:
    told = await refusal(await embedders(OWN, length=128), Refused)
    assert "vectors of 96 dimensions where 128 are needed" in told


async def test_a_model_whose_length_nobody_knows_is_not_opened_while_its_server_is_away() -> None:
    patience = Patience(total=5.0, one=5.0, tries=1)
    endpoint = Endpoint(model=OWN, base_url="http://127.0.0.1:9/v1", passage=patience)
    with pytest.raises(Unreachable):
        async with opened(endpoint):
            pass


async def test_many_texts_are_spread_over_requests_and_keep_their_order(embedders: Opened, server: Embeddings) -> None:
    server.shuffles = True
    texts = [f"passage {number} of many" for number in range(600)]
    found = await (await embedders(dimensions=64)).embed(texts, purpose="passage")
    assert np.allclose(found.vectors, np.stack([hashed(text, 64) for text in texts]), atol=1e-5)
    assert sorted(len(one.texts) for one in server.asked) == [88, 256, 256]
    assert found.tokens == server.tokens == sum(count(text, EMBEDDING) for text in texts)


async def test_no_request_is_over_the_tokens_that_a_server_takes(embedders: Opened, server: Embeddings) -> None:
    long = "word " * 8_000
    await (await embedders(dimensions=64)).embed([long] * 50, purpose="passage")
    assert all(one.status == 200 for one in server.asked)
    assert sorted(len(one.texts) for one in server.asked) == [13, 37]


async def test_passages_are_asked_for_a_few_requests_at_a_time(embedders: Opened, server: Embeddings) -> None:
    server.seconds = 0.02
    embedder = await embedders(OWN, length=96)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(embedder.embed(["a passage"] * 100, purpose="passage"))
    assert len(server.asked) == 12
    assert server.most_at_once <= 2


async def test_a_question_waits_for_no_passages(embedders: Opened, server: Embeddings) -> None:
    server.misbehave("slow", times=2)
    embedder = await embedders(OWN, length=96)
    async with asyncio.TaskGroup() as tasks:
        passages = tasks.create_task(embedder.embed(["a passage"] * 200, purpose="passage"))
        await server.arrived(2)
        await embedder.embed(["a question"], purpose="question")
        passages.cancel()


async def test_a_text_is_cut_at_what_the_model_reads(embedders: Opened, server: Embeddings) -> None:
    found = await (await embedders(dimensions=64)).embed(["many words " * 9_000], purpose="passage")
    assert found.tokens == server.tokens
    assert 8_000 < found.tokens <= 8_191


async def test_texts_without_a_word_are_not_sent(embedders: Opened, server: Embeddings) -> None:
    found = await (await embedders(dimensions=64)).embed(["", " \n", "word"], purpose="passage")
    assert server.texts == ["word"]
    assert np.linalg.norm(found.vectors, axis=1).round(3).tolist() == [0, 0, 1]


async def test_what_is_too_much_for_a_server_is_asked_for_in_halves(embedders: Opened, server: Embeddings) -> None:
    server.inputs = 10
    texts = [f"passage {number}" for number in range(32)]
    found = await (await embedders(OWN, length=96)).embed(texts, purpose="passage")
    assert np.allclose(found.vectors, np.stack([hashed(text, 96) for text in texts]), atol=1e-5)
    assert server.texts == texts


async def test_a_text_that_is_too_long_for_a_model_is_cut_until_it_is_not(
    embedders: Opened, server: Embeddings
) -> None:
    server.text = 512
    texts = ["short", "a long text of many words " * 200, "short too"]
    found = await (await embedders(OWN, length=96)).embed(texts, purpose="passage")
    assert np.linalg.norm(found.vectors, axis=1).round(3).tolist() == [1, 1, 1]
    assert [text[:11] for text in server.texts] == ["short", "a long text", "short too"]


async def test_a_model_that_takes_not_even_a_short_text_is_refused(embedders: Opened, server: Embeddings) -> None:
    server.text = 1
    assert "Even a short text is too long" in await refusal(await embedders(OWN, length=96), Refused)


async def test_a_server_that_knows_no_base64_is_asked_for_numbers(embedders: Opened, server: Embeddings) -> None:
    server.knows_base64 = False
    server.seconds = 0.01
    embedder = await embedders(dimensions=64)
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(embedder.embed(TEXTS, purpose="question")) for _ in range(3)]
    for found in (*(task.result() for task in asked), await embedder.embed(TEXTS, purpose="passage")):
        assert np.allclose(found.vectors, np.stack([hashed(text, 64) for text in TEXTS]), atol=1e-5)
    assert [one.format for one in server.asked][-4:] == ["float"] * 4


async def test_the_key_is_sent_and_where_there_is_none_one_is_made_up(embedders: Opened, server: Embeddings) -> None:
    await (await embedders()).embed(["word"], purpose="question")
    await (await embedders(key=None)).embed(["word"], purpose="question")
    assert [one.key for one in server.asked] == ["a-key", "none"]


@pytest.mark.parametrize(
    ("fault", "kind", "named"),
    [
        ("401", Refused, "check MY_KEY"),
        ("403", Refused, "MY_KEY"),
        ("404", Refused, f"no embedding model {SMALL}"),
        ("402", Refused, "no money left"),
        ("quota", Refused, "no money left"),
        ("429", Unreachable, "asked too often"),
        ("500", Unreachable, "fault of its own (500)"),
        ("503", Unreachable, "fault of its own (503)"),
        ("dropped", Unreachable, "was lost"),
        ("dropped at once", Unreachable, "was lost"),
        ("slow", Unreachable, "in time"),
        ("page", Refused, "no list of embeddings"),
        ("count", Refused, "2 embeddings for 3 texts"),
        ("index", Refused, "of other texts"),
        ("nan", Refused, "no numbers"),
        ("zero", Refused, "all zero"),
        ("words", Refused, "no numbers"),
        ("uneven", Refused, "different lengths"),
        ("length", Refused, "1535 dimensions where 1536"),
    ],
)
async def test_each_failure_says_what_to_do(
    embedders: Opened, server: Embeddings, fault: Fault, kind: type[KnowledgeError], named: str
) -> None:
    server.misbehave(fault)
    patience = Patience(total=0.5, one=0.5, tries=2)
    told = await refusal(await embedders(question=patience, remedy=Remedy(key="MY_KEY")), kind)
    assert named in told
    assert "a-key" not in told


async def test_nobody_at_the_address_is_unreachable(embedders: Opened) -> None:
    told = await refusal(await embedders(base_url="http://me:secret@127.0.0.1:9/v1"), Unreachable)
    assert "http://127.0.0.1:9/v1: check OPENAI_BASE_URL" in told


@pytest.mark.parametrize("fault", ["429", "500", "503", "408", "dropped", "dropped at once"])
async def test_what_passes_is_tried_again(embedders: Opened, server: Embeddings, fault: Fault) -> None:
    server.misbehave(fault, times=2)
    await (await embedders()).embed(TEXTS, purpose="question")
    assert (len(server.asked), embedders.pauses) == (3, [0.25, 0.5])


async def test_a_passage_is_tried_for_longer_than_a_question(embedders: Opened, server: Embeddings) -> None:
    server.misbehave("500", times=6)
    await (await embedders()).embed(TEXTS, purpose="passage")
    assert embedders.pauses == [0.25, 0.5, 1, 2, 4, 8]
    server.misbehave("500")
    await refusal(await embedders(), Unreachable)
    assert len(server.asked) == 7 + 3


async def test_a_server_that_says_when_is_asked_again_then(embedders: Opened, server: Embeddings) -> None:
    server.retry_after = "1.5"
    server.misbehave("429", times=1)
    await (await embedders()).embed(TEXTS, purpose="question")
    assert embedders.pauses == [1.5]


async def test_a_server_that_wants_longer_than_there_is_time_is_not_waited_for(
    embedders: Opened, server: Embeddings
) -> None:
    server.retry_after = "20"
    server.misbehave("429", times=1)
    assert "try again in 20 s" in await refusal(await embedders(), Unreachable)
    server.misbehave("429", times=1)
    await (await embedders()).embed(TEXTS, purpose="passage")
    assert embedders.pauses == [20]


@pytest.mark.parametrize("fault", ["401", "404", "402", "quota", "nan", "count", "length"])
async def test_what_does_not_pass_is_asked_once(embedders: Opened, server: Embeddings, fault: Fault) -> None:
    server.misbehave(fault)
    await refusal(await embedders(), Refused)
    assert len(server.asked) == 1


async def test_where_the_server_does_not_say_its_tokens_they_are_counted(embedders: Opened, server: Embeddings) -> None:
    for fault in ("silent about usage", "boasting"):
        server.misbehave(fault, times=1)
        found = await (await embedders()).embed(TEXTS, purpose="passage")
        assert found.tokens == server.asked[-1].tokens
