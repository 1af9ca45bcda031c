"""Whether passages hold the names of a sentence: in full, in short, or written otherwise. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.answering.evidence import alone
from bot.reading.names import one as same_name
from bot.reading.particulars import WEEKDAYS
from bot.reading.roots import RARE, ROOT, weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.answering.evidence import Evidence, Window
    from bot.reading.particulars import Particulars

_ALL_BUT: Final = 0.9
"""Share of the words beside its names that a window holds which says the same of somebody else."""
_SPELT: Final = 3
"""Letters of an acronym that words may stand for: any two stand beside each other by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The names of a sentence or a ``row``, and all its telling words."""

    particulars: Particulars
    words: frozenset[str]
    row: bool

    def of(self, passages: Iterable[Evidence]) -> frozenset[str]:
        """Give the words that must be there: names, however it writes what the passages never write small."""
        return self.particulars.names | self.words & frozenset().union(*(one.capitals for one in passages))

    def held(self, windows: Sequence[Window], passages: Sequence[Evidence]) -> bool:
        """Whether the names stand in the windows, or elsewhere in the passages where the windows name nothing else."""
        known = frozenset(word[:ROOT] for one in passages for word in one.words)
        strange = {word for word in self.particulars.strange if _absent(word, known)}
        names = self.of(passages) | strange
        missing = frozenset(name for name in names if not self._stands(name, windows))
        if not missing:
            return True
        if self.row or missing & WEEKDAYS or self.words <= names:
            return False
        every = alone(passages)
        if any(_absent(name, known) and not self._stands(name, every) for name in missing):
            return False
        return not self._others(windows, passages, names)

    def _stands(self, name: str, windows: Iterable[Window]) -> bool:
        """Whether windows have a name, in full or in short."""
        spelt = [one.letters for one in self.particulars.phrases if name in one.stems]
        short = name in self.particulars.short
        if short and name in self.particulars.letters:
            return True  # "artificial intelligence (AI)" abbreviates its own words
        short = short and len(name) >= _SPELT
        return any(
            same_name(name) in window.names
            or name in window.short
            or (short and name in window.letters)
            or any(one in window.short for one in spelt)
            for window in windows
        )

    def _others(self, windows: Sequence[Window], passages: Sequence[Evidence], names: frozenset[str]) -> bool:
        """Whether windows say nearly all of it, of somebody or something else."""
        capitals = frozenset[str]().union(*(one.capitals for one in passages))
        others = frozenset[str]().union(*(one.capitals | one.said & capitals for one in windows)) - self.words
        words = self.words - names
        held = frozenset[str]().union(*(one.words for one in windows))
        return bool(others) and len(words & held) >= _ALL_BUT * len(words)


def _absent(name: str, known: frozenset[str]) -> bool:
    """Whether a word is a rare one, of which not even the root is known."""
    return name[:ROOT] not in known and weight(name[:ROOT]) == RARE
