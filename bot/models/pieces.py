"""Numbered passages cut into what can be quoted. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.reading.claims import claim
from bot.reading.inlines import plain, read
from bot.reading.units import Unit, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.base import Numbered

_DANGLES = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|such|however|also|but|and|so|then|thus|therefore|moreover|"
    r"furthermore|in addition|otherwise|instead|for (?:example|instance)|e\.g|both|either|as a result|here)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A unit of a passage that may be quoted; ``at`` is its place there, ``above`` the terms of its headings.

    ``heads`` are these headings, outermost first. ``names`` are the options, files and identifiers that it or they
    hold, letter for letter.
    """

    number: int
    at: int
    unit: Unit
    text: str
    words: frozenset[str]
    heads: tuple[str, ...]
    above: frozenset[str]
    names: frozenset[str]

    @property
    def leads(self) -> bool:
        """Whether it announces what follows."""
        return self.unit.sort == "sentence" and self.text.rstrip().endswith(":")

    @property
    def dangles(self) -> bool:
        """Whether it cannot be understood without the sentence before."""
        return self.unit.sort == "sentence" and _DANGLES.match(self.text) is not None


def pieces(passages: Sequence[Numbered]) -> list[Piece]:
    """Cut the passages into what can be quoted, in reading order; headings only lend their words."""
    return [piece for passage in passages for piece in _cut(passage)]


def terms(text: str) -> frozenset[str]:
    """Give the stems and numbers of a text."""
    return claim(text).words | claim(text).numbers


@lru_cache(maxsize=256)  # the same passages answer again and again
def _cut(passage: Numbered) -> tuple[Piece, ...]:
    found: list[Piece] = []
    over = (passage.title, *passage.heading)
    heads = over
    for at, unit in enumerate(split(passage.text)):
        text = unit.text if unit.sort == "code" else plain(read(unit.text))
        if unit.sort == "heading":
            heads = (*over, text)
            continue
        above = " \n".join(heads)
        found.append(
            Piece(
                number=passage.number,
                at=at,
                unit=unit,
                text=text,
                words=terms(text),
                heads=heads,
                above=terms(above),
                names=claim(f"{above} \n{unit.head} \n{text}").exact,
            )
        )
    return tuple(found)
