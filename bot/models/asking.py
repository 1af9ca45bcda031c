"""What a question asks of passages: how much each of its terms weighs, and which names it calls. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.models.pieces import terms
from bot.reading.claims import claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.models.pieces import Piece

_CONTEXT: Final = 0.35
_UNKNOWN_NAME: Final = 2.0
"""What a proper name that stands nowhere weighs more than another word: without it the question is another one."""
_FILLERS: Final = terms("need needs needed want wants wanted anything something everything thing things")
"""Words that questions are made of and answers are not; claims have other ones, so this is no part of theirs."""
_NAME = re.compile(r"(?<=[\w,;:)'\"] )[\"'(]?([a-z]?[A-Z]\w*(?:[.-]\w+)*)")
_SMALL = re.compile(r"\b[a-z]\w{3,}")
"""A word without a capital; where even the long ones have one, capitals say nothing: ``How to Install the Bot``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as its passages see it.

    ``weight`` is each term's by its rarity among the pieces. ``names`` are the options, files and identifiers that
    some piece holds letter for letter; ``foreign`` says that the question calls something by a name that none holds.
    """

    question: str
    weight: Mapping[str, float]
    names: frozenset[str]
    foreign: bool

    def share(self, held: frozenset[str]) -> float:
        """Give the share, from 0 to 1, of the question's weight that these terms hold."""
        total = sum(self.weight.values()) or 1.0
        return sum(self.weight[term] for term in self.weight.keys() & held) / total


def asked(question: str, found: Sequence[Piece]) -> Asked:
    """Weigh a question; its first line is what is asked, further lines are context and weigh a third."""
    own, _, context = question.partition("\n")
    called, known = claim(own).exact, _known(found)
    held = called & frozenset[str]().union(*(piece.names for piece in found))
    missing = [name for name in called - held if name.startswith("-") or "_" in name]
    unknown = (_proper(own) | terms(" ".join(missing))) - known
    weight = {term: _CONTEXT * _rarity(term, found) for term in _telling(context)}
    weight |= {term: _rarity(term, found) * (_UNKNOWN_NAME if term in unknown else 1.0) for term in _telling(own)}
    return Asked(question=own, weight=weight, names=held, foreign=bool(unknown or missing))


def _telling(text: str) -> frozenset[str]:
    return terms(text) - _FILLERS or terms(text)


def _known(found: Sequence[Piece]) -> frozenset[str]:
    return frozenset[str]().union(*(piece.words | piece.above for piece in found))


def _rarity(term: str, found: Sequence[Piece]) -> float:
    holding = sum(term in piece.words or term in piece.above for piece in found)
    return math.log(1 + (len(found) + 1) / (holding + 0.5))


def _proper(question: str) -> frozenset[str]:
    """Give the terms of the proper names of a question: capitals where no sentence begins."""
    if not _SMALL.search(question):
        return frozenset()
    return frozenset[str]().union(*(terms(name) for name in _NAME.findall(question)))
