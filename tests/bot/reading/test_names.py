from __future__ import annotations

import pytest

from bot.reading.claims import stem
from bot.reading.names import acronyms, letters, one, phrases, undotted
from tests.doubles.scaling import QUADRATIC, slowdown


@pytest.mark.parametrize(("written", "other"), [("italian", "italy"), ("dutch", "netherlands"), ("st", "saint")])
def test_two_ways_to_write_a_name_are_one(written: str, other: str) -> None:
    assert one(stem(written)) == one(stem(other))


@pytest.mark.parametrize(("name", "other"), [("julia", "julian"), ("austria", "australia"), ("maria", "marian")])
def test_two_names_are_two(name: str, other: str) -> None:
    assert one(stem(name)) != one(stem(other))


def test_an_acronym_is_read_with_and_without_dots_and_in_the_plural() -> None:
    assert acronyms(undotted("The U.S. and two NGOs")) == {"us", "ngo"}


def test_letters_and_phrases_are_what_an_acronym_stands_for() -> None:
    assert "sla" in letters("a service level agreement")
    assert phrases(["The", "United", "States", "and", "France"]) == (("United", "States"),)


@pytest.mark.parametrize("piece", ["A.", "AB", "AB ", "a ", "A", ". "])
def test_adversarial_text_takes_linear_time(piece: str) -> None:
    assert slowdown(lambda times: (undotted(piece * times), acronyms(piece * times)), 1_600) < QUADRATIC
