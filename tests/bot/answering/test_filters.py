from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.filters import parsed


def fields(text: str) -> dict[str, set[str]]:
    return {item.field: set(item.values) for item in parsed(text)[1]}


def test_conditions_leave_the_question() -> None:
    text, _ = parsed('how do I rotate keys year:2024 publisher:"Acme Ltd" please')
    assert text == "how do I rotate keys please"
    assert fields('year:2024 publisher:"Acme Ltd" x') == {"year": {"2024"}, "publisher": {"Acme Ltd"}}


def test_a_field_written_twice_has_either_value() -> None:
    assert fields("tag:a tag:b version:3.11,3.12? x") == {"tag": {"a", "b"}, "version": {"3.11", "3.12"}}


@pytest.mark.parametrize(
    "text", ["what does foo:bar mean", "the source: unknown", "see http://x.org", "tag:", 'year:"', "my_tag:x"]
)
def test_what_is_no_condition_stays_text(text: str) -> None:
    assert parsed(text) == (text, ())


def test_field_names_have_no_case() -> None:
    assert fields("Year:2024 what") == {"year": {"2024"}}


@given(st.text(max_size=200))
def test_no_condition_means_no_change(text: str) -> None:
    left, filters = parsed(text)
    assert filters or left == text.strip()
