"""Whether a sentence is another one but for one word, in whose place it has a word of the next sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.reading.wording import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FEWEST: Final = 3
"""Telling words of a sentence in which one may tell that another one is in its place."""
_MOST: Final = 3
"""Telling words that only the other one has: with more, it says something else."""


def replaced(claimed: str, said: str, known: frozenset[str]) -> bool:
    """Whether all of a sentence's telling words stand in another one but for one, which is ``known`` elsewhere.

    That one stands next to the same word as one that only the other sentence has.
    """
    one, other = wording(claimed), wording(said)
    missing = one.telling - other.telling
    if len(missing) != 1 or len(one.telling) < _FEWEST or not missing <= known:
        return False
    if len(other.telling - one.telling) > _MOST or not all(word.isalpha() for word in missing):
        return False
    places = set().union(*_places([stem for stem in one.stems if stem], other.telling).values())
    others = _places([stem for stem in other.stems if stem], one.telling).values()
    return any(places & found for found in others)


def _places(order: Sequence[str], shared: frozenset[str]) -> Mapping[str, set[tuple[int, str]]]:
    """Give the shared neighbours of each word that is not shared, with the side on which they stand."""
    found: dict[str, set[tuple[int, str]]] = {}
    for at, stem in enumerate(order):
        if stem in shared:
            continue
        beside = found.setdefault(stem, set())
        if at and order[at - 1] in shared:
            beside.add((-1, order[at - 1]))
        if at + 1 < len(order) and order[at + 1] in shared:
            beside.add((1, order[at + 1]))
    return found
