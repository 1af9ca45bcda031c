"""What a text denies: for each negation, the stems of what follows it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.reading.claims import folded, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[,;:.!?()]")
_NON = re.compile(r"\bnon-?([^\W\d_]{3,40})", re.IGNORECASE)
_WORDS: Final = frozenset(
    """no not never none nobody nothing nowhere neither nor without cannot lack lacks lacking lacked unable hardly
    rarely seldom scarcely barely false untrue incorrect fail fails failed impossible""".split()  # noqa: SIM905
)
_NOTHING: Final = frozenset({"only", "just", "merely", "doubt", "matter", "to"})
"""What makes no denial of a "not" or "no" before it; "not to mention"."""
_BOUNDS: Final = frozenset({"more", "less", "fewer", "later", "greater", "exceed", "be"})
_ENDS: Final = frozenset(",;:.!?()") | {"but", "because", "although", "while", "whereas", "if", "unless", "so"}
_REACH: Final = 4
"""Telling words that a negation reaches."""


@lru_cache(maxsize=4096)
def negations(text: str) -> tuple[frozenset[str], ...]:
    """Give the reach of each negation of a text, in their order; linear in its length."""
    said = [word.casefold() for word in _TOKEN.findall(folded(text))]
    return tuple(_reach(said, at + 1) for at, word in enumerate(said) if _denies(said, at, word))


def _denies(tokens: Sequence[str], at: int, word: str) -> bool:
    if word not in _WORDS and not word.endswith("n't"):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    then = tokens[at + 2] if at + 2 < len(tokens) else ""
    if word in {"fail", "fails", "failed"}:
        return after == "to"
    if word == "no" and after == ",":
        return False
    if (
        (word in {"no", "not"} or word.endswith("n't"))
        and after in _NOTHING
        and not (after == "to" and then != "mention")
    ):
        return False
    bound = then == "than" or after == "exceed" or (after == "be" and then == "exceed")
    return not (after in _BOUNDS and bound)


def _reach(tokens: Sequence[str], at: int) -> frozenset[str]:
    """Give the telling words after a place, or, where a clause ends there, the last two before it."""
    found: list[str] = []
    for token in tokens[at : at + 4 * _REACH]:
        if (token in _ENDS and found) or len(found) >= _REACH:
            break
        found += stems(token)
    if not found:
        found = [cut for token in tokens[max(0, at - 2 * _REACH) : at - 1] for cut in stems(token)][-2:]
    return frozenset(found[:_REACH])


@lru_cache(maxsize=4096)
def absences(text: str) -> tuple[frozenset[str], ...]:
    """Give the stem of each ``non-polluting``: it may stand for a negation, and no negation need stand for it."""
    return tuple(frozenset(stems(found.casefold())) for found in _NON.findall(folded(text)))
