from __future__ import annotations

import pytest

from bot.reading.claims import stem
from bot.reading.negations import absences, negations
from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("Windows isn't supported.", ["supported"]),
        ("They do not, however, expire.", ["expire"]),
        ("It runs without a key.", ["key"]),
        ("It failed to start.", ["start"]),
        ("These words are not your own.", ["words"]),
    ],
)
def test_a_negation_reaches_what_follows_it_or_else_what_stands_before(text: str, reached: list[str]) -> None:
    assert [one.reach for one in negations(text)] == [frozenset(map(stem, reached))]


@pytest.mark.parametrize(
    "text",
    [
        "It is not only fast.",
        "No more than 8 characters.",
        "It must not exceed 8.",
        "No, keys expire.",
        "She is barely older.",
        "A false claim was made.",
    ],
)
def test_what_only_looks_like_a_negation_denies_nothing(text: str) -> None:
    assert negations(text) == ()


@pytest.mark.parametrize(
    ("text", "denied"),
    [("It is non-polluting.", "polluting"), ("It is unlawful.", "lawful"), ("It is impossible.", "possible")],
)
def test_the_beginning_of_a_word_may_stand_for_a_negation(text: str, denied: str) -> None:
    assert [one.reach for one in absences(text)] == [frozenset({stem(denied)})]


@pytest.mark.parametrize("text", ["An important unit informs us.", "Understand it until it is improved."])
def test_the_same_letters_elsewhere_do_not(text: str) -> None:
    assert absences(text) == ()


@pytest.mark.parametrize("piece", ["not ", "no ", "non", "non-", "n't ", "not, ", "a", "fails to "])
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    assert slowdown(lambda times: (negations.__wrapped__(piece * times), absences(piece * times)), 1_600) < QUADRATIC


@pytest.mark.parametrize(
    "text", ["It isn’t so.", "Never do it.", "It cannot run.", "without a key", "It hardly runs.", "It is false."]
)
def test_each_word_of_denial_is_one(text: str) -> None:
    assert len(negations(text)) == 1
