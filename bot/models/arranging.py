"""In which order quotes are read: the direct answer first, else as their documents have them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.models.pieces import Piece

_AS_GOOD: Final = 0.95
"""Share of the best quote's score from which one of an earlier passage may as well stand first."""
_WITHIN: Final = 0.8
"""The same within one passage, where the document's own order helps a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Pieces of one passage that are read together, in its order; ``score`` is that of the one they are there for."""

    score: float
    pieces: tuple[Piece, ...]

    @property
    def number(self) -> int:
        """The passage's."""
        return self.pieces[0].number

    @property
    def at(self) -> int:
        """Where it begins in its passage."""
        return self.pieces[0].at


def merged(quotes: Sequence[Quote], new: Quote) -> list[Quote]:
    """Add a quote; those that share a piece with it become one."""
    shared = [quote for quote in quotes if set(quote.pieces) & set(new.pieces)]
    together = {piece for quote in (*shared, new) for piece in quote.pieces}
    one = Quote(
        score=max(quote.score for quote in (*shared, new)),
        pieces=tuple(sorted(together, key=lambda piece: piece.at)),
    )
    return [*(quote for quote in quotes if quote not in shared), one]


def arranged(quotes: Iterable[Quote]) -> list[Piece]:
    """Give all pieces in reading order.

    The best quote comes first, with the others of its passage, unless what stands before it is about as good; the
    rest follows by its passages' numbers, so that footnotes ascend where they can.
    """
    ordered = sorted(quotes, key=lambda quote: (quote.number, quote.at))
    if not ordered:
        return []
    best = max(ordered, key=lambda quote: quote.score)
    first = ordered[0].number
    leading = max(quote.score for quote in ordered if quote.number == first)
    if leading < _AS_GOOD * best.score:
        first = best.number
    passage = _first([quote for quote in ordered if quote.number == first], _WITHIN)
    others = [quote for quote in ordered if quote.number != first]
    return [piece for quote in (*passage, *others) for piece in quote.pieces]


def _first(quotes: Sequence[Quote], share: float) -> list[Quote]:
    """Put the best quote first where the first one has less than this share of its score."""
    best = max(quotes, key=lambda quote: quote.score)
    if quotes[0].score >= share * best.score:
        return list(quotes)
    return [best, *(quote for quote in quotes if quote is not best)]
