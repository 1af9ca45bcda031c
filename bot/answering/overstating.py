"""Whether a sentence turns round, or says more than, the sentences of the passages that come closest to it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.reading.conditions import unconditional
from bot.reading.crossed import crossed
from bot.reading.exchanged import exchanged
from bot.reading.replaced import extended, replaced
from bot.reading.strength import stronger
from bot.reading.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answering.evidence import Window

_ALIKE: Final = 0.5
"""Share of a sentence's telling words that another one has which speaks of the same."""
_LONGEST: Final = 60
"""Words of a sentence that are compared: what has more is several sentences, or a list."""


def turned(text: str, windows: Sequence[Window]) -> bool:
    """Whether it has things or events in each other's place."""
    return any(exchanged(text, said) or crossed(text, said) for said in _like(text, windows))


def overstated(text: str, windows: Sequence[Window], known: frozenset[str], rows: frozenset[str]) -> bool:
    """Whether it is stronger than what they say, has left a condition out, or puts one word in another one's place.

    ``known`` are all the telling words of the passages, ``rows`` those sentences that are rows: a row leaves out most
    words, so that any other one seems to be in the place of one.
    """
    return any(
        stronger(text, said)
        or unconditional(text, said)
        or (said not in rows and (replaced(text, said, known) or extended(text, said, known)))
        for said in _like(text, windows)
    )


def _like(text: str, windows: Sequence[Window]) -> Iterator[str]:
    words = wording(text).telling
    if len(wording(text).words) > _LONGEST:
        return
    for said in (said for window in windows for said in window.texts):
        other = wording(said)
        if len(other.words) <= _LONGEST and len(words & other.telling) >= _ALIKE * len(words):
            yield said
