from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.tokens import clipped, count


def test_words_are_counted_as_the_models_count_them() -> None:
    assert count("hello world") == 2
    assert count("") == 0


def test_what_looks_like_a_special_token_is_ordinary_text() -> None:
    assert count("<|endoftext|>") > 1


@pytest.mark.parametrize("character", ["a", "[", " ", "\n", "é", "漢"])
def test_long_runs_of_one_character_are_counted(character: str) -> None:
    assert 0 < count(character * 1_200_000) <= 1_200_000


def test_a_text_that_fits_comes_back_as_it_is() -> None:
    assert clipped("Two words.\n", 10) == "Two words.\n"


def test_a_text_is_clipped_after_a_sentence() -> None:
    assert (
        clipped("This is the first sentence. This is the second one, which is longer.", 9)
        == "This is the first sentence."
    )


def test_a_sentence_that_is_too_long_is_clipped_after_a_word() -> None:
    assert clipped("one two three four five six seven", 4) == "one two three four"


def test_nothing_fits_into_nothing() -> None:
    assert clipped("words", 0) == ""


def test_clipping_a_long_run_of_one_character_ends() -> None:
    assert 0 < count(clipped("x" * 300_000, 50)) <= 50


@given(st.text(max_size=400), st.integers(min_value=1, max_value=40))
def test_what_is_clipped_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    short = clipped(text, limit)
    assert count(short) <= limit
    assert text.startswith(short)
