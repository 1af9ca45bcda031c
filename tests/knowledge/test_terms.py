from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import coverage, match, pairs, root, shortened, telling, telling_pairs, words


def _count(text: str) -> int:
    return len(text.split())


def test_words_are_runs_of_letters_and_digits_in_lower_case() -> None:
    assert words("Don't use HTTP/2 (p99_latency), café! 字") == [
        "don", "t", "use", "http", "2", "p99", "latency", "café", "字",
    ]  # fmt: skip


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    assert words("cafe\N{COMBINING ACUTE ACCENT}") == words("café")


def test_telling_words_are_not_grammar_and_come_once() -> None:
    assert telling("How do I rotate the signing key of the signing service?") == ("rotate", "signing", "key", "service")


def test_a_question_of_grammar_alone_keeps_its_words() -> None:
    assert telling("Who are you, and who is it?") == ("who", "are", "you", "and", "is", "it")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("settings", "setting"),
        ("configured", "configure"),
        ("policies", "policy"),
        ("installation", "installing"),
        ("backups", "backup"),
        ("boxes", "box"),
        ("quickly", "quick"),
    ],
)
def test_forms_of_a_word_have_one_root(one: str, other: str) -> None:
    assert root(one) == root(other)


@pytest.mark.parametrize("word", ["gas", "red", "bed", "3", "s3", "字", "is"])
def test_short_words_stay_as_they_are(word: str) -> None:
    assert root(word) == word


def test_a_search_expression_is_words_in_quotes() -> None:
    assert match(["rotate", "key"]) == '"rotate" OR "key"'
    assert match([]) == ""


@given(st.lists(st.text(st.characters())))
def test_an_expression_holds_nothing_but_quoted_letters_and_digits(asked: list[str]) -> None:
    assert re.fullmatch(r'(?:"[^\W_]+"(?: OR "[^\W_]+")*)?', match(asked))


def test_coverage_is_the_weight_that_the_texts_hold() -> None:
    weights = {"rotate": 3.0, "keys": 1.0, "moon": 4.0}
    assert coverage(weights, "A key is rotated every month.") == pytest.approx(0.5)
    assert coverage(weights, "") == 0
    assert coverage({}, "anything") == 0


@given(st.dictionaries(st.sampled_from(["moon", "sun", "keys", "rotating"]), st.floats(0.01, 10)), st.text())
def test_coverage_is_a_share(weights: dict[str, float], text: str) -> None:
    assert 0 <= coverage(weights, text) <= 1
    assert not weights or coverage(weights, " ".join(weights)) == pytest.approx(1)


def test_a_short_question_is_searched_whole() -> None:
    assert shortened("how do I rotate keys", {"rotate": 1.0}, limit=5, count=_count) == "how do I rotate keys"


def test_of_a_long_question_the_heaviest_terms_are_searched_in_their_order() -> None:
    weights = {"a": 1.0, "b": 5.0, "c": 2.0, "d": 4.0}
    assert shortened("a b c d e", weights, limit=3, count=_count) == "b c d"


@given(st.text(st.sampled_from("ab cd"), max_size=80), st.integers(0, 12))
def test_the_search_text_keeps_its_limit(text: str, limit: int) -> None:
    weights = dict.fromkeys(telling(text), 1.0)
    assert _count(shortened(text, weights, limit=limit, count=_count)) <= limit


def test_pairs_are_telling_words_that_follow_each_other() -> None:
    assert telling_pairs("Can I stop a read replica of RDS instances?") == {
        ("read", "replica"),
        (root("rds"), root("instances")),
    }
    assert telling_pairs("the replica") == frozenset()
    assert telling_pairs("read replicas") <= pairs("You may read replicas of it.")
