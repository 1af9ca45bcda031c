"""Cutting a long text at the best place within reach, in linear time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cut: TypeAlias = Literal["paragraph", "line", "sentence", "word", "character", "end"]

PARAGRAPHS: tuple[Cut, ...] = ("paragraph", "line", "word")
"""The separators of plain text and code, best first; a character is the last resort of all."""
SENTENCES: tuple[Cut, ...] = ("paragraph", "line", "sentence", "word")

_PATTERNS: Mapping[Cut, re.Pattern[str]] = {
    "paragraph": re.compile(r"\n[ \t]*\n+"),
    "line": re.compile(r"\n"),
    "sentence": re.compile(r"[.!?…][\"')\]]?\s|[\u3002\uff01\uff1f]"),
    "word": re.compile(r"\s"),
}


def windows(text: str, limit: int, overlap: int, separators: Sequence[Cut]) -> list[tuple[int, int, Cut]]:
    """Give the beginning, end and kind of cut of pieces of at most ``limit`` characters.

    Each piece ends at the best separator in its second half (a character where there is none) and begins at most
    ``overlap`` characters before the end of the one before, at a word. Every character that is not white space is in
    some piece. ``overlap`` is less than half of ``limit``.
    """
    pieces: list[tuple[int, int, Cut]] = []
    last = len(text.rstrip())
    at = _skip_blank(text, 0)
    while at < last:
        end, cut = _end(text, at, last, limit, separators)
        pieces.append((at, end, cut))
        at = _skip_blank(text, _back(text, end, overlap) if end < last else last)
    return pieces


def _end(text: str, at: int, last: int, limit: int, separators: Sequence[Cut]) -> tuple[int, Cut]:
    reach = at + limit
    if reach >= last:
        return last, "end"
    for separator in separators:
        # A separator's last white space may stand one character past the limit: it is trimmed from what is shown.
        found = [match.end() for match in _PATTERNS[separator].finditer(text, at + limit // 2, reach + 1)]
        if found:
            return min(found[-1], last), separator
    return reach, "character"


def _back(text: str, end: int, overlap: int) -> int:
    """Where the next piece begins: at the first word within ``overlap`` of the end."""
    if overlap <= 0:
        return end
    found = _PATTERNS["word"].search(text, end - overlap - 1, end)
    return found.end() if found else end


_BLANK = re.compile(r"\s*")


def _skip_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
