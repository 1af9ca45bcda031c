from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking.windows import PARAGRAPHS, SENTENCES, windows

TEXTS = st.lists(
    st.sampled_from(["word", "a", "Long.", "x" * 30, " ", "\n", "\n\n", ". ", "  \n  \n"]), max_size=200
).map("".join)


def cut(text: str, limit: int, overlap: int = 0) -> list[str]:
    return [text[start:end].rstrip() for start, end, _ in windows(text, limit, overlap, SENTENCES)]


def test_a_text_is_cut_between_paragraphs_first() -> None:
    assert cut("One two.\nThree.\n\nFour five six.", 24) == ["One two.\nThree.", "Four five six."]


def test_a_paragraph_is_cut_between_sentences() -> None:
    assert cut("One two three. Four five six.", 20) == ["One two three.", "Four five six."]


def test_a_sentence_is_cut_between_words() -> None:
    assert cut("one two three four", 10) == ["one two", "three four"]


def test_a_word_is_cut_between_characters() -> None:
    assert cut("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_pieces_overlap_by_whole_words() -> None:
    assert cut("one two three four five", 10, 4) == ["one two", "two three", "four five"]


@given(TEXTS, st.integers(min_value=8, max_value=60), st.integers(min_value=0, max_value=3))
def test_no_piece_is_blank_or_over_its_limit_and_none_is_lost(text: str, limit: int, overlap: int) -> None:
    found = windows(text, limit, overlap, PARAGRAPHS)
    covered = 0
    for start, end, _ in found:
        assert 0 < len(text[start:end].rstrip()) <= limit
        assert not text[covered:start].strip()
        covered = end
    assert not text[covered:].strip()


@given(TEXTS, st.integers(min_value=20, max_value=60))
def test_the_number_of_pieces_grows_no_faster_than_the_text(text: str, limit: int) -> None:
    assert len(windows(text, limit, 3, PARAGRAPHS)) <= 1 + len(text) / (limit / 2 - 3)
