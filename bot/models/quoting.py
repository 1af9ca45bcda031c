"""Which sentences of numbered passages answer a question, by their words. Pure.

A sentence's worth is the share of the question's weight that it holds, terms weighted by their rarity among the
passages; its headings, its place and, where given, its likeness to the question add to that.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import claim
from bot.reading.inlines import plain, read
from bot.reading.units import Unit, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models.base import Numbered

SUPPORT: Final = 0.3
"""Share of the question's weight that the best sentence and its headings must hold, for anything to be quoted."""
LIKENESS: Final = 0.5
"""Cosine of question and sentence that is support enough."""
_SAME: Final = 0.72
"""Share of the best piece's score that another one of its passage needs."""
_OTHER: Final = 0.88
"""The same for a piece of another passage, which changes the subject more easily."""
_CONTEXT: Final = 0.35
_TITLED: Final = 0.7
"""Share of the question in a passage's headings, from which on its first sentences are the answer."""
_DEFINITION = re.compile(r"\s*(?:what (?:is|are|does .{1,40} mean)|what's|define|who is)\b", re.IGNORECASE)
_LONGEST_NAME: Final = 6
_IS = re.compile(r"\b(?:is|are|means|stands for|answers|describes)\b", re.IGNORECASE)
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
    return [piece for passage in passages for piece in _cut(passage)]


@lru_cache(maxsize=256)  # the same passages answer again and again
def _cut(passage: Numbered) -> tuple[Piece, ...]:
    found: list[Piece] = []
    above = claim(" \n".join((passage.title, *passage.heading))).words
    section: frozenset[str] = frozenset()
    for at, unit in enumerate(split(passage.text)):
        text = unit.text if unit.sort == "code" else plain(read(unit.text))
        if unit.sort == "heading":
            section = claim(text).words
            continue
        words = _terms(text)
        found.append(Piece(number=passage.number, at=at, unit=unit, text=text, words=words, above=above | section))
    return tuple(found)


def ranked(question: str, found: Sequence[Piece], likeness: Mapping[int, float] | None = None) -> list[Worth]:
    """Give every piece its worth, best first; ``likeness`` is the cosine of pieces, by their index in ``found``.

    The question's first line is what is asked; further lines are context, and weigh a third.
    """
    weight = _weights(question, found)
    total = sum(weight.values()) or 1.0
    manner = _Manner(question=question.partition("\n")[0], found=found)
    worths = []
    for index, piece in enumerate(found):
        own = sum(weight[term] for term in weight.keys() & piece.words) / total
        both = sum(weight[term] for term in weight.keys() & (piece.words | piece.above)) / total
        titled = sum(weight[term] for term in weight.keys() & piece.above) / total
        near = (likeness or {}).get(index, 0.0)
        score = own + 0.5 * (both - own) + 0.6 * max(0.0, near) + manner.of(index)
        score += 0.3 if titled >= _TITLED and piece.at <= 1 else 0.0
        worths.append(Worth(piece=piece, score=score, support=max(both if own else 0.0, near / LIKENESS * SUPPORT)))
    return sorted(worths, key=lambda worth: (-worth.score, worth.piece.number, worth.piece.at))


def _weights(question: str, found: Sequence[Piece]) -> dict[str, float]:
    asked, _, context = question.partition("\n")
    weight = {term: _CONTEXT * _rarity(term, found) for term in _terms(context)}
    return weight | {term: _rarity(term, found) for term in _terms(asked)}


def _terms(text: str) -> frozenset[str]:
    return claim(text).words | claim(text).numbers


