"""How the kinds are cut: their sizes, their overlaps, and that nothing is lost."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import chunked
from knowledge.chunking.cutting import cut
from knowledge.chunking.outline import Code, Prose, Section, Table
from knowledge.genres import GENRES
from knowledge.tokens import count
from tests.doubles.documents import a_document
from tests.doubles.papers import AUDIT, AUDIT_IN_TEXT, CONTRACT, STORY

if TYPE_CHECKING:
    from knowledge.base import Chunk, Genre

KINDS = st.sampled_from(GENRES)
WORD = st.sampled_from(["a", "word", "sentence.", "naïve", "日本", "x" * 60, "12.5", "--"])
WORDS = st.tuples(st.lists(WORD, min_size=1, max_size=6), st.sampled_from([1, 20, 300])).map(
    lambda both: both[0] * both[1]
)
PROSE = st.builds(Prose, text=WORDS.map(" ".join), tight=st.booleans())
CELL = st.sampled_from(["a", "some words", "y" * 90])
BLOCKS = st.one_of(
    PROSE,
    st.builds(Code, text=WORDS.map("\n".join)),
    st.builds(
        Table,
        header=st.tuples(CELL, CELL),
        rows=st.tuples(st.lists(st.tuples(CELL, CELL), max_size=3), st.sampled_from([1, 20])).map(
            lambda both: tuple(both[0] * both[1])
        ),
    ),
)
HEADINGS = st.sampled_from(["Term", "Findings", "Finding 1: Doors", "Issue 2", "Cause", "High", "Recommendation"])
SECTIONS = st.lists(
    st.builds(
        Section,
        path=st.lists(HEADINGS, max_size=3).map(tuple),
        blocks=st.lists(BLOCKS, max_size=3).map(tuple),
    ).filter(lambda section: section.path or section.blocks),
    max_size=5,
)
BOUNDS = {"technical": 1600, "plain": 512, "general": 1600, "legal": 1000, "policy": 800, "audit": 1600}


def chunks(content: str, genre: Genre) -> tuple[Chunk, ...]:
    return chunked(a_document(content, form="text", genre=genre), "e", count).chunks


def shown(section: Section) -> str:
    """All that a reader sees of a section's blocks."""
    parts: list[str] = []
    for block in section.blocks:
        parts.extend(
            [block.text]
            if not isinstance(block, Table)
            else [cell for row in (block.header, *block.rows) for cell in row]
        )
    return "".join("".join(parts).split())


def size(text: str, genre: Genre) -> int:
    return count(text) if genre in {"legal", "policy"} else len(text)


@given(SECTIONS, KINDS)
def test_every_character_that_is_seen_is_in_some_chunk(sections: list[Section], genre: Genre) -> None:
    told = Counter(letter for chunk in cut(sections, genre, count) for letter in chunk.text)
    assert not Counter("".join(map(shown, sections))) - told


@given(SECTIONS, KINDS)
def test_no_chunk_is_blank_or_over_its_bound(sections: list[Section], genre: Genre) -> None:
    for chunk in cut(sections, genre, count):
        assert chunk.text.strip()
        if chunk.why.find("finding") >= 0:
            assert count(chunk.text) <= 1000
        else:
            assert size(chunk.text, genre) <= BOUNDS[genre]


@given(SECTIONS, KINDS)
def test_the_same_outline_gives_the_same_chunks(sections: list[Section], genre: Genre) -> None:
    assert cut(sections, genre, count) == cut(sections, genre, count)


@pytest.mark.parametrize(
    ("genre", "least", "most", "overlap"),
    [("plain", 256, 512, 100), ("general", 500, 1000, 200), ("policy", 360, 800, 100)],
)
def test_running_text_is_cut_in_pieces_that_overlap(genre: Genre, least: int, most: int, overlap: int) -> None:
    told = [chunk.text for chunk in chunks(STORY * 3, genre)]
    assert all(least <= size(text, genre) <= most for text in told[:-1])
    for before, after in pairwise(told):
        again = max((length for length in range(len(after) + 1) if before.endswith(after[:length])), default=0)
        assert overlap / 2 < size(after[:again], genre) <= overlap


def test_paragraphs_of_markdown_overlap_too() -> None:
    first, second, *_ = chunked(a_document(STORY), "e", count).chunks
    assert first.text[-150:] in second.text or second.text[:150] in first.text
    assert "characters of part 1 again" in second.why


def test_sections_of_a_contract_are_put_together_up_to_a_thousand_tokens() -> None:
    clause = "The parties shall pay what is due on the first day of each month. " * 12
    contract = "\n\n".join(f"{number}. ARTICLE\n\n{number}.1 {clause}" for number in range(1, 20))
    sizes = [count(chunk.text) for chunk in chunks(contract, "legal")]
    assert all(500 <= size <= 1000 for size in sizes[:-1])


def test_a_contract_is_cut_between_its_clauses() -> None:
    clause = "The parties shall pay what is due on the first day of each month. " * 12
    contract = "1. PAYMENT\n\n" + "\n\n".join(f"1.{number} {clause}" for number in range(1, 30))
    told = chunks(contract, "legal")
    assert len(told) > 3
    assert all(chunk.text.startswith("1.") and chunk.text.endswith("month.") for chunk in told)
    assert {chunk.heading for chunk in told} == {("1. PAYMENT",)}


def test_one_finding_is_one_chunk_in_markdown_and_in_text() -> None:
    for content, form in ((AUDIT, "markdown"), (AUDIT_IN_TEXT, "text")):
        document = a_document(content, form=form)  # type: ignore[arg-type]
        found = [chunk for chunk in chunked(document, "e", count).chunks if chunk.why.endswith("one finding, whole")]
        assert len(found) == 2
        assert all("ecommendation" in chunk.text and "ondition" in chunk.text for chunk in found)


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize(
    "hostile", ["1. A\n", "FINDING 1\n", "§ 1 A\n\n", "A\n=\n", "😀", "Cause:\n", "ARTICLE I\n\nPART A\n\n"]
)
def test_what_comes_out_grows_no_faster_than_what_goes_in(hostile: str, genre: Genre) -> None:
    once, twice = (
        sum(len(chunk.searched) for chunk in chunks(hostile * (n // len(hostile)), genre)) for n in (5_000, 10_000)
    )
    assert twice <= 2.2 * once + 2_000


def test_a_contract_says_its_lines() -> None:
    (chunk,) = chunks(CONTRACT, "legal")
    assert chunk.why == "lines 3-26: 5 small sections together"
