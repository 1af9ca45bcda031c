"""Markdown as its sentences in plain words: what a passage says, line by line. Pure."""

from __future__ import annotations

import re

from bot.reading.claims import folded
from bot.reading.inlines import plain, read
from bot.reading.units import split as units_of


def sentences_of(text: str) -> list[str]:
    """Give the sentences of a Markdown passage in plain words, a list item's and a table row's among them."""
    found: list[str] = []
    tables: set[int] = set()
    for unit in units_of(text):
        if unit.sort == "item":
            found += sentences_of(unit.text) if unit.text.strip() else []
        elif unit.sort == "code":
            found += [line for line in unit.text.splitlines() if line.strip()]
        elif unit.sort == "row":
            rows = (unit.text,) if unit.block in tables else (unit.head, unit.text)
            tables.add(unit.block)
            found += [" ".join(plain(read(cell)) for cell in cells(row)) for row in rows]
        else:
            found.append(plain(read(unit.text)))
    return found


def cells(row: str) -> list[str]:
    """Give the cells of a table row."""
    inner = row.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def spoken(text: str) -> str:
    """Give the bare words of a text, to compare word for word."""
    return " ".join(re.findall(r"\w+", folded(text).casefold()))
