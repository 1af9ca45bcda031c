from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import chunked
from knowledge.chunking.markdown import parser
from knowledge.errors import Unreadable
from knowledge.tokens import count
from tests.doubles.documents import a_document

if TYPE_CHECKING:
    from knowledge.base import Format

WORDS = st.lists(st.from_regex(r"[a-zé]{1,12}[.,]?", fullmatch=True), min_size=1, max_size=80).map(" ".join)
CODE = st.lists(st.from_regex(r" {0,8}[a-z]{1,20}", fullmatch=True), min_size=1, max_size=120).map("\n".join)
CELLS = st.lists(st.from_regex(r"[a-z]{1,30}", fullmatch=True), min_size=3, max_size=3)
TABLE = st.lists(CELLS, min_size=1, max_size=60).map(
    lambda rows: "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ["---"] * 3, *rows[1:]]),
)
BLOCKS = st.one_of(
    WORDS,
    st.tuples(st.integers(min_value=1, max_value=6), WORDS).map(lambda found: f"{'#' * found[0]} {found[1][:150]}"),
    CODE.map(lambda code: f"```\n{code}\n```"),
    st.lists(WORDS, min_size=1, max_size=8).map(lambda items: "\n".join(f"- {item}" for item in items)),
    TABLE,
)
PAGES = st.lists(BLOCKS, max_size=12).map("\n\n".join)
HOSTILE = [
    "[",
    "#",
    "|",
    ">",
    "`",
    "*",
    "<",
    "- ",
    "1. ",
    "> ",
    "![",
    "<!--",
    "\\",
    "a|b\n",
    "# a\n",
    "- a\n",
    "a\n\n",
    "```\n",
]


def seen(text: str) -> list[str]:
    return re.findall(r"[a-zé]+", text)


def test_a_chunk_is_searched_by_title_path_and_text() -> None:
    (chunk,) = chunked(a_document("# Sizes\n## Items\n### Parts\nTables."), "e1", count).chunks
    assert (chunk.id, chunk.edition, chunk.ordinal) == ("e1:0", "e1", 0)
    assert chunk.heading == ("Items", "Parts")
    assert chunk.searched == "Sizes\nItems › Parts\nTables."
    assert chunk.text == "Tables."
    assert chunk.anchor == "parts"
    assert chunk.why == "line 4: the section ends"


def test_what_a_document_says_of_itself_wins() -> None:
    found = chunked(
        a_document("---\ntitle: Own\nupdated: 2024-05-01\ntags: [a]\n---\nwords", title="Guess"), "e", count
    )
    assert (found.title, found.tags, found.updated_at) == ("Own", ("a",), datetime(2024, 5, 1, tzinfo=UTC))
    assert chunked(a_document("words", title="Guess"), "e", count).title == "Guess"


@pytest.mark.parametrize("content", ["", " \n\n", "---\ntitle: T\n---\n", "<!-- c -->", "\ufeff", "[a]: https://b\n"])
def test_a_blank_document_has_no_chunks(content: str) -> None:
    assert chunked(a_document(content), "e", count).chunks == ()
    assert chunked(a_document(" \n\n", form="text"), "e", count).chunks == ()
    assert chunked(a_document(" \n\n", form="passage"), "e", count).chunks == ()


def test_a_binary_file_is_refused_by_name() -> None:
    with pytest.raises(Unreadable, match="docs/a is not text"):
        chunked(a_document(b"\0\1\2"), "e", count)


def test_text_is_cut_into_512_characters_that_overlap_by_up_to_100() -> None:
    text = "\n".join(f"Line {number} of the file, with some words in it." for number in range(100))
    chunks = chunked(a_document(text, form="text"), "e", count).chunks
    assert all(256 <= len(chunk.text) <= 512 for chunk in chunks[:-1])
    for before, after in pairwise(chunks):
        assert before.text.endswith(after.text.split("\n")[0])
    assert chunks[0].why.startswith("lines 1-11: part 1 of")


@pytest.mark.parametrize("words", [1, 50_000])
def test_a_passage_is_one_chunk_however_long(words: int) -> None:
    text = "# not a heading\n\n" + "word " * words
    (chunk,) = chunked(a_document(f"\n {text}\u200b\n", form="passage"), "e", count).chunks
    assert chunk.text == text.strip()
    assert (chunk.searched, chunk.heading, chunk.anchor) == (f"Guess\n{chunk.text}", (), None)


@given(PAGES)
def test_every_word_of_a_page_is_in_some_chunk_in_order(page: str) -> None:
    chunks = chunked(a_document(page, title="0"), "e", count).chunks
    told = [word for chunk in chunks for word in seen(chunk.searched)]
    rest = iter(told)
    lost = [word for word in dict.fromkeys(seen(page)) if word not in set(told)]
    assert not lost
    for chunk in chunks:
        assert all(word in rest for word in seen(chunk.text)), "chunks are in order"


@given(PAGES)
def test_no_chunk_is_blank_or_over_its_limit_and_fences_are_balanced(page: str) -> None:
    for chunk in chunked(a_document(page), "e", count).chunks:
        assert chunk.text.strip()
        assert len(chunk.text) <= (1600 if chunk.text.startswith(("```", "|")) else 1200)
        assert len(re.findall(r"^(?:```|~~~)", chunk.text, re.MULTILINE)) % 2 == 0


@given(
    st.one_of(st.text(max_size=3_000), st.binary(max_size=500)),
    st.sampled_from(["markdown", "text", "html", "passage"]),
)
def test_any_bytes_give_chunks_or_one_sentence(content: str | bytes, form: Format) -> None:
    document = a_document(content if isinstance(content, bytes) else content.encode("utf-8", "replace"), form=form)
    try:
        found = chunked(document, "e", count)
    except Unreadable:
        with pytest.raises(Unreadable, match=r"^docs/a .*\.$"):
            chunked(document, "e", count)
        return
    assert found == chunked(document, "e", count)
    assert all(chunk.text.strip() for chunk in found.chunks)


def work(content: str, form: Format) -> int:
    """The characters that come out, the measure of what a hostile page can make us hold and embed."""
    try:
        return sum(len(chunk.searched) for chunk in chunked(a_document(content, form=form), "e", count).chunks)
    except Unreadable:
        return 0


@pytest.mark.parametrize("form", ["markdown", "html", "text", "passage"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_comes_out_grows_no_faster_than_what_goes_in(hostile: str, form: Format) -> None:
    once, twice = (work(hostile * (size // len(hostile)), form) for size in (5_000, 10_000))
    assert twice <= 2.2 * once + 2_000


def test_an_endless_heading_is_not_repeated_for_every_section() -> None:
    page = f"# {'word ' * 5_000}\n" + "## part\n" + f"{'text ' * 70}\n\n## part\n" * 50
    assert work(page, "markdown") < 2 * len(page) + 50 * 500


def test_the_parser_of_blocks_does_no_work_twice() -> None:
    """What is inside lines is parsed by ourselves, once: the parser's own pass over it must stay off."""
    assert all(token.children in (None, []) for token in parser().parse("# a *b*\n\nc `d`"))
