from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from knowledge.sentences import Sentences
from tests.doubles.answering import passage
from tests.doubles.hashing import Hashing, hashed

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "Birds sing in the trees. Signing keys are rotated every month. Ships sail on Fridays."
KEYS = passage("keys.md", TEXT)


async def test_the_best_sentence_is_compared_not_the_whole_passage() -> None:
    embedder = Hashing()
    question = hashed("Signing keys are rotated every month.", 64)
    read = (await Sentences(embedder).read([KEYS]))[KEYS.chunk]
    assert read.texts[1] == "Signing keys are rotated every month."
    nearest = read.nearest(question)
    assert nearest.sentence == pytest.approx(1.0, abs=0.01)
    assert nearest.sentence > float(hashed(TEXT, 64) @ question)
    assert nearest.two < nearest.sentence


async def test_a_passage_is_embedded_once_however_often_it_is_read() -> None:
    embedder = Hashing()
    sentences = Sentences(embedder)
    again = [(await sentences.read([KEYS]))[KEYS.chunk].texts for _ in range(3)]
    assert len(embedder.texts) == len(again[0]) == 3


async def test_those_asked_for_last_are_remembered() -> None:
    embedder = Hashing()
    sentences = Sentences(embedder, kept=2)
    pages = [passage(f"{name}.md", f"Page {name} says something of its own.") for name in "abc"]
    for one in (*pages, pages[2], pages[1], pages[0]):
        await sentences.read([one])
    assert len(embedder.texts) == 4


async def test_several_passages_keep_their_own_sentences() -> None:
    pages = [passage("a.md", "One thing is said here."), passage("b.md", TEXT), passage("c.md", "x")]
    found = await Sentences(Hashing()).read(pages)
    assert [found[one.chunk].texts for one in pages] == [
        ("One thing is said here.",),
        ("Birds sing in the trees.", "Signing keys are rotated every month.", "Ships sail on Fridays."),
        ("x",),
    ]
    assert all(len(found[one.chunk].vectors) == len(found[one.chunk].texts) for one in pages)


async def test_nothing_read_embeds_nothing() -> None:
    class Never(Hashing):
        async def embed(self, texts: Sequence[str], /, *, purpose: str) -> object:  # type: ignore[override]
            raise AssertionError

    assert await Sentences(Never()).read([]) == {}


async def test_what_several_ask_for_at_once_is_embedded_once() -> None:
    embedder = Hashing()
    sentences = Sentences(embedder)
    async with asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(sentences.read([KEYS])) for _ in range(16)]
    assert len(embedder.texts) == 3
    assert {task.result()[KEYS.chunk].texts for task in asking} == {(await sentences.read([KEYS]))[KEYS.chunk].texts}


async def test_a_remembered_passage_keeps_no_other_one_alive() -> None:
    pages = [passage("a.md", "One thing is said here."), passage("b.md", TEXT)]
    for read in (await Sentences(Hashing()).read(pages)).values():
        assert read.vectors.base is None
