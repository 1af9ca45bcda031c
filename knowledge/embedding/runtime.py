"""Graphs in onnxruntime, and where they are kept once they were written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # the package ships no types

_DIGEST: Final = hashlib.sha256().digest_size


def opened(graph: bytes) -> InferenceSession:
    """Open a graph for many threads, each of which computes alone; the graph is fused already."""
    # The package writes down what machine this is and sends it to its maker, unless it finds this as it is loaded; its
    # own function to switch that off comes too late.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251 - nothing is read, and nothing else is heard
    import onnxruntime  # noqa: PLC0415 - takes 100 ms, which only a first text should pay

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def kept(file: Path, written: Callable[[], bytes]) -> bytes:
    """Give the graph that is kept in a file; where it is missing or broken, write it, and keep it there if possible."""
    if graph := _whole(file):
        return graph
    graph = written()
    with suppress(OSError):  # a full or read-only disk costs a second at each start, and no answer
        _keep(file, graph)
    return graph


def _whole(path: Path) -> bytes | None:
    """Read a kept graph, which stands behind its own digest."""
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
