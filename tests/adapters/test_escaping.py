from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.escaping import safe, safe_json, safe_line

any_text = st.text(st.characters() | st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]))
JOINERS = {"\u200c", "\u200d"}


def _acts(character: str) -> bool:
    bidi = ["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"]
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(character) in bidi


@given(any_text)
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    assert not [character for character in safe(text) if _acts(character) and character not in "\n\t"]


@given(any_text)
def test_what_is_shown_can_always_be_encoded(text: str) -> None:
    safe(text).encode("utf-8")


@given(any_text)
def test_making_safe_twice_changes_nothing_more(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(any_text)
def test_a_line_stays_one_line(text: str) -> None:
    assert len(safe_line(text).splitlines()) <= 1


@given(st.recursive(any_text, lambda inner: st.lists(inner) | st.dictionaries(any_text, inner), max_leaves=5))
def test_safe_json_shows_nothing_dangerous_and_loses_nothing(value: object) -> None:
    shown = safe_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(shown) == value
    assert not [character for character in shown if _acts(character) and character != "\n"]


@pytest.mark.parametrize("text", ["naïve café", "日本語", "שלום", "👩‍👩‍👧 family", "a\tb\nc", "می‌خواهم", "e\u0301"])
def test_ordinary_words_of_any_script_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_an_escape_sequence_is_shown_instead_of_obeyed() -> None:
    assert safe("\x1b]0;owned\x07\x1b[2J") == "␛]0;owned␇␛[2J"


def test_eight_bit_control_sequences_are_replaced() -> None:
    assert safe("\x9b2J\x90") == "�2J�"


def test_a_carriage_return_cannot_overwrite_the_line() -> None:
    assert safe("rm -rf /\rls\r\n") == "rm -rf /␍ls\n"


def test_marks_that_reorder_a_line_are_dropped() -> None:
    assert safe("abc\u202edcba\u2066x\u2069\u200f") == "abcdcbax"


def test_an_undecodable_file_name_can_be_shown() -> None:
    assert safe_line(b"caf\xe9.md".decode("utf-8", "surrogateescape")) == "caf�.md"
