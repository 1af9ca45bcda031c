"""Whether a sentence turns round who does what to whom, what comes first, or which is more than which. Pure.

Numbers and names that change places are the matter of ``places``; here it is any telling words.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.reading.measures import MEASURES
from bot.reading.wording import SENTENCE, STOPS, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.reading.wording import Wording

_Words: TypeAlias = frozenset[tuple[int, str]]
"""Words on each side of a place."""
_Beside: TypeAlias = "Mapping[str, _Words]"

_RELATIONS: Final = frozenset(
    """from to at on in before after until since than of for with into under over between as per via
    through by""".split()  # noqa: SIM905 - a list of words
)
_CUTS: Final = STOPS | frozenset("and but or while whereas then so because if when unless".split())  # noqa: SIM905
_TURNS: Final = frozenset("by which that who whom whose".split())  # noqa: SIM905 - a list of words
_ORDERS: Final = {"before": False, "until": False, "after": True, "once": True}
"""Whether the clause that one begins is the earlier one."""
_NO_EVENT: Final = frozenset({"upon", "a", "an", "per", "more", "that", "this", "which", *STOPS})
"""What follows "once" or "after" where it tells no order of two events."""
_WIDTH: Final = 4
_FAR: Final = 9
_IS: Final = frozenset("is are was were be been being gets get got".split())  # noqa: SIM905 - a list of words
_ARTICLES: Final = frozenset("a an the each every this that their its".split())  # noqa: SIM905 - a list of words
_LEAST: Final = 3
"""Words that must stand beside the wrong one of two, and none beside the right one; two where they are sure."""
_MOST: Final = 14
"""Words of a sentence whose pairs are compared."""


def exchanged(claimed: str, said: str) -> bool:
    """Whether a sentence has two things in each other's place, or two events in the other order."""
    one, other = wording(claimed), wording(said)
    return any(rule(one, other) for rule in _RULES)


def _moved(one: Wording, other: Wording) -> bool:
    """Whether of two words each has beside it what the other sentence has beside the other one."""
    if bool(one.said & _TURNS - {"that"}) != bool(other.said & _TURNS - {"that"}):
        return False
    left, right = _beside(one), _beside(other)
    common = sorted(left.keys() & right.keys())[:_MOST]
    sure = frozenset(word for word in one.telling & other.telling if _passive(one, word) == _passive(other, word))
    joined = _joined(one) & _joined(other)
    beside = _joined(one) | _joined(other)
    return any(
        _in_place_of(left, right, (a, b), sure, frozenset((-1, word) for word, noun in joined if noun in {a, b}))
        for a, b in combinations(common, 2)
        if not {(a, b), (b, a)} & beside
    )


def _in_place_of(left: _Beside, right: _Beside, pair: tuple[str, str], sure: frozenset[str], fixed: _Words) -> bool:
    """Whether two words have what is beside them exchanged; what is ``fixed`` belongs to one of them in both."""
    a, b = pair
    own = fixed | {(side, word) for side in (-1, 1) for word in (a, b)}
    first, second = right[a] - right[b] - own, right[b] - right[a] - own
    if left[a] & first or left[b] & second:
        return False
    moved = left[a] & second, left[b] & first
    return all(moved) and (sum(map(len, moved)) >= _LEAST or all(word in sure for side in moved for _, word in side))


def _passive(said: Wording, stem: str) -> bool:
    """Whether a form of "be" stands before a word, or one word further."""
    at = said.stems.index(stem)
    return bool(_IS & frozenset(said.words[max(0, at - 2) : at]))


@lru_cache(maxsize=4096)
def _joined(said: Wording) -> frozenset[tuple[str, str]]:
    """Give the telling words that stand next to each other."""
    return frozenset(pair for pair in pairwise(said.stems) if all(pair))


@lru_cache(maxsize=4096)
def _beside(said: Wording) -> _Beside:
    found: dict[str, frozenset[tuple[int, str]]] = {}
    for at, stem in enumerate(said.stems):
        if stem and said.words[at] not in _RELATIONS and not _counts(said.words[at]):
            found[stem] = found.get(stem, frozenset()) | _next_to(said, at, -1) | _next_to(said, at, 1)
    return found


