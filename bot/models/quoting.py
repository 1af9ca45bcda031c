"""Which sentences of numbered passages answer a question, by their words. Pure.

A sentence's worth is the share of the question's weight that it holds, terms weighted by their rarity among the
passages; its headings, its place and, where given, its likeness to the question add to that.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.reading.claims import claim
from bot.reading.inlines import plain, read
from bot.reading.units import Unit, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models.base import Numbered

SUPPORT: Final = 0.4
"""Share of the question's weight that the best sentence and its headings must hold, for anything to be quoted."""
LIKENESS: Final = 0.5
"""Cosine of question and sentence that is support enough."""
_RELATED: Final = 0.62
"""Share of the best sentence's worth that another one needs."""
_DANGLES = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|such|however|also|but|and|so|then|thus|therefore|moreover|"
    r"furthermore|in addition|otherwise|instead|for (?:example|instance)|e\.g|both|either|as a result|here)\b",
    re.IGNORECASE,
)
_HOW_TO = re.compile(
    r"\b(?:how (?:do|can|should|would|to|does one)|command|install|set up|setup|configure|run|start|enable|disable|"
    r"steps?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A unit of a passage that may be quoted; ``at`` is its place there, ``above`` the words of its headings."""

    number: int
    at: int
    unit: Unit
    text: str
    words: frozenset[str]
    above: frozenset[str]

    @property
    def leads(self) -> bool:
        """Whether it announces what follows."""
        return self.unit.sort == "sentence" and self.text.rstrip().endswith(":")

    @property
    def dangles(self) -> bool:
        """Whether it cannot be understood without the sentence before."""
        return self.unit.sort == "sentence" and _DANGLES.match(self.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """How well a piece answers: ``support`` from 0 to 1 is what its words and headings hold of the question."""

    piece: Piece
    score: float
    support: float


def pieces(passages: Sequence[Numbered]) -> list[Piece]:
    """Cut the passages into what can be quoted, in reading order; headings only lend their words."""
    found: list[Piece] = []
    for passage in passages:
        above = claim(" \n".join((passage.title, *passage.heading))).words
        section: frozenset[str] = frozenset()
        for at, unit in enumerate(split(passage.text)):
            text = unit.text if unit.sort == "code" else plain(read(unit.text))
            if unit.sort == "heading":
                section = claim(text).words
                continue
            words = claim(text).words
            found.append(Piece(number=passage.number, at=at, unit=unit, text=text, words=words, above=above | section))
    return found


def ranked(question: str, found: Sequence[Piece], likeness: Mapping[int, float] | None = None) -> list[Worth]:
    """Give every piece its worth, best first; ``likeness`` is the cosine of pieces, by their index in ``found``."""
    asked = claim(question).words
    weight = {term: _rarity(term, found) for term in asked}
    total = sum(weight.values()) or 1.0
    how_to = _HOW_TO.search(question) is not None
    worths = []
    for index, piece in enumerate(found):
        own = sum(weight[term] for term in asked & piece.words) / total
        both = sum(weight[term] for term in asked & (piece.words | piece.above)) / total
        near = (likeness or {}).get(index, 0.0)
        score = own + 0.5 * (both - own) + 0.6 * max(0.0, near) + _manner(piece, found, index, how_to=how_to)
        worths.append(Worth(piece=piece, score=score, support=max(both if own else 0.0, near / LIKENESS * SUPPORT)))
    return sorted(worths, key=lambda worth: (-worth.score, worth.piece.number, worth.piece.at))


def _rarity(term: str, found: Sequence[Piece]) -> float:
    holding = sum(term in piece.words or term in piece.above for piece in found)
    return math.log(1 + (len(found) + 1) / (holding + 0.5))


def _manner(piece: Piece, found: Sequence[Piece], index: int, *, how_to: bool) -> float:
    """What the way it is written, and its place, say about a piece."""
    following = found[index + 1] if index + 1 < len(found) and found[index + 1].number == piece.number else None
    count = len(piece.text.split())
    return (
        0.12 / piece.number
        + (0.05 if piece.at <= 1 else 0.0)
        - (0.25 if piece.dangles else 0.0)
        - (0.3 if piece.text.endswith("?") else 0.0)
        - (0.2 if count < 4 and piece.unit.sort == "sentence" else 0.0)  # noqa: PLR2004 -- fragments say little
        - (0.15 if count > 60 else 0.0)  # noqa: PLR2004 -- longer than a reader wants at once
        - (0.3 if piece.leads and following is None else 0.0)
        + (0.2 if how_to and following is not None and following.unit.sort == "code" else 0.0)
        - (0.1 if piece.unit.sort == "code" and not how_to else 0.0)
    )


def chosen(
    question: str, found: Sequence[Piece], likeness: Mapping[int, float] | None = None, most: int = 4
) -> list[Piece]:
    """Choose what to quote, in an order that reads well: the best passage first, each in its own order.

    A piece brings what it needs: a lead-in its list or code, an item its neighbours, a dangling sentence the one
    before. Nothing is chosen where not even the best piece supports the question.
    """
    worths = ranked(question, found, likeness)
    if not worths or max(worth.support for worth in worths) < SUPPORT:
        return []
    best = next(worth for worth in worths if worth.support >= SUPPORT)
    taken: dict[tuple[int, int], Piece] = {}
    passages: list[int] = []
    quoted = 0
    for worth in worths:
        if quoted >= most or worth.score < _RELATED * best.score:
            break
        piece = worth.piece
        if (piece.number, piece.at) in taken or worth.support < SUPPORT * 0.75 or _repeats(piece, taken.values()):
            continue
        group = _with_company(piece, found)
        taken.update({(one.number, one.at): one for one in group})
        quoted += 1 + sum(one.unit.sort == "sentence" for one in group if one is not piece)
        if piece.number not in passages:
            passages.append(piece.number)
    return sorted(taken.values(), key=lambda one: (passages.index(one.number), one.at))


def _repeats(piece: Piece, others: Iterable[Piece]) -> bool:
    return any(
        len(piece.words & one.words) > 0.8 * len(piece.words | one.words) for one in others if piece.words or one.words
    )


def _with_company(piece: Piece, found: Sequence[Piece]) -> list[Piece]:
    """Give a piece with what it cannot be read without, and with the code that follows it."""
    same = [one for one in found if one.number == piece.number]
    at = next(index for index, one in enumerate(same) if one.at == piece.at)
    first = last = at
    if piece.unit.sort in ("item", "row", "code"):
        first, last = _block(same, at)
    while first > 0 and (same[first].dangles or (same[first].unit.sort != "sentence" and same[first - 1].leads)):
        first -= 1
    if last + 1 < len(same) and (same[last].leads or same[last + 1].unit.sort == "code"):
        last = _block(same, last + 1)[1]
    return same[first : last + 1]


_WHOLE: Final = 9
"""Items of a list, or rows of a table, up to which it is quoted whole."""


def _block(same: Sequence[Piece], at: int) -> tuple[int, int]:
    """Give where the list or table of a piece begins and ends; only the piece itself in a very long one."""
    block, sort = same[at].unit.block, same[at].unit.sort
    first = last = at
    while first > 0 and same[first - 1].unit.block == block and same[first - 1].unit.sort == sort:
        first -= 1
    while last + 1 < len(same) and same[last + 1].unit.block == block and same[last + 1].unit.sort == sort:
        last += 1
    if sort != "sentence" and last - first < _WHOLE:
        return first, last
    return at, at
