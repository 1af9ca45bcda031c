from __future__ import annotations

import pytest

from bot.reading.opposites import opposed, told


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("Prices will increase.", "Prices will decrease."),
        ("Keys are enabled.", "Keys are disabled."),
        ("It includes support.", "It excludes support."),
        ("The employers pay.", "The employee pays."),
        ("The proposal was approved.", "The proposal was refused."),
        ("It blocks inbound traffic.", "It blocks outbound traffic."),
        ("The earliest date is 1 May.", "The latest date is 1 May."),
    ],
)
def test_a_word_is_denied_by_its_opposite(claimed: str, said: str) -> None:
    assert opposed(told(claimed), told(said))
    assert opposed(told(said), told(claimed))


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("Prices will increase.", "Prices will increase, and costs decrease."),
        ("Prices increase and costs decrease.", "Costs decrease."),
        ("Pressure is reduced.", "As heights increase, pressures decrease."),
    ],
)
def test_a_text_that_says_both_denies_neither(claimed: str, said: str) -> None:
    assert not opposed(told(claimed), told(said))


@pytest.mark.parametrize("word", ["unencrypted", "nonprofit", "disconnected", "inactive", "illegal", "impossible"])
def test_a_word_is_denied_by_itself_without_its_un(word: str) -> None:
    bare = {"nonprofit": "profit", "inactive": "active"}.get(word, word[2 if word[0] in "uiI" else 3 :])
    assert opposed(told(f"It is {word}."), told(f"It is {bare}."))


@pytest.mark.parametrize(
    ("claimed", "said"),
    [("An employee works.", "Employment is work."), ("Understand it.", "They derstand it."), ("It is a unit.", "It.")],
)
def test_words_that_only_look_like_opposites_are_none(claimed: str, said: str) -> None:
    assert not opposed(told(claimed), told(said))
