"""Cutting a long text at the best place within reach, in linear time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from knowledge.chunking.measuring import CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.chunking.measuring import Measure, Ruler

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


def windows(
    text: str, limit: int, overlap: int, separators: Sequence[Cut], measure: Measure = CHARACTERS
) -> list[tuple[int, int, Cut]]:
    """Give the beginning, end and kind of cut of pieces that measure at most ``limit``.

    Each piece ends at the best separator in its second half (a character where there is none) and begins at most
    ``overlap`` before the end of the one before, at a word. Every character that is not white space is in some piece.
    ``overlap`` is less than half of ``limit``, and a limit in tokens is at least a hundred.
    """
    pieces: list[tuple[int, int, Cut]] = []
    ruler = measure.along(text)
    last = len(text.rstrip())
    at = _skip_blank(text, 0)
    while at < last:
        end, cut = _end(text, last, ruler.past(at, limit // 2), ruler.past(at, limit), separators)
        if (over := measure.size(text[at:end].rstrip()) - limit) > 0:  # words may measure more together
            less = limit - 2 * over
            end, cut = _end(text, last, ruler.past(at, less // 2), ruler.past(at, less), separators)
        pieces.append((at, end, cut))
        at = _skip_blank(text, max(at + 1, _back(text, end, overlap, ruler)) if end < last else last)
    return pieces


def _end(text: str, last: int, half: int, reach: int, separators: Sequence[Cut]) -> tuple[int, Cut]:
    if reach >= last:
        return last, "end"
    for separator in separators:
        # A separator's last white space may stand one character past the limit: it is trimmed from what is shown.
        found = [match.end() for match in _PATTERNS[separator].finditer(text, half, reach + 1)]
        if found:
            return min(found[-1], last), separator
    return reach, "character"


def _back(text: str, end: int, overlap: int, ruler: Ruler) -> int:
    """Where the next piece begins: at the first word within ``overlap`` of the end."""
    if overlap <= 0:
        return end
    found = _PATTERNS["word"].search(text, ruler.before(end, overlap) - 1, end)
    return found.end() if found else end


_BLANK = re.compile(r"\s*")


def _skip_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
