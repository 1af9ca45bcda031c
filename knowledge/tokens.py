"""Tokens, counted as the models of OpenAI do (o200k_base), without a download and in linear time."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpe_openai import Encoding  # type: ignore[import-untyped]  # the package ships no types

_LONGEST = 128
"""Characters in the longest token of o200k_base (a run of spaces)."""
_SLICE = 50_000
"""Characters encoded at a time: the library refuses more than 200,000 tokens, and one character may take four."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]?(?=\s)|[\u3002\uff01\uff1f]|\n")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")


def count(text: str) -> int:
    """How many tokens a text takes. A text over 50,000 characters is counted in slices (off by one a slice)."""
    return len(_encode(text))


def clipped(text: str, limit: int) -> str:
    """Give the longest beginning of at most ``limit`` tokens that ends well.

    It ends with a sentence where that keeps at least half of what fits, else with a word, else anywhere. A text that
    fits comes back as it is.
    """
    if limit <= 0:
        return ""
    head = text[: (limit + 1) * _LONGEST]
    tokens = _encode(head)
    if len(tokens) <= limit:
        return text
    fitting = len(_encoding().decode_bytes(tokens[:limit]).decode("utf-8", errors="ignore"))
    return _ended(head, fitting, limit)


def _ended(head: str, fitting: int, limit: int) -> str:
    """Cut at the last good boundary before ``fitting``; a cut inside a word may cost a token more, so it is counted."""
    while fitting > 0:
        cut = head[: _boundary(head, fitting)].rstrip()
        if len(_encode(cut)) <= limit:
            return cut
        fitting = min(len(cut), fitting) - 1
    return ""


def _boundary(head: str, fitting: int) -> int:
    for pattern, least in ((_SENTENCE_END, fitting // 2), (_WORD_END, 1)):
        ends = [found.end() for found in pattern.finditer(head, 0, fitting + 1) if least <= found.end() <= fitting]
        if ends:
            return ends[-1]
    return fitting


def _encode(text: str) -> list[int]:
    slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
    return [token for part in slices for token in _encoding().encode_ordinary(part)]


@cache
def _encoding() -> Encoding:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # the package opens its data in a way that Python 3.11 scolds
        import bpe_openai  # noqa: PLC0415 - loading takes 0.2 s and 30 MB, which `footnote --help` need not pay

        return bpe_openai.get_encoding("o200k_base")
