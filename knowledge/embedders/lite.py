"""The lite embedder: WordLlama's static table, 256 dimensions; a text's vector is the mean of its tokens' rows.

The package itself is not imported: it would turn on logging for everyone and bring an HTTP client along.
"""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec
from knowledge.embedding.packages import packaged
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

    from knowledge.base import Vectors

_DIMENSIONS: Final = 256
_REMEDY: Final = "install the lite embedder with: pip install 'footnote-bot[lite]'"
_TENSOR: Final = "embedding.weight"


def embedder(_cache: Path) -> Embedder:
    """Make one, as ``knowledge.embedders`` asks for it."""
    return Lite()


class Lite(Embedder):
    """Loads at the first text. Thousands of texts a second on one core; a text without a word is the zero vector."""

    vector_share = 0.3
    batch = 256

    def __init__(self) -> None:
        self.spec = VectorSpec(model="wordllama-l2-supercat-256", dimensions=_DIMENSIONS)
        self._loading = threading.Lock()
        self._loaded: tuple[Tokenizer, Vectors] | None = None

    async def embed(
        self,
        texts: Sequence[str],
        /,
        *,
        purpose: Literal["question", "passage"],  # noqa: ARG002 - the table knows no difference
    ) -> Embedded:
        """Embed the texts, whole; raises KnowledgeError where the package is missing."""
        return await asyncio.to_thread(self._embed, texts)

    def _embed(self, texts: Sequence[str]) -> Embedded:
        tokenizer, table = self._load()
        whole = [text.encode("utf-8", "replace").decode() for text in texts]
        encoded = [encoding.ids for encoding in tokenizer.encode_batch(whole, add_special_tokens=False)]
        vectors = np.zeros((len(texts), _DIMENSIONS), np.float32)
        for row, ids in zip(vectors, encoded, strict=True):
            if ids:
                mean = table[ids].mean(axis=0)
                row[:] = mean / (np.linalg.norm(mean) or 1)
        return Embedded(vectors=vectors, tokens=sum(map(len, encoded)))

    def _load(self) -> tuple[Tokenizer, Vectors]:
        with self._loading:
            if self._loaded is None:
                self._loaded = (
                    _tokenizer(),
                    _table(packaged("wordllama", "weights/l2_supercat_256.safetensors", remedy=_REMEDY)),
                )
            return self._loaded


def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415 - takes 30 ms, which only a first text should pay

    file = packaged("wordllama", "tokenizers/l2_supercat_tokenizer_config.json", remedy=_REMEDY)
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _table(weights: Path) -> Vectors:
    """Read the one tensor (https://huggingface.co/docs/safetensors: header length, JSON header, data)."""
    content = weights.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])[_TENSOR]
    if header["dtype"] != "F16" or header["shape"][1] != _DIMENSIONS:
        raise KnowledgeError(f"The weights in the package wordllama are not those that Footnote knows; {_REMEDY}")
    begin, end = header["data_offsets"]
    table = np.frombuffer(content[start + begin : start + end], np.float16)
    return table.reshape(header["shape"]).astype(np.float32)
