from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking.measuring import CHARACTERS, Measure, Tokens
from knowledge.chunking.windows import SENTENCES, windows
from knowledge.tokens import count

MEASURES = st.sampled_from([CHARACTERS, Tokens(count)])
TEXTS = st.lists(
    st.sampled_from(
        ["word", "a", "Long.", "x" * 300, " ", "\n", "\n\n", ". ", "日本語の文。", "😀" * 9, " " * 90, "—…(("]
    ),
    min_size=1,
    max_size=400,
).map("".join)


def test_a_ruler_in_characters_adds() -> None:
    ruler = CHARACTERS.along("any text")
    assert (ruler.past(2, 3), ruler.before(5, 3)) == (5, 2)


def test_a_ruler_in_tokens_goes_by_words() -> None:
    ruler = Tokens(count).along("one two three four")
    assert (ruler.past(0, 2), ruler.past(7, 1), ruler.before(18, 2)) == (7, 13, 7)


def test_a_ruler_in_tokens_always_goes_on() -> None:
    ruler = Tokens(count).along("incomprehensibilities")
    assert ruler.past(0, 0) == 21


@given(TEXTS, st.integers(min_value=100, max_value=300), st.integers(min_value=0, max_value=40), MEASURES)
def test_no_window_is_over_its_limit_and_none_of_the_text_is_lost(
    text: str, limit: int, overlap: int, measure: Measure
) -> None:
    found = windows(text, limit, overlap, SENTENCES, measure)
    covered = 0
    for start, end, _ in found:
        assert 0 < measure.size(text[start:end].rstrip()) <= limit
        assert not text[covered:start].strip()
        assert start >= covered or measure.size(text[start:covered].rstrip()) <= overlap
        covered = end
    assert not text[covered:].strip()


@pytest.mark.parametrize("piece", ["x", "word ", "\n", "😀", "a\n\n", "—"])
def test_each_word_is_counted_once_however_often_it_comes(piece: str) -> None:
    counted: list[str] = []

    def counting(text: str) -> int:
        counted.append(text)
        return count(text)

    windows(piece * (20_000 // len(piece)), 100, 20, SENTENCES, Tokens(counting))
    assert sum(map(len, counted)) <= 3 * 20_000
