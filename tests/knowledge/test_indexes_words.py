from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.base import Query, Scope
from knowledge.indexes import rarity as module
from knowledge.indexes.words import Words
from tests.contracts.index import TEAM, IndexContract
from tests.doubles.knowledge import A_WORKSPACE, an_edition
from tests.doubles.library import in_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from knowledge.base import Hit
    from tests.contracts.index import Library


class TestWords(IndexContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "knowledge.db"

    def library(self) -> AbstractAsyncContextManager[Library]:
        return in_file(self.path, Words)


async def _ask(words: Words, text: str, limit: int = 100) -> Sequence[Hit]:
    scope = Scope(workspace=A_WORKSPACE, principals=frozenset({TEAM}))
    return await words.search(Query(text=text, vector=None, scope=scope, limit=limit))


async def _chunks(words: Words, text: str, limit: int = 100) -> list[str]:
    return [hit.chunk for hit in await _ask(words, text, limit)]


async def test_words_are_found_by_their_stem_and_without_accents(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        words = Words(library.store)
        held = an_edition("a", "The cafés configured their settings", "Straßen in Köln")
        await library.stage(held)
        await library.publish(held)
        assert await _chunks(words, "configure setting") == ["a@1:0"]
        assert await _chunks(words, "CAFE") == ["a@1:0"]
        assert await _chunks(words, "koln straßen") == ["a@1:1"]


async def test_a_question_of_stopwords_is_searched_by_them(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        held = an_edition("a", "To be or not to be", "Something else")
        await library.stage(held)
        await library.publish(held)
        assert await _chunks(Words(library.store), "to be or not to be?") == ["a@1:0"]


def _texts(count: int = 60) -> list[str]:
    """Every chunk has ``server``, some ``moon`` and ``sun``, few both; their lengths differ, and so do their scores."""
    return [
        "server " + "moon " * (number % 5 == 0) + "sun " * (number % 7 == 0) + "other " * (number % 4)
        for number in range(count)
    ]


@pytest.fixture
def pruning(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large begins at some chunks, so that a test need not write thousands."""
    monkeypatch.setattr(module, "_FEW", 15)
    monkeypatch.setattr(module, "_ENOUGH", 1)


@pytest.mark.parametrize(("limit", "kept"), [(1, 1), (5, 5), (12, 12), (40, 19), (100, 60)])
async def test_a_large_index_gives_the_same_best_with_the_same_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, kept: int
) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        held = an_edition("a", *_texts())
        await library.stage(held)
        await library.publish(held)
        everything = await _ask(Words(library.store), "which server has moon and sun?", limit)
        monkeypatch.setattr(module, "_FEW", 15)
        monkeypatch.setattr(module, "_ENOUGH", 1)
        pruned = await _ask(Words(library.store), "which server has moon and sun?", limit)
    assert [hit.chunk for hit in pruned] == [hit.chunk for hit in everything[:kept]]
    assert [hit.score for hit in pruned] == pytest.approx([hit.score for hit in everything[:kept]])


@pytest.mark.usefixtures("pruning")
async def test_in_a_large_index_what_has_a_rare_word_comes_first(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        held = an_edition("a", *_texts(), "moonless server", "moon")
        await library.stage(held)
        await library.publish(held)
        best = await _chunks(Words(library.store), "server moon", 13)
        everything = await _chunks(Words(library.store), "server moon", 100)
    assert {f"a@1:{number}" for number in (*range(0, 60, 5), 61)} == set(best)
    assert len(everything) == 62


@pytest.mark.usefixtures("pruning")
async def test_a_scope_that_sees_little_of_a_large_index_sees_all_of_that(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        hidden = an_edition("hidden", *["server moon moon sun"] * 60, readers={"slack:T1:channel:C1"})
        shown = an_edition("shown", *_texts())
        await library.stage(hidden, shown)
        await library.publish(hidden, shown)
        words = Words(library.store)
        first, again = [await _chunks(words, "server moon sun", 30) for _ in range(2)]
        little = await _chunks(words, "server", 30)
    assert {int(chunk.removeprefix("shown@1:")) for chunk in first} == {*range(0, 60, 7)}
    assert first == again
    assert len(little) == 30
    assert all(chunk.startswith("shown") for chunk in little)


async def test_a_long_question_is_searched_by_its_rarest_words(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        held = an_edition("a", *(["common filler"] * 40), "needle")
        await library.stage(held)
        await library.publish(held)
        asked = " ".join(["common", "filler", "needle", *(f"unknown{number}" for number in range(3_000))])
        assert (await _chunks(Words(library.store), asked))[0] == "a@1:40"


async def test_rare_words_weigh_more_and_unknown_ones_most(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        held = an_edition("a", "server sun", "server moon", "server sun")
        await library.stage(held)
        await library.publish(held)
        weights = await Words(library.store).weigh(["moon", "server", "unknown"], workspace=A_WORKSPACE)
    assert list(weights) == ["moon", "server", "unknown"]
    assert 0 < weights["server"] < weights["moon"] < weights["unknown"]


async def test_weights_follow_a_publication(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        first, second = an_edition("a", "moon"), an_edition("b", "sun", "sun", "sun")
        await library.stage(first)
        await library.publish(first)
        words = Words(library.store)
        before = (await words.weigh(["moon"], workspace=A_WORKSPACE))["moon"]
        await library.stage(second)
        await library.publish(second)
        assert (await words.weigh(["moon"], workspace=A_WORKSPACE))["moon"] > before


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=60))
async def test_no_text_is_an_error(tmp_path: Path, text: str) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        await _ask(Words(library.store), text)
