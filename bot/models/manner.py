"""What the way a piece is written, and its place in its passage, say about it as an answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.reading.claims import claim
from bot.reading.negations import negations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.pieces import Piece

_DEFINITION = re.compile(r"\s*(?:what (?:is|are|does .{1,40} mean)|what's|define|who is)\b", re.IGNORECASE)
_LONGEST_NAME: Final = 6
_IS = re.compile(r"\b(?:is|are|means|stands for|answers|describes)\b", re.IGNORECASE)
_IS_A = re.compile(r"\s+(?:is|are) (?:an?|the)\b", re.IGNORECASE)
_DOES = re.compile(r"\s*(?:(?:an?|the)\s+)?(?P<head>\S+(?:\s+\S+){0,5}?)\s+(?:are|mean|[a-z]*[a-z]s)\s", re.IGNORECASE)
_WHICH = re.compile(r"\s*(?:what|which|how|where|when|who)\b", re.IGNORECASE)
_HOW_TO = re.compile(
    r"\b(?:how (?:do|can|should|would|to|does one)|i want to|command|install|set up|setup|configure|run|start|"
    r"enable|disable|steps?)\b",
    re.IGNORECASE,
)

_HOW_MUCH = re.compile(
    r"\b(?:how (?:many|much|long|big|large|often|fast)|size|length|number|max|maximum|at most|limit|share|"
    r"percentage)\b",
    re.IGNORECASE,
)
_WHAT_NAME = re.compile(r"\b(?:settings?|variables?|options?|flags?|commands?)\b", re.IGNORECASE)
_TO = re.compile(r"To \w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
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
            + self._defines(piece)
            + (0.1 if self._fits(piece) else 0.0)
            - (0.05 if self._declines(piece) else 0.0)
        )

    def _following(self, index: int) -> Piece | None:
        after = self.found[index + 1] if index + 1 < len(self.found) else None
        return after if after is not None and after.number == self.found[index].number else None

    def _defines(self, piece: Piece) -> float:
        """Say how much a piece says what the asked thing is, where that is the question.

        "An embedder turns …" tells more of an embedder than "The lite embedder is …".
        """
        if not _DEFINITION.match(self.question):
            return 0.0
        thing, does = claim(self.question).words, _DOES.match(piece.text)
        if does is not None and claim(does["head"]).words == thing:
            return 0.7 if _IS_A.match(piece.text, does.end("head")) else 0.5
        verb = _IS.search(piece.text)
        head = piece.text[: verb.start()] if verb else ""
        return 0.3 if 0 < len(head.split()) <= _LONGEST_NAME and thing <= claim(head).words else 0.0

    def _fits(self, piece: Piece) -> bool:
        """Whether a piece has the sort of thing that is asked: a number, a name to type, or what to do."""
        said = claim(piece.text)
        return bool(
            (said.numbers and _HOW_MUCH.search(self.question))
            or (said.exact and _WHAT_NAME.search(self.question))
            or (_TO.match(piece.text) and _HOW_TO.search(self.question))
        )

    def _declines(self, piece: Piece) -> bool:
        """Whether a piece says what is not so, where the question is after what is."""
        return bool(_WHICH.match(self.question)) and bool(negations(piece.text)) and not negations(self.question)
