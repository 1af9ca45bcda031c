"""The citation table: one line a passage, with a quote that stands in it word for word. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING, Final

from adapters.parts import Citation
from bot.answering.ages import Age
from bot.answering.sections import common, under
from bot.models.pieces import pieces
from bot.models.quoting import ranked
from bot.reading.claims import claim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bot.models.base import Numbered
    from knowledge.base import Passage

_LONGEST: Final = 320
"""Characters of a quote: about two sentences."""


def table(
    question: str,
    passages: Sequence[Passage],
    numbered: Sequence[Numbered],
    ages: Sequence[Age] = (),
    *,
    said: Collection[str] = (),
) -> tuple[Citation, ...]:
    """Make a line for each numbered passage, quoting what of it comes closest to the question.

    ``said`` are the chunks of those that are no knowledge.
    """
    return tuple(
        Citation(
            number=one.number,
            title=one.title,
            url=passage.url,
            quote=(quote := _closest(question, one)),
            document=passage.document,
            section=(*one.heading, *under(one.text, quote)),
            publisher=passage.publisher,
            year=passage.year,
            dated=passage.updated_at,
            stale_days=age.days,
            newer=age.newer,
            said=passage.chunk in said,
        )
        for one, passage, age in zip(numbered, passages, ages or repeat(Age()), strict=False)
    )


def _closest(question: str, passage: Numbered) -> str:
    text = passage.text.strip()
    if len(text) <= _LONGEST:
        return text
    best = ranked(question, pieces([passage]))
    return next((quote for worth in best if (quote := verbatim(worth.piece.unit.text, text))), text[:_LONGEST].rstrip())


def verbatim(part: str, text: str) -> str | None:
    """Find a part in a text whatever its line breaks; give the text's own words, at most 320 characters of them."""
    words = part.split()
    if not words:
        return None
    pattern = r"[\s>]+".join(re.escape(word) for word in words[:80])
    match = re.search(pattern, text)
    return match[0][:_LONGEST].rstrip() if match else None


def used(
    citations: Iterable[Citation],
    numbers: Sequence[int],
    texts: Mapping[int, Sequence[str]],
    passages: Sequence[Numbered],
) -> tuple[Citation, ...]:
    """Keep the lines that the answer cites, in the order of ``numbers``, quoting the sentences that it drew on."""
    lines = {line.number: line for line in citations}
    read = {one.number: one for one in passages}
    kept = []
    for number in numbers:
        quotes = [found for text in texts.get(number, ()) if (found := _drawn_on(text, read[number]))]
        joined = " … ".join(dict.fromkeys(quotes))[: 2 * _LONGEST]
        over = common(under(read[number].text, quote) for quote in quotes)
        kept.append(
            replace(lines[number], quote=joined, section=(*read[number].heading, *over)) if joined else lines[number]
        )
    return tuple(kept)


def _drawn_on(text: str, passage: Numbered) -> str | None:
    """Find what of a passage a sentence repeats: itself, or the piece that shares most words with it."""
    if quote := verbatim(text, passage.text):
        return quote
    words = claim(text).words
    nearest = max(pieces([passage]), key=lambda piece: len(piece.words & words), default=None)
    return verbatim(nearest.unit.text, passage.text) if nearest is not None else None
