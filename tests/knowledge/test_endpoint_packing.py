from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.endpoint.models import OPENAI, OTHERS, Limits, limits, wrong_length
from knowledge.endpoint.packing import portions
from knowledge.tokens import EMBEDDING, count

SMALL, OWN = "text-embedding-3-small", "nomic-embed-text"
WORDS = st.lists(st.sampled_from(["", " ", "one", "two words", "漢字", "a longer text of several words"]), max_size=40)
LIMITS = st.builds(
    Limits, text=st.integers(1, 6), inputs=st.integers(1, 9), tokens=st.integers(6, 30), least=st.integers(1, 9)
)


@given(WORDS, LIMITS)
def test_every_text_with_a_word_is_in_one_request_in_its_order(texts: list[str], within: Limits) -> None:
    packed = portions(texts, model=SMALL, limits=within)
    rows = [text.row for portion in packed for text in portion.texts]
    assert rows == [row for row, text in enumerate(texts) if text.strip()]


@given(WORDS, LIMITS)
def test_every_request_is_within_the_limits(texts: list[str], within: Limits) -> None:
    for portion in portions(texts, model=SMALL, limits=within):
        assert 0 < len(portion.texts) <= within.inputs
        assert portion.tokens <= within.tokens
        assert all(text.tokens <= within.text for text in portion.texts)
        assert all(count(text.text, EMBEDDING) == text.tokens for text in portion.texts)


@given(st.text(max_size=60))
def test_a_model_of_openai_is_bounded_exactly_and_another_by_more_than_it_can_take(text: str) -> None:
    exact = portions([text], model=SMALL, limits=OPENAI)
    bounded = portions([text], model=OWN, limits=OTHERS)
    assert [one.worst for one in exact] == [one.tokens for one in exact]
    assert all(one.worst > one.tokens for one in bounded)


def test_halves_hold_what_the_whole_held() -> None:
    (whole,) = portions([f"text {number}" for number in range(5)], model=SMALL, limits=OPENAI)
    first, second = whole.halves(SMALL)
    assert first.texts + second.texts == whole.texts


def test_a_single_text_is_halved_until_it_is_short() -> None:
    (whole,) = portions(["one word and another " * 100], model=SMALL, limits=OPENAI)
    halved = 0
    while halves := whole.halves(SMALL):
        (half,) = halves
        assert half.tokens <= whole.tokens // 2
        whole, halved = half, halved + 1
    assert 16 <= whole.tokens <= 32
    assert halved == 4


def test_batches_keep_all_lanes_busy() -> None:
    assert (limits(SMALL).batch, limits(OWN).batch) == (1_024, 64)


def test_a_length_that_a_model_cannot_give_is_known() -> None:
    assert wrong_length(SMALL, None) is None
    assert wrong_length(SMALL, 512) is None
    assert wrong_length("text-embedding-ada-002", 1_536) is None
    assert wrong_length("text-embedding-ada-002", 512) is not None
    assert wrong_length("text-embedding-3-large", 3_073) is not None
    assert wrong_length(OWN, 4_000) is None