def _rarity(term: str, found: Sequence[Piece]) -> float:
    holding = sum(term in piece.words or term in piece.above for piece in found)
    return math.log(1 + (len(found) + 1) / (holding + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """What the way a piece is written, and its place, say about it."""

    question: str
    found: Sequence[Piece]

    def of(self, index: int) -> float:
        """Give what to add to a piece's score."""
        piece = self.found[index]
        sentence, count = piece.unit.sort == "sentence", len(piece.text.split())
        following = self._following(index)
        coded = following is not None and following.unit.sort == "code"
        how_to = _HOW_TO.search(self.question) is not None
        return (
            0.12 / piece.number
            + (0.05 if piece.at <= 1 else 0.0)
            - (0.25 if piece.dangles else 0.0)
            - (0.3 if piece.text.endswith("?") or (sentence and " | " in piece.text) else 0.0)
            - (0.2 if count < 4 and sentence else 0.0)  # noqa: PLR2004 - fragments say little
            - (0.15 if count > 60 else 0.0)  # noqa: PLR2004 - longer than a reader wants at once
            - (0.3 if piece.leads and following is None else 0.0)
            + (0.2 if how_to and coded else 0.0)
            - (0.4 if piece.unit.sort == "code" and not how_to else 0.0)
            + (0.3 if self._defines(piece) else 0.0)
            + (0.3 if claim(self.question).exact & claim(piece.text).exact else 0.0)
        )

    def _following(self, index: int) -> Piece | None:
        after = self.found[index + 1] if index + 1 < len(self.found) else None
        return after if after is not None and after.number == self.found[index].number else None

    def _defines(self, piece: Piece) -> bool:
        """Whether a piece says what the asked thing is, where that is the question."""
        if not _DEFINITION.match(self.question):
            return False
        verb = _IS.search(piece.text)
        head = piece.text[: verb.start()] if verb else ""
        return 0 < len(head.split()) <= _LONGEST_NAME and claim(self.question).words <= claim(head).words


def chosen(
    question: str, found: Sequence[Piece], likeness: Mapping[int, float] | None = None, most: int = 3
) -> list[Piece]:
    """Choose what to quote, in an order that reads well: the best passage first, each in its own order.

    A piece brings what it needs: a lead-in its list or code, a dangling sentence the one before. Nothing is chosen
    where not even the best piece supports the question.
    """
    worths = ranked(question, found, likeness)
    best = next((worth for worth in worths if worth.support >= SUPPORT), None)
    if best is None:
        return []
    weight = _weights(question, found)
    taken: dict[tuple[int, int], Piece] = {}
    passages: list[int] = []
    quoted = 0
    for worth in worths:
        piece = worth.piece
        least = _SAME if piece.number == best.piece.number else _OTHER
        if worth.score < least * best.score or worth.support < SUPPORT * 0.75:
            continue
        if (piece.number, piece.at) in taken or _repeats(piece, taken.values()):
            continue
        taken.update({(one.number, one.at): one for one in _with_company(piece, found, weight)})
        passages += [piece.number] if piece.number not in passages else []
        quoted += 1
        if quoted == most:
            break
    return sorted(taken.values(), key=lambda one: (passages.index(one.number), one.at))


def _repeats(piece: Piece, others: Iterable[Piece]) -> bool:
    return any(
        len(piece.words & one.words) > 0.8 * len(piece.words | one.words) for one in others if piece.words or one.words
    )


def _with_company(piece: Piece, found: Sequence[Piece], weight: Mapping[str, float]) -> list[Piece]:
    """Give a piece with what it cannot be read without, and with the code or list that it announces."""
    same = [one for one in found if one.number == piece.number]
    at = next(index for index, one in enumerate(same) if one.at == piece.at)
    first = last = at
    if piece.unit.sort in ("item", "row"):
        start, end = _block(same, at)
        if start > 0 and same[start - 1].leads and _about(same[start - 1], weight):
            first, last = start, end
    while first > 0 and (same[first].dangles or (same[first].unit.sort != "sentence" and same[first - 1].leads)):
        first -= 1
    if last + 1 < len(same) and (same[last].leads or same[last + 1].unit.sort == "code"):
        last = _block(same, last + 1)[1]
    return same[first : last + 1]


def _about(lead: Piece, weight: Mapping[str, float]) -> bool:
    """Whether a lead-in, with its headings, announces what is asked: then the whole list is the answer."""
    held = sum(weight[term] for term in weight.keys() & (lead.words | lead.above))
    return held >= 0.5 * sum(weight.values())


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
