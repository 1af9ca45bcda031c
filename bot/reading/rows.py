"""Rows of tables, cell by cell under their headers: whether one puts another's cells in each other's place. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.reading.amounts import amounts, same
from bot.reading.claims import claim, folded
from bot.reading.inlines import plain, read, without_cites
from bot.reading.prose import cells
from bot.reading.units import split as units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"\w+(?:[.,:]\d+)*|[$€£¥%°<>≤≥\N{CHECK MARK}-\N{HEAVY BALLOT X}\N{CROSS MARK}\u2705\u2611\u2612\u00d7]"
)
_YES: Final = frozenset("yes y true on \u2713 \u2714 \u2705 \u2611".split())  # noqa: SIM905 -- read as prose
_NO: Final = frozenset("no n false off not never none \u2715 \u2716 \u2717 \u2718 \u274c \u2612 \u00d7 x".split())  # noqa: SIM905
_SHARED: Final = 0.5
"""Of a row's words, those that another one has that speaks of the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row's cells in plain words, each under its header."""

    header: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give its cells in one line."""
        return " ".join(self.cells)

    def named(self, text: str) -> bool:
        """Whether a text has all words of its first cell."""
        return bool(self.cells) and bool(key := _words(self.cells[0])) and key <= _words(text)

    @property
    def words(self) -> frozenset[str]:
        """Give the words of all its cells."""
        return frozenset[str]().union(*map(_words, self.cells))

    def under(self, title: str) -> str | None:
        """Give the cell under a header; None where there is no such header, or several."""
        found = [cell for head, cell in zip(self.header, self.cells, strict=False) if _words(head) == _words(title)]
        return found[0] if len(found) == 1 else None


def rows_of(text: str) -> Iterator[Row]:
    """Give the rows of a Markdown text's tables, those in items of lists among them."""
    for unit in units_of(text):
        if unit.sort == "row":
            yield row(unit.head, unit.text)
        elif unit.sort == "item" and "|" in unit.text:
            yield from rows_of(unit.text)


def row(head: str, line: str) -> Row:
    """Read a row and the header above it."""
    return Row(header=_plain(head), cells=_plain(line))


def misplaced(claimed: Row, said: Sequence[Row]) -> bool:
    """Whether each of the rows with most of a row's words has its cells under other headers, or says no for yes."""
    words = claimed.words
    most = max((len(words & one.words) for one in said), default=0)
    if most < _SHARED * len(words) or not most:
        return False
    return all(_moved(claimed, one) for one in said if len(words & one.words) == most)


def named(text: str, rows: Sequence[Row]) -> Row | None:
    """Give the one row whose first cell a sentence names; of two of which one's name holds the other's, the longer."""
    found = [(_words(one.cells[0]), one) for one in rows if one.named(text)]
    found = [(key, one) for key, one in found if not any(key < other for other, _ in found)]
    return found[0][1] if len(found) == 1 else None


def answered(text: str, said: Row) -> Literal["yes", "no"] | None:
    """Give what a row says under a header that a sentence has the words of; None where that is neither yes nor no."""
    words = claim(text).words
    cells_of = zip(said.header[1:], said.cells[1:], strict=False)
    found = {cell.casefold() for title, cell in cells_of if claim(title).words and claim(title).words <= words}
    return "yes" if found & _YES and not found & _NO else "no" if found & _NO and not found & _YES else None


def refused(said: Row) -> list[str]:
    """Give the headers under which a row says no."""
    cells_of = zip(said.header[1:], said.cells[1:], strict=False)
    return [title for title, cell in cells_of if cell.casefold() in _NO]


def mixed(text: str, rows: Sequence[Row]) -> bool:
    """Whether a sentence names one row by its first cell, and says of it what only another row's cell says."""
    words = frozenset(_TOKEN.findall(folded(text).casefold()))
    own = named(text, rows)
    if own is None:
        return False
    others = [one for one in rows if one.header == own.header and one != own]
    known = own.words.union(*map(_words, own.header))
    return any(
        (said := _words(cell) - known - _YES - _NO) and said <= words and not _words(mine) & words
        for one in others
        for cell, mine in list(zip(one.cells, own.cells, strict=False))[1:]
    )


def _moved(claimed: Row, said: Row) -> bool:
    return any(_denied(cell, title, said) for title, cell in zip(claimed.header, claimed.cells, strict=False))


def _denied(cell: str, title: str, said: Row) -> bool:
    """Whether a row has something else under a header, and the cell under another one or the opposite there."""
    own = said.under(title)
    if own is None or not _words(cell):
        return False
    if (_words(cell) & _NO and _words(own) & _YES) or (_words(cell) & _YES and _words(own) & _NO):
        return True
    return not _agree(cell, own) and any(_agree(cell, other) for other in said.cells)


def _agree(one: str, other: str) -> bool:
    left, right = _words(one), _words(other)
    if bool(left & _NO) != bool(right & _NO):
        return False
    if left and right and (left <= right or right <= left):
        return True
    counted, said = amounts(one), amounts(other)
    return bool(counted) and all(any(same(amount, its) for its in said) for amount in counted)


def _words(cell: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(folded(cell).casefold()))


def _plain(line: str) -> tuple[str, ...]:
    return tuple(plain(without_cites(read(cell))).strip() for cell in cells(line))
