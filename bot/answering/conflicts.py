"""What the sources of an answer say otherwise: pairs of sentences that are nominated, and never judged. Pure.

A pair is of two documents, alike but for a number, a date or a "not" (``bot.reading.differing``), and one of its
sentences is what the answer drew on. Both are quoted, newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.models.pieces import pieces
from bot.reading.claims import claim
from bot.reading.differing import both, differs

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from adapters.parts import Citation
    from bot.models.base import Numbered
    from bot.models.pieces import Piece

_MOST: Final = 5
"""Sentences that are shown under one answer: all editions of a page say their own, as far as that."""
_LONGEST: Final = 320
"""Characters of a quote, as in the citation table."""
_DRAWN_ON: Final = 0.5
"""Of a sentence's words, those that the answer says too, where it drew on it."""
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One sentence, word for word as its passage shows it, with the passage's number and its document's date."""

    number: int
    text: str
    document: str
    dated: datetime | None = None
    year: int | None = None

    @property
    def changed(self) -> datetime:
        """When it was last changed, as far as that is known, else long ago."""
        if self.dated is not None:
            return self.dated if self.dated.tzinfo else self.dated.replace(tzinfo=UTC)
        return _EARLIEST.replace(year=self.year) if self.year else _EARLIEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two sentences that may contradict each other, the newer one first."""

    sides: tuple[Side, Side]


def nominated(
    passages: Sequence[Numbered], citations: Sequence[Citation], used: Mapping[int, Sequence[str]]
) -> tuple[Conflict, ...]:
    """Give the pairs, of at most five sentences, one side of which the answer drew on; those with the newest first.

    ``used`` are the sentences of the answer that each passage supports. What one of them shows both sides of, with both
    cited, is left out.
    """
    lines = {line.number: line for line in citations}
    quotable = [(piece, _side(piece, lines[piece.number])) for piece in pieces(passages) if _quotable(piece, lines)]
    sides = [side for _, side in quotable]
    found = {
        _conflict(ours, theirs)
        for piece, ours in quotable
        if _drawn_on(piece, used.get(piece.number, ()))
        for theirs in _others(ours, sides)
        if not _shown(ours, theirs, used)
    }
    return _few(_apart(sorted(sorted(found, key=_place), key=lambda one: one.sides[0].changed, reverse=True)))


def _quotable(piece: Piece, known: Container[int]) -> bool:
    """Whether a piece is in the citation table, and says something by itself in few enough words."""
    whole = piece.unit.sort in {"sentence", "item"} and not piece.dangles and len(piece.text) <= _LONGEST
    return whole and piece.number in known


def _side(piece: Piece, line: Citation) -> Side:
    text = " ".join(piece.text.split())
    return Side(number=line.number, text=text, document=line.document, dated=line.dated, year=line.year)


def _drawn_on(piece: Piece, sentences: Iterable[str]) -> bool:
    words = (claim(sentence).words for sentence in sentences)
    return any(len(piece.words & own) >= _DRAWN_ON * max(1, len(piece.words)) for own in words)


def _others(ours: Side, sides: Sequence[Side]) -> Iterator[Side]:
    """Give what other documents say otherwise."""
    found = [one for one in sides if one.document != ours.document and differs(ours.text, one.text)]
    if found and not _listed(ours, sides):
        yield from (one for one in found if not _listed(one, sides))


def _listed(side: Side, sides: Iterable[Side]) -> bool:
    """Whether its own document says the like with another value: then it speaks of several things."""
    return any(side.document == own.document and differs(side.text, own.text) for own in sides)


def _shown(ours: Side, theirs: Side, used: Mapping[int, Sequence[str]]) -> bool:
    """Whether a sentence of the answer cites both passages and says both values."""
    together = set(used.get(ours.number, ())) & set(used.get(theirs.number, ()))
    return any(both(sentence, ours.text, theirs.text) for sentence in together)


def _conflict(one: Side, other: Side) -> Conflict:
    first, second = sorted((one, other), key=lambda side: side.number)
    return Conflict(sides=(second, first) if second.changed > first.changed else (first, second))


def _place(conflict: Conflict) -> tuple[tuple[int, str], ...]:
    return tuple((side.number, side.text) for side in conflict.sides)


def _few(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Leave out the pairs that say nothing new, and those for which there is no room."""
    kept: list[Conflict] = []
    texts: set[str] = set()
    for conflict in conflicts:
        said = {side.text for side in conflict.sides}
        if not said <= texts and len(texts | said) <= _MOST:
            kept.append(conflict)
            texts |= said
    return tuple(kept)


def _apart(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Give each pair of texts once; two passages of one document may overlap."""
    kept: dict[frozenset[str], Conflict] = {}
    for conflict in conflicts:
        kept.setdefault(frozenset(side.text for side in conflict.sides), conflict)
    return tuple(kept.values())
