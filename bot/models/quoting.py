"""Which sentences of numbered passages answer a question, by their words. Pure.

A sentence's worth is the share of the question's weight that it holds, terms weighted by their rarity among the
passages; its headings, its place and, where given, its likeness to the question add to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.models.arranging import Quote, arranged, merged
from bot.models.asking import asked
from bot.models.manner import Manner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models.asking import Asked
    from bot.models.pieces import Piece

SUPPORT: Final = 0.3
"""Share of the question's weight that the best sentence and its headings must hold, for anything to be quoted."""
LIKENESS: Final = 0.5
"""Cosine of question and sentence that is support enough, where the words do not speak against it."""
_TOLD: Final = 0.05
"""Share of the question's weight that a sentence and its headings must hold for a likeness to count."""
_ALONE: Final = 0.75
"""Cosine that counts whatever the words are: the same thing said in other ones."""
_SAME: Final = 0.72
"""Share of the best piece's score that another one of its passage needs."""
_NEW: Final = 0.6
"""The same for one that holds much of the question that is not quoted yet."""
_MUCH: Final = 0.25
"""Share of the question from which that is much."""
_OTHER: Final = 0.88
"""The same as the first for a piece of another passage, which changes the subject more easily."""
_NAMED: Final = 0.7
"""Share of the best piece's score that one with a name of the question needs for only such ones to be quoted."""
_TITLED: Final = 0.7
"""Share of the question in a passage's headings, from which on its first sentences are the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """How well a piece answers: ``support`` from 0 to 1 is what its words and headings hold of the question."""

    piece: Piece
    score: float
    support: float


def ranked(question: str, found: Sequence[Piece], likeness: Mapping[int, float] | None = None) -> list[Worth]:
    """Give every piece its worth, best first; ``likeness`` is the cosine of pieces, by their index in ``found``.

    The question's first line is what is asked; further lines are context, and weigh a third.
    """
    return _ranked(asked(question, found), found, likeness or {})


def _ranked(wanted: Asked, found: Sequence[Piece], likeness: Mapping[int, float]) -> list[Worth]:
    manner = Manner(question=wanted.question, found=found)
    worths = []
    for index, piece in enumerate(found):
        own, near = wanted.share(piece.words), max(0.0, likeness.get(index, 0.0))
        both, titled = wanted.share(piece.words | piece.above), wanted.share(piece.above)
        named = bool(wanted.names & piece.names)
        score = own + 0.5 * (both - own) + 0.6 * near + manner.of(index) + (0.3 if named else 0.0)
        score += 0.3 if titled >= _TITLED and piece.at <= 1 else 0.0
        support = max(both if own else 0.0, _by_meaning(wanted, both, near), SUPPORT if named else 0.0)
        worths.append(Worth(piece=piece, score=score, support=support))
    return sorted(worths, key=lambda worth: (-worth.score, worth.piece.number, worth.piece.at))


def _by_meaning(wanted: Asked, both: float, near: float) -> float:
    """Give the support of a likeness, which counts for little where the words say that something else is meant."""
    told = both >= _TOLD and not wanted.foreign
    return near / LIKENESS * SUPPORT if told or near >= _ALONE else 0.0


def chosen(
    question: str, found: Sequence[Piece], likeness: Mapping[int, float] | None = None, most: int = 3
) -> list[Piece]:
    """Choose what to quote, in an order that reads well: the best passage first, each in its own order.

    A piece brings what it needs: a lead-in its list or code, a dangling sentence the one before. Nothing is chosen
    where not even the best piece supports the question.
    """
    wanted = asked(question, found)
    worths = _named(_ranked(wanted, found, likeness or {}), wanted)
    best = next((worth for worth in worths if worth.support >= SUPPORT), None)
    if best is None:
        return []
    quotes: list[Quote] = []
    quoted = 0
    for worth in worths:
        piece = worth.piece
        taken = [one for quote in quotes for one in quote.pieces]
        if worth.score < _least(worth, best, taken, wanted) * best.score or worth.support < SUPPORT * 0.75:
            continue
        if piece in taken or _repeats(piece, taken):
            continue
        quotes = merged(quotes, Quote(score=worth.score, pieces=tuple(_with_company(piece, found, wanted))))
        quoted += 1
        if quoted == most:
            break
    return arranged(quotes)


def _least(worth: Worth, best: Worth, taken: Iterable[Piece], wanted: Asked) -> float:
    """Give the share of the best score that a piece needs: less where it holds of the question what none yet holds."""
    if worth.piece.number != best.piece.number:
        return _OTHER
    said = frozenset[str]().union(*(piece.words for piece in taken))
    return _NEW if wanted.share(worth.piece.words - said) >= _MUCH else _SAME


def _named(worths: list[Worth], wanted: Asked) -> list[Worth]:
    """Keep what holds a name of the question, unless that is far from the best: the name is then by the way."""
    named = [worth for worth in worths if wanted.names & worth.piece.names]
    return named if named and named[0].score >= _NAMED * worths[0].score else worths


def _repeats(piece: Piece, others: Iterable[Piece]) -> bool:
    return any(
        len(piece.words & one.words) > 0.8 * len(piece.words | one.words) for one in others if piece.words or one.words
    )


def _with_company(piece: Piece, found: Sequence[Piece], wanted: Asked) -> list[Piece]:
    """Give a piece with what it cannot be read without, and with the code or list that it announces."""
    same = [one for one in found if one.number == piece.number]
    at = next(index for index, one in enumerate(same) if one.at == piece.at)
    first = last = at
    if piece.unit.sort in ("item", "row"):
        start, end = _block(same, at)
        if start > 0 and same[start - 1].leads and _about(same[start - 1], wanted):
            first, last = start, end
    while first > 0 and (same[first].dangles or (same[first].unit.sort != "sentence" and same[first - 1].leads)):
        first -= 1
    if last + 1 < len(same) and (same[last].leads or same[last + 1].unit.sort == "code"):
        last = _block(same, last + 1)[1]
    return same[first : last + 1]


def _about(lead: Piece, wanted: Asked) -> bool:
    """Whether a lead-in, with its headings, announces what is asked: then the whole list is the answer."""
    return wanted.share(lead.words | lead.above) >= 0.5  # noqa: PLR2004 - half of it


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
