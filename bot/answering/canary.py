"""The canary: a random word of the prompt that no answer may hold, however it is spelled. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator

_BETWEEN: Final = re.compile(r"[\W_]+")
_HALF: Final = 8
"""Letters in a row that no text holds by chance."""
_OFFSETS: Final = 3
"""Where a word may begin within three bytes, which decides how base64 spells it."""


def sings(text: str, canary: str) -> bool:
    """Whether a text holds the canary, or half of it: plain, in pieces, backwards, in base64 or in hexadecimal."""
    squeezed = _BETWEEN.sub("", normalize("NFKC", text))
    folded = squeezed.casefold()
    spelled, exact = _spellings(canary)
    return any(one in folded for one in spelled) or any(one in squeezed for one in exact)


@lru_cache(maxsize=64)
def _spellings(canary: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give its spellings to look for without case, and those in which case counts."""
    bare = _BETWEEN.sub("", canary).casefold()
    forms = (canary, canary[::-1])
    halves = [bare[at : at + _HALF] for at in range(max(1, len(bare) - _HALF + 1))]
    spelled = (*halves, *(half[::-1] for half in halves), *(form.encode().hex() for form in forms))
    return spelled, tuple(part for form in forms for part in _base64(form))


def _base64(text: str) -> Iterator[str]:
    """Give what of it is the same in base64 wherever it begins: its edges depend on their neighbours."""
    for offset in range(_OFFSETS):
        whole = b64encode(b" " * offset + text.encode()).decode().rstrip("=")
        yield _BETWEEN.sub("", whole[(0, 2, 3)[offset] : -2])
