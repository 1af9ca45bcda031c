"""What is known of models by their names, and what is taken for granted of all others. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a server takes: tokens of one text, and texts and tokens of one request. ``lanes``: at once."""

    text: int
    inputs: int
    tokens: int
    least: int
    """Texts that a request holds at least before there is another one beside it."""
    lanes: int = 4

    @property
    def batch(self) -> int:
        """Texts that keep all lanes busy."""
        return self.lanes * min(self.inputs, self.least)


OPENAI: Final = Limits(text=8_191, inputs=2_048, tokens=300_000, least=256)
"""https://platform.openai.com/docs/api-reference/embeddings: a text, the array of inputs, the sum of a request.

A chunk has some 200 tokens, so 256 of them are a second's work, and 5 MB at 1,536 dimensions in JSON.
"""
OTHERS: Final = Limits(text=8_191, inputs=32, tokens=32_000, least=32, lanes=2)
"""Text Embeddings Inference takes 32 texts unless it is told otherwise, the least of the usual servers, and one without
a graphics card needs seconds for them. A text that is too long for its model is refused, and then cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A model of OpenAI's: how long its vectors are, and whether it gives shorter ones."""

    dimensions: int
    shortens: bool


KNOWN: Final[Mapping[str, Known]] = {
    "text-embedding-3-small": Known(dimensions=1_536, shortens=True),
    "text-embedding-3-large": Known(dimensions=3_072, shortens=True),
    "text-embedding-ada-002": Known(dimensions=1_536, shortens=False),
}


def limits(model: str) -> Limits:
    """Give what a model's server takes, whoever serves it."""
    return OPENAI if model in KNOWN else OTHERS


def wrong_length(model: str, dimensions: int | None) -> str | None:
    """Say what a model cannot do about the length that is asked of it; None where nobody knows better."""
    known = KNOWN.get(model)
    if known is None or dimensions is None or dimensions == known.dimensions:
        return None
    if not known.shortens:
        return f"vectors of {model} have {known.dimensions} dimensions and cannot be shortened"
    if dimensions > known.dimensions:
        return f"vectors of {model} have {known.dimensions} dimensions at most"
    return None
