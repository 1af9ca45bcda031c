from __future__ import annotations

import pytest

from bot.reading.claims import claim
from bot.reading.opposites import opposed


@pytest.mark.parametrize(
    ("claimed", "said"),
    [("Prices will increase.", "Prices will decrease."), ("Keys are enabled.", "Keys are disabled.")],
)
def test_a_word_is_denied_by_its_opposite(claimed: str, said: str) -> None:
    assert opposed(claim(claimed).words, claim(said).words)
    assert opposed(claim(said).words, claim(claimed).words)


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("Prices will increase.", "Prices will increase, and costs decrease."),
        ("Prices increase and costs decrease.", "Costs decrease."),
        ("Pressure is reduced.", "As heights increase, pressures decrease."),
    ],
)
def test_a_text_that_says_both_denies_neither(claimed: str, said: str) -> None:
    assert not opposed(claim(claimed).words, claim(said).words)
