"""A chunk's words as PostgreSQL's keyword index keeps them: which, how often, and how many in all. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from knowledge.unaccented import plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_ABOVE: Final = 2
"""How many times a word of title or headings counts, where one of the text counts once: .000 to .004 of nDCG more."""
_POSITIONS: Final = 255
"""Positions that PostgreSQL keeps of a stem."""
_BYTES: Final = 500_000
"""Of a vector, whose limit is a megabyte; chunks are a thousandth of that, unless a source gives larger passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurring:
    """How often each word occurs, and how many words there are."""

    words: Mapping[str, int]
    length: int

    @classmethod
    def of(cls, searched: str, text: str) -> Self:
        """Count the words of ``searched``, which is title and headings in front of the text."""
        words = Counter(plain_words(searched))
        above = words - Counter(plain_words(text)) if _ABOVE > 1 else Counter[str]()
        weighed = {word: count + (_ABOVE - 1) * above[word] for word, count in words.items()}
        return cls(words=weighed, length=words.total())

    def vector(self, stems: Mapping[str, str]) -> str:
        """Write a ``tsvector``, in which a stem has as many positions as it occurs; they say nothing else."""
        counts = Counter[str]()
        for word, count in self.words.items():
            counts[stems[word]] += count
        parts: list[str] = []
        free = _BYTES
        for stem, count in counts.most_common():
            positions = min(count, _POSITIONS)
            free -= len(stem.encode()) + 2 * positions + 8
            if free < 0:
                break
            parts.append(f"{quoted(stem)}:{','.join(map(str, range(1, positions + 1)))}")
        return " ".join(parts)


def quoted(stem: str) -> str:
    """Write a stem as ``tsvector`` and ``tsquery`` read it, whatever is in it."""
    escaped = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
