"""Whether a sentence is another one with one word replaced or something added. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.reading.claims import NUMBER_WORDS, stem
from bot.reading.wording import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FEWEST: Final = 3
"""Telling words of a sentence in which one may tell that another one is in its place."""
_WHOLE: Final = 4
"""Telling words of a sentence that is said again, and of what is said before something is added."""
_JOINS: Final = frozenset("and or from of for with in on to by at as including plus".split())  # noqa: SIM905
_COUNTS: Final = frozenset((*NUMBER_WORDS, *map(stem, NUMBER_WORDS), "first", "second", "third", "percent", "cent"))
"""What is compared as a number."""
_LIGHT: Final = frozenset(map(stem, "need use take give come work want run go keep get set do".split()))  # noqa: SIM905
"""What stands for any other verb."""
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
    if missing & _LIGHT:
        return False
    instead = other.telling - one.telling
    if len(instead) > _MOST or instead & _COUNTS or not all(word.isalpha() for word in missing):
        return False
    places = set().union(*_places([stem for stem in one.stems if stem], other.telling).values())
    others = _places([stem for stem in other.stems if stem], one.telling).values()
    return any(places & found for found in others)


def _places(order: Sequence[str], shared: frozenset[str]) -> Mapping[str, set[tuple[int, str]]]:
    """Give the shared neighbours of each word that is not shared, with the side on which they stand."""
    found: dict[str, set[tuple[int, str]]] = {}
    for at, word in enumerate(order):
        if word in shared:
            continue
        beside = found.setdefault(word, set())
        if at and order[at - 1] in shared:
            beside.add((-1, order[at - 1]))
        if at + 1 < len(order) and order[at + 1] in shared:
            beside.add((1, order[at + 1]))
    return found


def extended(claimed: str, said: str, known: frozenset[str]) -> bool:
    """Whether a sentence says all of another one in its order, and adds something that is not ``known``."""
    one, other = wording(claimed), wording(said)
    added = one.telling - other.telling
    if len(other.telling) < _WHOLE or not other.telling <= one.telling or not added or added & (known | _COUNTS):
        return False
    if not all(word.isalpha() for word in added):
        return False
    first = next(at for at, stem in enumerate(one.stems) if stem in added)
    told = [stem for stem in one.stems[:first] if stem]
    joined = any(word in _JOINS for word in one.words[max(0, first - 3) : first])
    return joined and len(told) >= _WHOLE and told == [stem for stem in other.stems if stem][: len(told)]