def _next_to(said: Wording, at: int, step: int) -> frozenset[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for place in range(at + step, at + step * (_FAR + 1), step):
        if not 0 <= place < len(said.words) or said.words[place] in _CUTS or len(found) >= _WIDTH:
            break
        word = said.words[place] if said.words[place] in _RELATIONS else said.stems[place]
        found += [(step, word)] if word and not _counts(said.words[place]) else []
    return frozenset(found)


def _undergone(one: Wording, other: Wording) -> bool:
    """Catch "Candidates tell somebody" for "candidates are told"."""
    for at, (noun, verb) in enumerate(pairwise(one.stems)):
        if (
            noun
            and verb
            and not one.words[at + 1].endswith("ing")
            and not _governed(one, at)
            and at + 2 < len(one.words)
            and (one.words[at + 2] in _ARTICLES or one.stems[at + 2])
        ):
            undergoes = any(
                stem == noun
                and other.words[place + 1] in _IS
                and other.stems[place + 2] == verb
                and not _governed(other, place)
                for place, stem in enumerate(other.stems[:-2])
            )
            if undergoes and other.stems.count(verb) == 1 and not _passive(one, verb):
                return True
    return False


def _governed(said: Wording, at: int) -> bool:
    """Whether a word belongs to a preposition, as "folder" in "of that folder", and so is no subject."""
    return bool(_RELATIONS & frozenset(said.words[max(0, at - 2) : at]))


def _counts(word: str) -> bool:
    return word in MEASURES or word[0].isdigit()


def _reordered(one: Wording, other: Wording) -> bool:
    left, right = _sequence(one), _sequence(other)
    return left is not None and right is not None and _crossed(left, right)


def _crossed(left: tuple[frozenset[str], frozenset[str]], right: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether two sides are exchanged, or more of them is than is kept, of what only one side has."""
    a, b = left[0] - left[1], left[1] - left[0]
    c, d = right[0] - right[1], right[1] - right[0]
    moved = a & d, b & c
    return (all(moved) and not b & d) or sum(map(len, moved)) > len(a & c) + len(b & d)


@lru_cache(maxsize=4096)
def _sequence(said: Wording) -> tuple[frozenset[str], frozenset[str]] | None:
    """Give the telling words of what is said to come first, and of what comes then."""
    at = next((at for at, word in enumerate(said.words) if word in _ORDERS and said.next(at) not in _NO_EVENT), None)
    if at is None:
        return None
    ends = STOPS if not at or said.words[at - 1] in STOPS else STOPS | {"and"}
    end = next((place for place in range(at + 1, len(said.words)) if said.words[place] in ends), len(said.words))
    first = not at or said.words[at - 1] in STOPS
    main = _up_to(said, end + 1, SENTENCE) if first else _back_from(said, at)
    clause, rest = _events(said, range(at + 1, end)), _events(said, main)
    if not clause or not rest:
        return None
    return (clause, rest) if _ORDERS[said.words[at]] else (rest, clause)


def _events(said: Wording, places: range) -> frozenset[str]:
    """Give the telling words in some places; how long something takes is no event."""
    return frozenset(said.stems[at] for at in places if said.stems[at] and not _counts(said.words[at]))


def _outdone(one: Wording, other: Wording) -> bool:
    """Whether "A is cheaper than B" turns "B is cheaper than A" round."""
    if one.said & _TURNS or "than" not in one.said or "than" not in other.said:
        return False
    left, right = _compared(one), _compared(other)
    comparative = left[0] == right[0]
    return comparative and bool((left[1] - left[2]) & right[2]) and bool(left[2] & (right[1] - right[2]))


def _compared(said: Wording) -> tuple[str, frozenset[str], frozenset[str]]:
    """Give the word before "than", and the telling words of its clause before and after it."""
    at = said.words.index("than")
    before, after = said.within(_back_from(said, at)), said.within(_up_to(said, at + 1, _CUTS))
    return said.words[at - 1] if at else "", before - after, after - before


def _up_to(said: Wording, start: int, ends: frozenset[str]) -> range:
    end = next((at for at in range(start, len(said.words)) if said.words[at] in ends), len(said.words))
    return range(start, end)


def _back_from(said: Wording, end: int) -> range:
    start = next((at for at in range(end - 1, -1, -1) if said.words[at] in STOPS), -1)
    return range(start + 1, end)


_RULES: Final = (_moved, _reordered, _outdone, _undergone)
