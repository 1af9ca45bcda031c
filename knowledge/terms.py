"""Words of a text: which of them tell what it is about, and how a keyword search asks for them. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Pair: TypeAlias = tuple[str, str]
"""The roots of two words, of which the second follows the first."""

_WORD = re.compile(r"[^\W_]+")

STOPWORDS: Final = frozenset(
    """
    a about above after again all also although am an and any are aren as at be because been before being below between
    both but by can cannot could couldn d did didn do does doesn doing don down during each either etc few for from
    further get gets give go had hadn has hasn have haven having he her here hers herself him himself his how however i
    if in into is isn it its itself just let ll m make many may me might more most much must my myself need no nor not
    now of off often ok on once only or other our ours ourselves out over per please re s same shall she should
    shouldn so some such t tell than that the their theirs them themselves then there these they this those through to
    too under until up us use used using ve very via want was wasn we were weren what when where whether which while
    who whom whose why will with within without won would wouldn you your yours yourself yourselves
    """.split()  # noqa: SIM905 - a list would be a hundred lines
)
"""Words of questions and grammar, contractions' ends (``don't`` is ``don`` and ``t``) included; they tell nothing."""

_ENDINGS: Final = ("ations", "ation", "ings", "ing", "edly", "ies", "ied", "ed", "es", "ly", "s", "e", "y")
_SHORTEST_ROOT: Final = 3


def words(text: str) -> list[str]:
    """Give the words in their order, in lower case and composed (NFC): runs of letters and digits."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def telling(text: str) -> tuple[str, ...]:
    """Give the words that tell what a question is about, each once, in their order.

    Stopwords count where there is nothing else, as in "who are you".
    """
    found = dict.fromkeys(words(text))
    return tuple(word for word in found if word not in STOPWORDS) or tuple(found)


@lru_cache(maxsize=2**16)
def root(word: str) -> str:
    """Take off an English ending, roughly, so that ``settings`` meets ``setting`` and ``configured`` ``configure``."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            return word.removesuffix(ending)
    return word


def roots(text: str) -> frozenset[str]:
    """Give the roots of all words of a text."""
    return frozenset(map(root, words(text)))


def telling_pairs(text: str) -> frozenset[Pair]:
    """Give the telling words of a question that follow each other, as pairs of roots: ``read replica``."""
    asked = words(text)
    following = pairwise(asked)
    return frozenset((root(one), root(other)) for one, other in following if STOPWORDS.isdisjoint((one, other)))


def pairs(text: str) -> frozenset[Pair]:
    """Give all words of a text that follow each other, as pairs of roots."""
    said = [root(word) for word in words(text)]
    return frozenset(pairwise(said))


def match(asked: Iterable[str]) -> str:
    """Write an FTS5 expression that holds for texts with any of the words.

    Each is a string in quotes (https://www.sqlite.org/fts5.html, 3.1), so none can be an operator; a word is letters
    and digits only, so none can end its quotes. No words give the empty text, which is no expression.
    """
    safe = (part for word in asked for part in _WORD.findall(word))
    return " OR ".join(f'"{part}"' for part in safe)


def coverage(weights: Mapping[str, float], text: str) -> float:
    """Give the share, from 0 to 1, of the terms' weight that a text contains, compared by their roots."""
    whole = sum(weights.values())
    if not whole:
        return 0.0
    present = roots(text)
    return min(1.0, sum(weight for term, weight in weights.items() if root(term) in present) / whole)


def shortened(text: str, weights: Mapping[str, float], *, limit: int, count: Callable[[str], int]) -> str:
    """Give the text if it counts at most ``limit``, else as many of its heaviest terms as do, in their order."""
    if count(text) <= limit:
        return text
    order = {term: place for place, term in enumerate(weights)}
    kept: list[str] = []
    for term in sorted(weights, key=lambda term: (-weights[term], order[term])):
        if count(" ".join([*kept, term])) > limit:
            break
        kept.append(term)
    return " ".join(sorted(kept, key=order.__getitem__))
