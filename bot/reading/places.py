"""Whether one sentence puts two values or two names in each other's place in another sentence. Pure.

Each stands among other words: "from 10 to 12", "Acme acquired Globex". Where the words beside two of them are exchanged
more than they are kept, so are the two. A sentence that turns its verb round, with "by" or "which", tells nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.reading.claims import folded, stems
from bot.reading.dates import Date, covered, dates
from bot.reading.measures import MEASURES
from bot.reading.numerals import numerals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Item: TypeAlias = str
"""A value as it is reckoned, or a name's stem."""
Beside: TypeAlias = "Mapping[Item, frozenset[str]]"
"""The words beside each item, marked by their side."""

_TOKEN = re.compile(r"[^\W_]+(?:['.:,-][^\W_]+)*|[,;.!?()]")
_RELATIONS: Final = frozenset(
    "from to at on in before after until since than of for with into under over between".split()  # noqa: SIM905
)
_CUTS: Final = frozenset(",;.!?()") | {"and", "but", "or", "while", "whereas", "then"}
_TURNS: Final = frozenset({"by", "which", "that", "who", "whom", "whose"})
_WIDTH: Final = 4
"""Words on each side that say in what place something stands."""
_LEAST: Final = 2
"""Weight of the words that must stand beside the wrong one; "from" and its like weigh two."""
_MOST: Final = 12
"""Items of a sentence whose pairs are compared."""


def values_swapped(claimed: str, said: str) -> bool:
    """Whether two numbers or dates of a sentence stand in each other's place."""
    return _swapped(_valued(claimed), _valued(said))


def names_swapped(claimed: str, said: str, names: frozenset[str]) -> bool:
    """Whether two of some names, as stems, do."""
    if _turns(claimed) != _turns(said):
        return False
    return _swapped(_named(claimed, names), _named(said, names))


def _swapped(claimed: Beside, said: Beside) -> bool:
    common = sorted(claimed.keys() & said.keys())[:_MOST]
    return any(_exchanged(claimed, said, one, other) for one, other in combinations(common, 2))


def _exchanged(claimed: Beside, said: Beside, one: Item, other: Item) -> bool:
    """Whether more of what tells two apart stands beside the other one of them than beside the right one."""
    ones, others = said[one] - said[other], said[other] - said[one]
    kept = _weight(claimed[one] & ones) + _weight(claimed[other] & others)
    moved = _weight(claimed[one] & others) + _weight(claimed[other] & ones)
    return moved >= _LEAST and moved > kept


def _weight(words: frozenset[str]) -> int:
    return sum(2 if word.split()[1] in _RELATIONS else 1 for word in words)


@lru_cache(maxsize=4096)
def _turns(text: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(text.casefold())) & _TURNS


@lru_cache(maxsize=4096)
def _valued(text: str) -> Beside:
    text = " ".join(folded(text).split())
    items = {at: item for (start, end), item in _spans(text) for at in range(start, end)}
    return _beside(text, lambda found: items.get(found.start()))


def _spans(text: str) -> Iterator[tuple[tuple[int, int], Item]]:
    """Give where each date and each other number stands; "one" is no number here."""
    dated = dates(text)
    taken = covered(dated)
    for date in dated:
        yield (date.start, date.end), _date(date)
    for one in numerals(text):
        if one.start not in taken and not (one.spelled and one.value == 1):
            yield (one.start, one.end), str(one.value)


def _date(date: Date) -> Item:
    return date.written or f"{date.year}-{date.month}-{date.day}"


@lru_cache(maxsize=4096)
def _named(text: str, names: frozenset[str]) -> Beside:
    def item(found: re.Match[str]) -> Item | None:
        cut = stems(found.group().casefold().removesuffix("'s"))
        return next((one for one in cut if one in names), None) if found.group()[0].isupper() else None

    return _beside(" ".join(folded(text).split()), item)


def _beside(text: str, item: Callable[[re.Match[str]], Item | None]) -> Beside:
    tokens = [(found.group().casefold(), item(found)) for found in _TOKEN.finditer(text)]
    beside: dict[Item, frozenset[str]] = {}
    for at, (_, it) in enumerate(tokens):
        if it is not None:
            before, after = _side(tokens[:at][::-1][: 3 * _WIDTH]), _side(tokens[at + 1 : at + 1 + 3 * _WIDTH])
            sides = frozenset((*(f"before {word}" for word in before), *(f"after {word}" for word in after)))
            beside[it] = beside.get(it, frozenset()) | sides
    return beside


def _side(tokens: Sequence[tuple[str, Item | None]]) -> Iterable[str]:
    """Give the words next to an item, as far as the next item or the clause's end; a run of items is one."""
    found: list[str] = []
    for word, it in tokens:
        if (it is not None and found) or word in _CUTS or len(found) >= _WIDTH:
            break
        if it is None and word not in MEASURES:
            found += [word] if word in _RELATIONS else stems(word)
    return found
