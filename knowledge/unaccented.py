"""Words as SQLite's FTS5 cuts them (``unicode61 remove_diacritics 2``), so that other keyword indexes find the same.

https://www.sqlite.org/fts5.html, 4.3.1: runs of letters, digits and private characters, folded one by one, Latin ones
without their accents. It knows Unicode 6.1 and takes what is newer for letters; here those are what they are. Pure.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_ACCENTS: Final = frozenset(
    {*range(0x300, 0x305), *range(0x306, 0x30D), 0x30F, 0x311, 0x31B, *range(0x323, 0x329), 0x32D, 0x32E, 0x330, 0x331}
)
"""Marks that FTS5 drops inside a word; all others end it."""


class _Folded(dict[int, str]):
    """A table for ``str.translate``, made as it is asked for: a folded letter, nothing for a mark, else a space."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = "" if code in _ACCENTS else _folded(chr(code))
        return folded


_TABLE: Final = _Folded()


def plain_words(text: str) -> list[str]:
    """Give the words in their order, in lower case and without accents."""
    return text.translate(_TABLE).split()


def _folded(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind[0] not in "LN" and kind != "Co":
        return " "
    letter = next((folded for folded in (letter.casefold(), letter.lower()) if len(folded) == 1), letter)
    parts = unicodedata.normalize("NFD", letter)
    return parts[0].lower() if parts[0].isascii() else letter
