from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from knowledge.base import PUBLIC, Filter, Scope
from knowledge.catalog import Catalog
from knowledge.errors import Busy
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.store import Store
from knowledge.syncing import sync
from tests.doubles.hashing import Hashing
from tests.doubles.knowledge import Memory
from tests.doubles.shelf import TEAM, Shelf, document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from knowledge.base import Hit, Index, Query

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
    async with Store(path) as store:
        embedder, catalog = Asking(), Catalog(store)
        indexes: list[Index] = [Words(store), VectorMatrix(store)]
        shelf = Shelf(*documents)  # type: ignore[arg-type]
        await sync([shelf], workspace=TEAM, catalog=catalog, indexes=indexes, embedder=embedder)
        yield Retriever(indexes=indexes, embedder=embedder, catalog=catalog), embedder


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

    async with Store(tmp_path / "k.db") as store:
        retriever = Retriever(indexes=[Locked("words")], embedder=Hashing(), catalog=Catalog(store))
        with pytest.raises(Busy):
            await retriever.retrieve("keys", scope=SCOPE)


def _flocks() -> list[object]:
    texts = ("sing in the morning", "sleep at night in trees", "fly south", "eat seeds", "build nests in trees")
    return [document(f"b{number}.md", f"# Flock {number}\n\nBirds {text}.") for number, text in enumerate(texts)]
