from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.base import Query, Scope
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


async def _chunks(words: Words, text: str) -> list[str]:
    return [hit.chunk for hit in await _ask(words, text)]


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


async def test_in_a_large_index_a_common_word_is_left_out_beside_a_rare_one(tmp_path: Path) -> None:
    async with in_file(tmp_path / "k.db", Words) as library:
        texts = ["server " + ("moon" if number == 7 else "sun") for number in range(1_200)]
        held = an_edition("a", *texts)
        await library.stage(held)
        await library.publish(held)
        words = Words(library.store)
        assert await _chunks(words, "server moon") == ["a@1:7"]
        assert len(await _ask(words, "server", limit=2_000)) == 1_200


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
