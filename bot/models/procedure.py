"""Steps that answer "how do I …?": a numbered list, quoted whole where its heading is what is asked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.models.asking import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.models.pieces import Piece

_HOW_TO = re.compile(
    r"\s*(?:(?:please|hi|hello|hey|so|and|ok(?:ay)?)[,\s]+)*"
    r"(?:how\s+(?:do|can|could|should|would|must|may|to|does\s+one|is\s+it\s+possible\s+to)\b|"
    r"(?:what|which)\s+(?:are\s+the\s+)?steps\b|steps\s+(?:to|for)\b)",
    re.IGNORECASE,
)
_MOST: Final = 12
"""Steps that are still quoted whole."""
_TITLED: Final = 0.6
"""Share of the question's weight in the headings, from which the steps below them are what is asked."""
_ALIKE: Final = 0.5
"""Cosine of question and headings that is enough, where no single step is much closer to the question."""
_MUCH: Final = 0.15
"""How much closer that is: a first step often repeats what the heading says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A passage's numbered steps, with what stands between them and the sentence that announces them."""

    pieces: tuple[Piece, ...]

    @property
    def number(self) -> int:
        """The passage's."""
        return self.pieces[0].number


def procedures(question: str, found: Sequence[Piece]) -> list[Steps]:
    """Give each passage's numbered list that may be the answer; none where nobody asks how something is done."""
    if not _HOW_TO.match(question):
        return []
    numbers = dict.fromkeys(piece.number for piece in found)
    return [one for number in numbers for one in _lists([piece for piece in found if piece.number == number])]


def answering(
    question: str, found: Sequence[Piece], alike: Mapping[int, float], likeness: Mapping[int, float]
) -> tuple[Piece, ...]:
    """Give the steps that answer a question, or nothing: the answer is then a sentence, or one step.

    ``alike`` is the cosine of the question and a passage's headings, by the passage's number, and ``likeness`` that
    of pieces, by their index in ``found``. The passage that was found first is preferred.
    """
    wanted = asked(question, found)
    close = {(found[index].number, found[index].at): cosine for index, cosine in likeness.items()}
    for steps in procedures(question, found):
        titled = wanted.share(steps.pieces[0].above)
        nearest = max((close.get((piece.number, piece.at), 0.0) for piece in steps.pieces), default=0.0)
        if titled >= _TITLED or alike.get(steps.number, 0.0) >= max(_ALIKE, nearest - _MUCH):
            return steps.pieces
    return ()


def _lists(same: Sequence[Piece]) -> Iterator[Steps]:
    """Give the numbered lists of one passage that begin at 1, code between their steps included."""
    at = 0
    while at < len(same):
        steps = _steps(same, at)
        if steps is None:
            at += 1
            continue
        begin = at - 1 if at and same[at - 1].leads else at
        yield Steps(pieces=tuple(same[begin:steps]))
        at = steps


def _steps(same: Sequence[Piece], begin: int) -> int | None:
    """Give where the numbered list that begins here ends; nothing where none begins, or where it is too long."""
    count, end = 0, begin
    for at in range(begin, len(same)):
        unit = same[at].unit
        if unit.sort == "item" and unit.head == str(count + 1):
            count, end = count + 1, at + 1
        elif unit.sort == "code" and count:
            end = at + 1
        else:
            break
    return end if 1 < count <= _MOST else None
