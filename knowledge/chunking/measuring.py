"""Measures of a text: in characters, or in tokens as whoever counts them says."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Unit: TypeAlias = Literal["characters", "tokens"]


class Ruler(Protocol):
    """One text's measure, laid along it; places are characters from its beginning."""

    def past(self, at: int, size: int) -> int:
        """Give the furthest place that is at most ``size`` past ``at``, and further than it."""
        ...

    def before(self, end: int, size: int) -> int:
        """Give the first place that is at most ``size`` before ``end``."""
        ...


class Measure(Protocol):
    """How large texts are."""

    @property
    def unit(self) -> Unit:
        """Say what is counted."""
        ...

    def size(self, text: str, /) -> int:
        """Give a text's size. That of two texts joined is about the sum."""
        ...

    def along(self, text: str, /) -> Ruler:
        """Lay a ruler along a text."""
        ...


@dataclass(frozen=True, slots=True)
class Characters:
    """Measures in characters, and is the ruler of every text."""

    unit: Unit = "characters"

    def size(self, text: str, /) -> int:
        """Give the number of characters."""
        return len(text)

    def along(self, _text: str, /) -> Characters:
        """Give itself: every character is as long as another."""
        return self

    def past(self, at: int, size: int) -> int:
        """Add."""
        return at + size

    def before(self, end: int, size: int) -> int:
        """Take away."""
        return end - size


@dataclass(frozen=True, slots=True)
class Tokens:
    """Measures in tokens, by a function that counts them in time linear in the text."""

    count: Callable[[str], int]
    unit: Unit = "tokens"

    def size(self, text: str, /) -> int:
        """Give the number of tokens."""
        return self.count(text)

    def along(self, text: str, /) -> _Words:
        """Count each word once."""
        return _Words(text, self.count)


_WORD: Final = re.compile(r"\s{0,24}\S{1,24}|\s{1,24}")
"""A word with the white space before it, as tokens have it, or a part of what is too long to be one."""


class _Words:
    """Lays the sum of the words' own sizes along a text: nearly exact, as tokens seldom reach over words."""

    def __init__(self, text: str, count: Callable[[str], int]) -> None:
        sizes: dict[str, int] = {}
        self._starts = array("Q")
        self._sums = array("Q", [0])
        """``sums[n]`` is the size of all words before the n-th."""
        for found in _WORD.finditer(text):
            word = found[0]
            if word not in sizes:
                sizes[word] = count(word)
            self._starts.append(found.start())
            self._sums.append(self._sums[-1] + sizes[word])
        self._starts.append(len(text))

    def past(self, at: int, size: int) -> int:
        first = bisect_right(self._starts, at) - 1
        last = bisect_right(self._sums, self._sums[first] + size) - 1
        return self._starts[min(max(last, first + 1), len(self._starts) - 1)]

    def before(self, end: int, size: int) -> int:
        last = bisect_left(self._starts, end)
        first = bisect_left(self._sums, max(0, self._sums[last] - size))
        return self._starts[min(first, last)]


CHARACTERS: Final = Characters()
