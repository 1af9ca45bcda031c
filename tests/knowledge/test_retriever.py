from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from knowledge import meaning
from knowledge.base import PUBLIC, Filter, Scope
from knowledge.catalog import Catalog
from knowledge.errors import Busy, Refused, Unreachable
from knowledge.fusion import fused
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.resting import Rest
from knowledge.retriever import Retriever
from knowledge.sentences import Sentences
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.doubles.hashing import Hashing
from tests.doubles.knowledge import Memory
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from pathlib import Path

    from knowledge.base import Document, Hit, Query

SCOPE = Scope(workspace=TEAM, principals=frozenset({TEAM}))
KEYS = document("keys.md", "# Keys\n\nSigning keys are rotated every month by the night job.", year=2024)
BIRDS = document("birds.md", "# Birds\n\nBirds sing in the trees in the morning.", year=2019)
SECRET = document(
    "secret.md", "# Secret\n\nThe signing keys of the board are in the safe.", readers=frozenset({"slack:T9"})
)


class Asking(Hashing):
    """Remembers the questions."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str], /, *, purpose: str) -> object:  # type: ignore[override]
        if purpose == "question":
            self.asked.extend(texts)
        return await super().embed(texts, purpose=purpose)  # type: ignore[arg-type]


@asynccontextmanager
async def knowing(path: Path, *documents: object) -> AsyncGenerator[tuple[Retriever, Asking]]:
    async with SqliteStore(path) as store:
        embedder, catalog = Asking(), Catalog(store)
        vectors = serving(store, embedder)
        shelf = Shelf(*documents)  # type: ignore[arg-type]
        await sync([shelf], catalog=catalog, serving=vectors)
        yield Retriever(words=Words(store), vectors=vectors, catalog=catalog), embedder


async def test_the_passage_that_answers_comes_first(tmp_path: Path) -> None:
    async with knowing(tmp_path / "k.db", KEYS, BIRDS) as (retriever, _):
        found = await retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
    assert found.passages[0].document == "shelf/keys.md"
    assert found.passages[0].text == "Signing keys are rotated every month by the night job."
    assert 0 < found.passages[0].score <= 1


async def test_what_others_may_read_is_not_found(tmp_path: Path) -> None:
    async with knowing(tmp_path / "k.db", KEYS, SECRET) as (retriever, _):
        found = await retriever.retrieve("signing keys of the board", scope=SCOPE)
    assert {each.document for each in found.passages} == {"shelf/keys.md"}


async def test_filters_hold_in_both_searches(tmp_path: Path) -> None:
    only = (Filter(field="year", values=frozenset({"2019"})),)
    async with knowing(tmp_path / "k.db", KEYS, BIRDS) as (retriever, _):
        found = await retriever.retrieve("How often are signing keys rotated?", scope=SCOPE, filters=only)
    assert {each.document for each in found.passages} == {"shelf/birds.md"}


async def test_signals_tell_a_good_search_from_a_bad_one(tmp_path: Path) -> None:
    async with knowing(tmp_path / "k.db", KEYS, BIRDS) as (retriever, _):
        good = (await retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)).signals
        bad = (await retriever.retrieve("Who won the football cup in Brazil?", scope=SCOPE)).signals
    assert good.coverage > 0.7
    assert bad.coverage < 0.2
    assert good.similarity > bad.similarity
    assert good.terms == 3


async def test_nothing_known_gives_nothing(tmp_path: Path) -> None:
    async with knowing(tmp_path / "k.db") as (retriever, _):
        found = await retriever.retrieve("How often are keys rotated?", scope=SCOPE)
    assert found.passages == ()
    assert (found.signals.similarity, found.signals.coverage) == (0, 0)


async def test_nothing_asked_gives_nothing(tmp_path: Path) -> None:
    async with knowing(tmp_path / "k.db", KEYS) as (retriever, _):
        found = await retriever.retrieve("?!", scope=Scope(workspace=TEAM, principals=frozenset({PUBLIC})))
    assert found.passages == ()


async def test_a_long_question_is_searched_by_its_telling_terms(tmp_path: Path) -> None:
    noise = " ".join(f"morning birds trees sing number{number % 7}" for number in range(300))
    async with knowing(tmp_path / "k.db", KEYS, *_flocks()) as (retriever, embedder):
        await retriever.retrieve(f"{noise} and how are keys rotated", scope=SCOPE)
    (asked,) = embedder.asked
    assert {"keys", "rotated"} <= set(asked.split())
    assert len(asked.split()) <= 150


async def test_a_question_of_the_longest_length_is_searched(tmp_path: Path) -> None:
    noise = " ".join(f"word{number}" for number in range(1_200))[:9_900]
    async with knowing(tmp_path / "k.db", KEYS, BIRDS) as (retriever, embedder):
        await retriever.retrieve(f"{noise} rotated keys", scope=SCOPE)
    assert embedder.asked != []


async def test_the_passages_keep_their_budget(tmp_path: Path) -> None:
    async with knowing(tmp_path / "k.db", *_flocks()) as (retriever, _):
        found = await retriever.retrieve("birds of the trees", scope=SCOPE, passages=3, tokens=60)
    assert 0 < len(found.passages) <= 3
    assert sum(len(each.text.split()) for each in found.passages) <= 60


async def test_an_error_of_an_index_is_raised_as_it_is(tmp_path: Path) -> None:
    class Locked(Memory):
        async def search(self, query: Query, /) -> Sequence[Hit]:
            raise Busy("The knowledge file is in use.")

    async with SqliteStore(tmp_path / "k.db") as store:
        retriever = Retriever(words=Locked("words"), vectors=None, catalog=Catalog(store))
        with pytest.raises(Busy):
            await retriever.retrieve("keys", scope=SCOPE)


LONG = document(
    "long.md",
    "# Keys and more\n\nKeys are of brass. The museum opens at nine. Every month the night job rotates signing keys. "
    "Visitors may not touch the keys. The keys hang on a wall. Keys, keys and more keys are to be seen.",
)


@asynccontextmanager
async def rereading(path: Path, *documents: object) -> AsyncGenerator[tuple[Retriever, SqliteStore]]:
    async with SqliteStore(path) as store:
        embedder, catalog = Hashing(), Catalog(store)
        vectors = serving(store, embedder)
        shelf = Shelf(*documents)  # type: ignore[arg-type]
        await sync([shelf], catalog=catalog, serving=vectors)
        sentences = Sentences(embedder)
        yield Retriever(words=Words(store), vectors=vectors, catalog=catalog, sentences=sentences), store


async def test_a_sentence_that_says_it_lifts_its_passage(tmp_path: Path) -> None:
    near = document("near.md", "# Night job\n\nA job. The night. Rotates signing. Some keys here.")
    async with rereading(tmp_path / "k.db", LONG, near, BIRDS) as (retriever, _):
        found = await retriever.ranked("the night job rotates signing keys", scope=SCOPE)
    assert found.passages[0].document == "shelf/long.md"
    assert fused(found.rankings)[0].chunk == found.passages[1].chunk
    assert [hit.chunk for hit in found.hits[:3]] == [passage.chunk for passage in found.passages]
    assert found.signals.stated > 0.5
    assert found.signals.missing == 0


async def test_what_was_not_read_again_stays_behind_what_was(tmp_path: Path) -> None:
    pages = [document(f"p{number:02}.md", f"# Page {number}\n\nKeys of house {number}.") for number in range(60)]
    async with rereading(tmp_path / "k.db", *pages) as (retriever, _):
        found = await retriever.ranked("keys of a house", scope=SCOPE, read=40)
    assert len(found.passages) == 40
    assert len({hit.chunk for hit in found.hits}) == len(found.hits) == 60
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)


async def test_a_question_is_judged_by_what_it_asks_now(tmp_path: Path) -> None:
    async with rereading(tmp_path / "k.db", KEYS, BIRDS) as (retriever, _):
        both = "Who won the cup?\nHow often are signing keys rotated?"
        whole = (await retriever.retrieve(both, scope=SCOPE)).signals
        asking = (await retriever.retrieve(both, scope=SCOPE, asking="Who won the cup?")).signals
    assert whole.missing < asking.missing == 1
    assert whole.coverage == asking.coverage


async def test_a_search_that_was_overtaken_by_a_publication_is_done_again(tmp_path: Path) -> None:
    """Words are searched before a sync publishes and vectors after it: no such mixture may be answered from."""
    async with rereading(tmp_path / "k.db", KEYS) as (_, store):
        embedder, catalog = Hashing(), Catalog(store)
        overtaking = _Overtaken(store, lambda: _sync(store, embedder, KEYS, BIRDS))
        vectors = serving(store, embedder, index=overtaking)
        retriever = Retriever(words=Words(store), vectors=vectors, catalog=catalog)
        found = await retriever.ranked("birds in the trees", scope=SCOPE)
    assert overtaking.searches == 2
    assert {len(ranking.hits) for ranking in found.rankings if ranking.name == "words"} == {1}
    assert found.passages[0].document == "shelf/birds.md"


async def test_a_search_that_is_overtaken_again_and_again_ends(tmp_path: Path) -> None:
    async with rereading(tmp_path / "k.db", KEYS) as (_, store):
        embedder, turn = Asking(), count()

        async def another() -> None:
            await _sync(store, embedder, document("keys.md", f"# Keys\n\nKeys of turn {next(turn)}."))

        overtaking = _Overtaken(store, another, always=True)
        vectors = serving(store, embedder, index=overtaking)
        retriever = Retriever(words=None, vectors=vectors, catalog=Catalog(store))
        found = await retriever.ranked("keys", scope=SCOPE)
    assert overtaking.searches == 3
    assert embedder.asked == ["keys"]
    assert len(found.passages) <= 1


class _Overtaken(VectorMatrix):
    """An index under which something is published before its first search, or before each."""

    def __init__(self, store: SqliteStore, publish: Callable[[], Awaitable[None]], *, always: bool = False) -> None:
        super().__init__(store)
        self.publish = publish
        self.always = always
        self.searches = 0

    async def search(self, query: Query, /) -> Sequence[Hit]:
        self.searches += 1
        if self.always or self.searches == 1:
            await self.publish()
        return await super().search(query)


async def _sync(store: SqliteStore, embedder: Hashing, *documents: Document) -> None:
    await sync([Shelf(*documents)], catalog=Catalog(store), serving=serving(store, embedder))


def _flocks() -> list[object]:
    texts = ("sing in the morning", "sleep at night in trees", "fly south", "eat seeds", "build nests in trees")
    return [document(f"b{number}.md", f"# Flock {number}\n\nBirds {text}.") for number, text in enumerate(texts)]


async def test_a_follow_up_finds_what_it_asks_itself_before_what_went_before(tmp_path: Path) -> None:
    ferry = document("ferry.md", "# Ferry\n\nThe ferry sails on Fridays and takes bicycles along.")
    bikes = document("bikes.md", "# Fares\n\nBicycles cost two coins on it.")
    async with rereading(tmp_path / "k.db", ferry, bikes, BIRDS) as (retriever, _):
        both = "and bicycles cost?\nWhen does the ferry sail on Fridays?"
        whole = await retriever.ranked(both, scope=SCOPE)
        asking = await retriever.ranked(both, scope=SCOPE, asking="and bicycles cost?")
    assert [passage.document for passage in whole.passages[:2]] == ["shelf/ferry.md", "shelf/bikes.md"]
    gained = {
        passage.document: asking.evidence[passage.chunk].score - whole.evidence[passage.chunk].score
        for passage in whole.passages[:2]
    }
    assert gained["shelf/bikes.md"] > 0 > gained["shelf/ferry.md"]


class _Failing(VectorMatrix):
    """An index that fails, or never answers where it is told nothing to fail with."""

    def __init__(self, store: SqliteStore, error: Exception | None) -> None:
        super().__init__(store)
        self.error = error
        self.searched = 0
        self.well = False

    async def search(self, query: Query, /) -> Sequence[Hit]:
        self.searched += 1
        if self.well:
            return await super().search(query)
        if self.error is None:
            await asyncio.Event().wait()
        raise self.error or AssertionError


@pytest.mark.parametrize("error", [Unreachable("The index is away."), Refused("It lets nobody in."), None])
async def test_where_vectors_cannot_be_had_keywords_alone_are_searched_and_it_is_said(
    tmp_path: Path, error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if error is None:
        monkeypatch.setattr(meaning, "PATIENCE", 0.2)
    async with rereading(tmp_path / "k.db", KEYS, BIRDS) as (_, store):
        failing = serving(store, Hashing(), index=_Failing(store, error))
        retriever = Retriever(
            words=Words(store), vectors=failing, catalog=Catalog(store), sentences=Sentences(Hashing())
        )
        found = await retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
    assert found.passages[0].document == "shelf/keys.md"
    assert found.missed is not None
    assert found.missed.startswith(str(error) if error else "What searches by meaning did not answer in time.")
    assert found.missed.endswith("Only keywords were searched.")
    assert found.signals.similarity > 0.3  # by its sentences, so that the gate can judge it
    assert found.signals.stated > 0.3


async def test_an_index_that_fails_three_times_in_a_row_rests_and_is_tried_again_with_one_question(
    tmp_path: Path,
) -> None:
    seconds = [0.0]
    async with rereading(tmp_path / "k.db", KEYS) as (_, store):
        index = _Failing(store, Unreachable("The index is away."))
        failing = serving(store, Hashing(), index=index)
        failing.rest = Rest(clock=lambda: seconds[0])
        retriever = Retriever(words=Words(store), vectors=failing, catalog=Catalog(store))
        for _ in range(6):
            assert "is away" in ((await retriever.retrieve("signing keys", scope=SCOPE)).missed or "")
        assert index.searched == 3
        seconds[0] = 16.0
        for _ in range(2):
            await retriever.retrieve("signing keys", scope=SCOPE)
        assert index.searched == 4
        seconds[0] = 32.0
        index.well = True
        for _ in range(2):
            assert (await retriever.retrieve("signing keys", scope=SCOPE)).missed is None


async def test_a_mistake_of_an_index_is_no_reason_to_go_on_without_it(tmp_path: Path) -> None:
    async with rereading(tmp_path / "k.db", KEYS) as (_, store):
        wrong = serving(store, Hashing(), index=_Failing(store, ValueError("a mistake")))
        retriever = Retriever(words=Words(store), vectors=wrong, catalog=Catalog(store))
        with pytest.raises(ValueError, match="a mistake"):
            await retriever.retrieve("keys", scope=SCOPE)


async def test_sentences_are_read_by_a_model_of_their_own_where_another_one_searches(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "k.db") as store:
        searching, reading = Asking(), Asking()
        searching.spec = replace(searching.spec, model="searching")
        vectors = serving(store, searching)
        await sync([Shelf(KEYS, BIRDS)], catalog=Catalog(store), serving=vectors)
        passages = len(searching.texts)
        retriever = Retriever(words=Words(store), vectors=vectors, catalog=Catalog(store), sentences=Sentences(reading))
        found = await retriever.retrieve("How often are signing keys rotated?", scope=SCOPE)
    assert found.missed is None
    assert searching.asked == reading.asked == ["How often are signing keys rotated?"]
    assert len(searching.texts) == passages
    assert reading.texts
    assert 0 < found.signals.similarity <= found.signals.sentence


async def test_who_asks_pays_for_the_questions_vector_alone(tmp_path: Path) -> None:
    class Paid(Hashing):
        pass

    paid = Paid()
    async with knowing(tmp_path / "k.db", KEYS) as (retriever, embedder):
        await retriever.retrieve("keys", scope=SCOPE, paying=lambda inner: paid if inner is embedder else inner)
    assert embedder.asked == []
