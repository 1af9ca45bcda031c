"""Which of the passages that were found are handed on: neighbours put together, repetitions dropped, lengths shared.

Pure: tokens are counted by a function that is passed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from knowledge.terms import roots
from knowledge.trimming import trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from knowledge.base import Passage

_SAME: Final = 0.85
"""Share of the shorter one's words in the other, from which two passages are one."""
_VALUE = re.compile(
    r"\d+(?:[.,:/-]\d+)*|\b(?:not|no|never|none|without|cannot)\b|n't\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|[a-z]+ty|hundred|thousand)\b",
    re.IGNORECASE,
)
"""What makes another statement of nearly the same words."""
_OVERLAP: Final = 200
"""Characters by which a chunk may repeat the end of the one before it."""
_LEAST_OVERLAP: Final = 8
"""Characters from which that is no chance: a table's row ends with the bar that the next one begins with."""
_LEAST: Final = 40
"""Tokens that a passage needs at least to say anything; with less room it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A passage with the roots of its words, and the run of its edition's chunks that its text is."""

    passage: Passage
    said: frozenset[str]
    values: tuple[str, ...]
    edition: str
    first: int
    last: int


def chosen(
    found: Sequence[Passage],
    weights: Mapping[str, float],
    *,
    passages: int,
    tokens: int,
    count: Callable[[str], int],
) -> tuple[Passage, ...]:
    """Give at most so many passages, best first, which with titles and headings count at most so many tokens.

    Two chunks that follow each other under one heading become one passage; what repeats a better one is left out;
    where all do not fit, the longest are cut to the sentences that say most of the weighted terms.
    """
    pieces: list[_Piece] = []
    for passage in found:
        piece = _piece(passage)
        if _repeats(piece, pieces):
            continue
        place = next((place for place, other in enumerate(pieces) if _continues(piece, other)), None)
        if place is not None:
            pieces[place] = _together(pieces[place], piece)
        elif len(pieces) < passages:
            pieces.append(piece)
    return _fitted([piece.passage for piece in pieces], weights, tokens=tokens, count=count)


def _piece(passage: Passage) -> _Piece:
    edition, _, ordinal = passage.chunk.rpartition(":")
    number = int(ordinal) if ordinal.isdecimal() else -1
    values = tuple(sorted(value.casefold() for value in _VALUE.findall(passage.text)))
    return _Piece(passage=passage, said=roots(passage.text), values=values, edition=edition, first=number, last=number)


def _continues(piece: _Piece, other: _Piece) -> bool:
    """Whether both are single chunks that follow each other, so that no passage grows past two."""
    return (
        piece.edition == other.edition
        and other.first == other.last
        and abs(piece.first - other.first) == 1
        and piece.passage.heading == other.passage.heading
    )


def _together(better: _Piece, piece: _Piece) -> _Piece:
    first, second = sorted((better, piece), key=lambda each: each.first)
    text = _continued(first.passage.text, second.passage.text)
    passage = replace(better.passage, text=text)
    return replace(better, passage=passage, said=first.said | second.said, first=first.first, last=second.last)


def _continued(first: str, second: str) -> str:
    """Join two texts, the second of which may begin with the first one's end."""
    for size in range(min(_OVERLAP, len(first), len(second)), _LEAST_OVERLAP - 1, -1):
        if first.endswith(second[:size]):
            return first + second[size:]
    return f"{first}\n\n{second}"


def _repeats(piece: _Piece, better: Iterable[_Piece]) -> bool:
    """Whether it says nothing new. Another document that says another number, or "not", does."""
    return any(_alike(piece.said, other.said) and _agree(piece, other) for other in better)


def _agree(piece: _Piece, other: _Piece) -> bool:
    return piece.passage.document == other.passage.document or piece.values == other.values


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Nearly the same words, or one's words nearly all in a text that is little longer."""
    return len(one & other) >= _SAME * len(one | other)


def _fitted(
    passages: Sequence[Passage], weights: Mapping[str, float], *, tokens: int, count: Callable[[str], int]
) -> tuple[Passage, ...]:
    """Cut the longest until all fit; where that leaves them too little, the last ones go."""
    frames = [count("\n".join((passage.title, *passage.heading))) for passage in passages]
    lengths = [count(passage.text) for passage in passages]
    while passages and (most := _level(lengths, tokens - sum(frames))) < min(_LEAST, max(lengths)):
        passages, frames, lengths = passages[:-1], frames[:-1], lengths[:-1]
    if not passages:
        return ()
    cut = (replace(each, text=trimmed(each.text, weights, limit=most, count=count)) for each in passages)
    return tuple(passage for passage in cut if passage.text)


def _level(lengths: Sequence[int], room: int) -> int:
    """Give the length to which all are cut so that they fit the room, as water finds its level."""
    for place, length in enumerate(sorted(lengths)):
        left = len(lengths) - place
        if length * left > room:
            return max(0, room // left)
        room -= length
    return max(lengths, default=0)
