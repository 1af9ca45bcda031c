"""How hard a question is, and so whether a small model may try it first. Pure: without a model, in no time.

Easy is what one passage says in so many words: a short question for one thing, whose telling words one of the best
passages holds. All else is hard, because a strong model with an easy question only costs more, while a small one with
a hard question answers worse.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from knowledge import terms

if TYPE_CHECKING:
    from bot.answering.gate import Outlook
    from bot.models.base import Difficulty

SHORT: Final = 8
"""Telling words up to which a question asks for one thing."""
COVERED: Final = 0.7
"""Share of the question's weight in one passage, from which on it can be answered from there."""
NEAR: Final = 0.35
"""Cosine of the best chunk from which on it is about the same; questions off the topic have less."""
_WHY = re.compile(
    r"\bwhy\b|\bhow\b(?! (?:much|many|long|often|far|old|big|large|high|late|early|soon)\b)|\bexplain|\bdescribe"
    r"|\bsummar|\boverview\b|\bwalk me through\b|\bwhat (?:happens|if)\b|\bshould (?:i|we|one)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\bcompar|\bdiffer|\bversus\b|\bvs\b|\brather than\b|\binstead of\b|\b(?:better|best|worse|worst)\b"
    r"|\bpros and cons\b|\btrade-?offs?\b|\b(?:advantages|drawbacks)\b|\bbetween\b.+\band\b"
    r"|\b(?:all|each|every|both)\b",
    re.IGNORECASE,
)
_SPANS = re.compile(
    r"\b(?:since|until|during|over (?:time|the)|trend|changed?|history of)\b"
    r"|\bfrom\b.*\d.*\bto\b.*\d|\b(?:19|20)\d\d\b.*\b(?:19|20)\d\d\b|\b(?:last|past) \w+ (?:days|weeks|months|years)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\?.*\S.*\?|;|\n\s*\S|\b(?:and|or|but),? (?:also |then )?(?:what|which|who|whom|whose|when|where|how|why|is|are|"
    r"do|does|did|can|could|should|must|may|will)\b",
    re.IGNORECASE | re.DOTALL,
)
_HARD: Final = (_WHY, _COMPARES, _SPANS, _SEVERAL)


def difficulty(outlook: Outlook) -> Difficulty:
    """Judge a question by its words and by what its search said."""
    question, signals = outlook.question, outlook.signals
    covered = signals.coverage >= COVERED and signals.similarity >= NEAR
    short = len(terms.telling(question)) <= SHORT
    one = not any(pattern.search(question.strip()) for pattern in _HARD)
    return "easy" if covered and short and one else "hard"
