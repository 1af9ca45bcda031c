"""Tokens, counted as the models of OpenAI do, without a download and in linear time.

Chat models since GPT-4o split text by o200k_base, embedding models by cl100k_base.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from bpe_openai import Encoding  # type: ignore[import-untyped]  # the package ships no types

Vocabulary: TypeAlias = Literal["o200k_base", "cl100k_base"]
CHAT: Final = "o200k_base"
EMBEDDING: Final = "cl100k_base"
_LONGEST = 128
"""Characters in the longest token of either (a run of spaces)."""
_SLICE = 50_000
"""Characters encoded at a time: the library refuses more than 200,000 tokens, and one character may take four."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]?(?=\s)|[\u3002\uff01\uff1f]|\n")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")


def count(text: str, vocabulary: Vocabulary = CHAT) -> int:
    """How many tokens a text takes. A text over 50,000 characters is counted in slices (off by one a slice)."""
    return len(_encode(text, vocabulary))


def clipped(text: str, limit: int, vocabulary: Vocabulary = CHAT) -> str:
    """Give the longest beginning of at most ``limit`` tokens that ends well.

    It ends with a sentence where that keeps at least half of what fits, else with a word, else anywhere. A text that
    fits comes back as it is.
    """
    if limit <= 0:
        return ""
    head = text[: (limit + 1) * _LONGEST]
    tokens = _encode(head, vocabulary)
    if len(tokens) <= limit:
        return text
    fitting = len(_encoding(vocabulary).decode_bytes(tokens[:limit]).decode("utf-8", errors="ignore"))
    return _ended(head, fitting, limit, vocabulary)


def _ended(head: str, fitting: int, limit: int, vocabulary: Vocabulary) -> str:
    """Cut at the last good boundary before ``fitting``; a cut inside a word may cost a token more, so it is counted."""
    while fitting > 0:
        cut = head[: _boundary(head, fitting)].rstrip()
        if len(_encode(cut, vocabulary)) <= limit:
            return cut
        fitting = min(len(cut), fitting) - 1
    return ""


def _boundary(head: str, fitting: int) -> int:
    for pattern, least in ((_SENTENCE_END, fitting // 2), (_WORD_END, 1)):
        ends = [found.end() for found in pattern.finditer(head, 0, fitting + 1) if least <= found.end() <= fitting]
        if ends:
            return ends[-1]
    return fitting


def _encode(text: str, vocabulary: Vocabulary) -> list[int]:
    encoding = _encoding(vocabulary)
    slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
    return [token for part in slices for token in encoding.encode_ordinary(part)]


@cache
def _encoding(vocabulary: Vocabulary) -> Encoding:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # the package opens its data in a way that Python 3.11 scolds
        import bpe_openai  # noqa: PLC0415 - loading takes 0.2 s and 30 MB, which `footnote --help` need not pay

        return bpe_openai.get_encoding(vocabulary)
