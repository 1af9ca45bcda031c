from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.differing import both, differs

_PAIRS = tomllib.loads(Path(__file__).with_name("differing.toml").read_text(encoding="utf-8"))
_TEXTS = st.one_of(st.text(), st.sampled_from([text for _, *pair in _PAIRS["differ"] for text in pair]))


def test_nine_of_ten_planted_differences_are_found_in_their_kind() -> None:
    missed = [(one, other) for kind, one, other in _PAIRS["differ"] if differs(one, other) != kind]
    assert len(_PAIRS["differ"]) >= 40
    assert len(missed) <= len(_PAIRS["differ"]) // 10, missed


@pytest.mark.parametrize(("one", "other"), _PAIRS["agree"])
def test_what_agrees_or_speaks_of_something_else_is_left_alone(one: str, other: str) -> None:
    assert differs(one, other) is None


@given(_TEXTS, _TEXTS)
def test_the_order_of_two_sentences_does_not_matter(one: str, other: str) -> None:
    assert differs(one, other) == differs(other, one)
    assert both(one + other, one, other) == both(one + other, other, one)


@given(_TEXTS)
def test_a_sentence_does_not_differ_from_itself(text: str) -> None:
    assert differs(text, text) is None
    assert differs(text, f"  {text}\n") is None


@given(st.integers(1_000, 999_999))
def test_thousands_may_be_written_with_commas(number: int) -> None:
    assert differs(f"The depot ships {number} parcels.", f"The depot ships {number:,} parcels.") is None


@given(
    st.integers(2, 90),
    st.sampled_from([("hours", "h"), ("%", "percent"), ("MB", "megabytes"), ("minutes", "min"), ("euros", "€")]),
)
def test_a_unit_may_be_written_short_or_long(number: int, unit: tuple[str, str]) -> None:
    one, other = (f"The gateway may use up to {number} {name} of its budget." for name in unit)
    assert differs(one, other) is None


@given(st.integers(2, 99), st.integers(2, 99))
def test_two_values_of_one_thing_differ_exactly_where_they_are_not_equal(one: int, other: int) -> None:
    found = differs(f"Access logs are kept for {one} days.", f"Access logs are kept for {other} days.")
    assert found == (None if one == other else "number")


def test_a_sentence_that_says_both_values_shows_both() -> None:
    old, new = "Backups are kept for 30 days.", "Backups are kept for 90 days."
    assert both("Backups are kept for 90 days, formerly for 30 days.", old, new)
    assert not both("Backups are kept for 90 days.", old, new)
