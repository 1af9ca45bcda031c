"""What an earlier question means for this one: whether it leans on it, and what to search then. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.reading.claims import claim
from knowledge.tokens import clipped, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.answering.turns import PastTurn
    from knowledge.base import Passage

Leaning: TypeAlias = Literal["strongly", "weakly", "not"]

SEARCHED: Final = 150
"""Tokens of search text."""
_ASKS = re.compile(
    r"\s*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|should|must|may|will|"
    r"would|has|have|list|show|name|describe|explain|tell|give|find|compare)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\s*(?:and|or|but|so|then|also|why|why not|what about|how about|what if|what else|anything else|in that case|"
    r"same for|tell me more|more|go on|continue|elaborate|really|are you sure|for example|such as|like what|"
    r"and if|ok(?:ay)?,? (?:and|but|so)|yes,? (?:and|but)|no,)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|her|ones|both|former|latter|same|else|"
    r"instead|too|as well|again|above|previous|others)\b",
    re.IGNORECASE,
)
_SHORT: Final = 2
"""Telling words up to which a question is taken to lean on the one before."""


def leans(question: str) -> Leaning:
    """Say how much a question seems to need the one before it.

    It does where it opens like a follow-up, points back, or says too little; a few words are too little where they
    ask nothing by themselves ("on Windows?"). It leans only a little where it points back and yet says much, as in
    "which file formats can it read?", whose "it" may be the bot; and where it is whole and yet says little, as in "can
    I switch later?".
    """
    words = len(claim(question).words)
    if _OPENS.match(question) or words == 0:
        return "strongly"
    if _POINTS.search(question):
        return "strongly" if words <= _SHORT else "weakly"
    if words > _SHORT:
        return "not"
    return "weakly" if _ASKS.match(question) else "strongly"


def previous(turns: Sequence[PastTurn]) -> str | None:
    """Give the last question that was a real one."""
    return next((turn.question for turn in reversed(turns) if turn.verdict not in ("told", "failed")), None)


def joined(question: str, before: str) -> str:
    """Give both questions as one search text, a line each, the new one first: the rest is only its context."""
    return f"{' '.join(question.split())}\n{' '.join(before.split())}"


def search_text(text: str) -> str:
    """Shorten to 150 tokens: the telling words alone, each once, in their order."""
    if count(text) <= SEARCHED:
        return text
    words: dict[str, str] = {}
    for word in re.findall(r"\S+", text):
        for stem in claim(word).words | claim(word).numbers:
            words.setdefault(stem, word.strip(".,;:!?()[]\"'"))
    return clipped(" ".join(dict.fromkeys(words.values())), SEARCHED)


def touches(question: str, passages: Iterable[Passage]) -> bool:
    """Whether passages hold anything of what this question itself asks; one that asks nothing new is touched."""
    asked = claim(question)
    new = asked.words | asked.numbers
    if not new:
        return True
    return any(
        new & (found.words | found.numbers)
        for found in (claim(f"{one.title} {' '.join(one.heading)} {one.text}") for one in passages)
    )
