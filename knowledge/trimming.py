"""Long passages cut to their best sentences. Pure; everything that is left stands verbatim in the passage, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.terms import root, roots, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# A run of stops is tried once, from its first, and whole: a hostile page may hold nothing else.
_SENTENCE = re.compile(r".+?(?:(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s++[^\s\d a-z])\s++|\Z)", re.DOTALL)
_OWN_LINE = re.compile(r"\s*(?:[-*+•]\s|\d{1,3}[.)]\s|\||#{1,6}\s|>)")
_NEIGHBOUR: Final = 0.3
"""Of a unit's worth that rubs off on the next one and the one before: answers stand beside the question's words."""
_OPENING: Final = 0.1
"""Worth of the first unit as such, in shares of the question's weight: it says what the passage is about."""
_GAP: Final = "\n\n"
_FEWEST: Final = 3
"""Words that a unit needs to say something: a lone heading or a table's rule does not."""
_LONGEST: Final = 600
"""Characters of a unit that are read for its meaning."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, a line of a list or table, or a whole code block, with the space behind it."""

    text: str
    block: int


def trimmed(text: str, weights: Mapping[str, float], *, limit: int, count: Callable[[str], int]) -> str:
    """Give the text if it counts at most ``limit``, else its units that say most of the weighted terms, in order.

    Empty where not even one unit fits.
    """
    if count(text) <= limit:
        return text
    units = _units(text)
    worths = _spread(_worths(units, weights))
    kept: set[int] = set()
    spent = 0
    for place in sorted(range(len(units)), key=lambda place: (-worths[place], place)):
        cost = count(units[place].text) + 1
        if spent + cost <= limit:
            kept.add(place)
            spent += cost
    return _joined(units, sorted(kept))


def sentences(text: str) -> list[str]:
    """Give the units of a text that say something, each stripped and at most 600 characters long; at least one."""
    said = [unit.text.strip()[:_LONGEST] for unit in _units(text) if len(words(unit.text)) >= _FEWEST]
    return said or [text.strip()[:_LONGEST]]


def _joined(units: Sequence[_Unit], kept: Sequence[int]) -> str:
    """Keep the space between neighbours; a gap becomes a new paragraph, so that nothing reads as one that is not."""
    parts: list[str] = []
    for place, before in zip(kept, [None, *kept], strict=False):
        gap = before is not None and place != before + 1
        if gap and parts:
            parts[-1] = parts[-1].rstrip() + _GAP
        parts.append(units[place].text)
    return "".join(parts).strip("\n").rstrip()


def _worths(units: Sequence[_Unit], weights: Mapping[str, float]) -> list[float]:
    """The share of the terms' weight in each unit; a term that several units hold counts less in each."""
    whole = sum(weights.values()) or 1.0
    found = [roots(unit.text) for unit in units]
    shares: dict[str, float] = {}
    for term, weight in weights.items():
        holders = sum(root(term) in said for said in found)
        if holders:
            shares[root(term)] = weight / whole / holders**0.5
    worths = [sum(shares[each] for each in said & shares.keys()) for said in found]
    return [worth + (_OPENING if place == 0 else 0.0) for place, worth in enumerate(worths)]


def _spread(worths: Sequence[float]) -> list[float]:
    around = [0.0, *worths, 0.0]
    return [worth + _NEIGHBOUR * (around[place] + around[place + 2]) for place, worth in enumerate(worths)]


def _units(text: str) -> list[_Unit]:
    return [
        _Unit(unit, number)
        for number, (block, whole) in enumerate(_blocks(text))
        for unit in ([block] if whole else _cut(block))
    ]


def _cut(block: str) -> Iterator[str]:
    if any(_OWN_LINE.match(line) for line in _LINE.findall(block)):
        yield from _LINE.findall(block)
    else:
        yield from _SENTENCE.findall(block)


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Give paragraphs, lists and tables, and whole fenced code blocks, each with the blank lines behind it."""
    block: list[str] = []
    fence = ""
    for line in _LINE.findall(text):
        mark = _FENCE.match(line)
        if fence:
            block.append(line)
            if mark and mark[1].startswith(fence):
                yield "".join(block), True
                block, fence = [], ""
        elif mark:
            if block:
                yield "".join(block), False
            block, fence = [line], mark[1]
        else:
            if block and line.strip() and not block[-1].strip():
                yield "".join(block), False
                block = []
            block.append(line)
    if block:
        yield "".join(block), bool(fence)
