from __future__ import annotations

import sqlite3
import unicodedata
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.unaccented import plain_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ODD = {0x1E0, 0x1E1, 0x1885, 0x1886}
"""A with a dot and a macron, which FTS5 forgot, and two letters of Mongolian that have become marks since."""


@pytest.fixture(scope="module")
def cut() -> Iterator[Callable[[str], list[str]]]:
    """Cut a text as FTS5 does."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61 remove_diacritics 2')")
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")

        def words(text: str) -> list[str]:
            connection.execute("DELETE FROM t")
            connection.execute("INSERT INTO t VALUES (?)", (text,))
            return [term for (term,) in connection.execute("SELECT term FROM v ORDER BY offset")]

        yield words


def _known() -> list[str]:
    """Characters that both know: those of Unicode 3.2, without the ideographs, of which some stand for all."""
    old = unicodedata.ucd_3_2_0
    planes = (*range(1, 0x3500), *range(0x9F00, 0xAC80), *range(0xD700, 0x10500), *range(0x1D000, 0x1D800))
    return [chr(code) for code in planes if old.category(chr(code)) not in {"Cn", "Cs"} and code not in ODD]


def test_every_character_is_taken_as_fts5_takes_it(cut: Callable[[str], list[str]]) -> None:
    letters = _known()
    for start in range(0, len(letters), 500):
        text = " ".join(f"q{letter}q" for letter in letters[start : start + 500])
        assert plain_words(text) == cut(text)


@given(text=st.text(st.sampled_from(_known())))
def test_any_text_is_cut_as_fts5_cuts_it(cut: Callable[[str], list[str]], text: str) -> None:
    assert plain_words(text) == cut(text)


def test_accents_go_with_latin_letters_alone() -> None:
    assert plain_words("Crème BRÛLÉE e\u0301 ά й Straße") == ["creme", "brulee", "e", "ά", "й", "straße"]
