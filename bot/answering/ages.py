"""Which of the passages at hand come from old documents, and which from an earlier edition of another one. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Passage

_EDITION = re.compile(r"(?<![\w.-])(?:v|version |edition |rev(?:ision)? )?(\d+(?:\.\d+){0,3})(?![\w-])", re.IGNORECASE)
_YEARS: Final = range(1900, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How a document stands: ``days`` since its last change where that makes it old, and the title of a ``newer`` one.

    Each is None where it does not apply, or where nobody knows.
    """

    days: int | None = None
    newer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Judges ages on a day; ``most`` days make a document old, and with 0 none is."""

    today: date
    most: int

    def of(self, passages: Sequence[Passage]) -> tuple[Age, ...]:
        """Give the age of each passage's document, in their order."""
        return tuple(Age(days=self._days(one), newer=_newer(one, passages)) for one in passages)

    def _days(self, passage: Passage) -> int | None:
        changed = _changed(passage)
        days = (self.today - changed).days if changed else 0
        return days if 0 < self.most < days else None


def _changed(passage: Passage) -> date | None:
    """Give the day of the last change; of a document that only says its year, that year's last."""
    if passage.updated_at is not None:
        changed = passage.updated_at
        return (changed.astimezone(UTC) if changed.tzinfo else changed).date()
    return datetime(passage.year, 12, 31, tzinfo=UTC).date() if passage.year in _YEARS and passage.year else None


def _newer(passage: Passage, others: Sequence[Passage]) -> str | None:
    """Give the title of the newest edition among the others, where their titles differ in nothing but the edition."""
    name, edition = _edition(passage)
    later = [
        (its, one.title)
        for one in others
        if one.document != passage.document
        for known, its in [_edition(one)]
        if known == name and edition and len(its) and _comparable(edition, its) and its > edition
    ]
    return max(later)[1] if later else None


def _comparable(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether both are years, or neither."""
    return (one[0] in _YEARS) == (other[0] in _YEARS)


def _edition(passage: Passage) -> tuple[str, tuple[int, ...]]:
    """Give a title without its one number, and that number; without one, the document's year is its edition.

    With several numbers, as in "Minutes of 3 May 2024", a title is one of a series and not an edition.
    """
    found = _EDITION.findall(passage.title)
    if len(found) == 1:
        bare = " ".join(_EDITION.sub(" ", passage.title).split()).casefold()
        return bare, tuple(int(part) for part in found[0].split("."))
    bare = " ".join(passage.title.split()).casefold()
    return bare, () if found or passage.year is None else (passage.year,)
