"""How fast and how big searching is, over made-up knowledge of several sizes: see ``searching`` and ``corpus``.

Each size is built in a folder that is removed afterwards, also by Ctrl-C, and searched by a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from knowledge.embedders.minilm import MiniLm
from knowledge.indexes.vectors import VectorMatrix
from knowledge.stores.sqlite import SqliteStore
from tests.benchmarks.corpus import Corpus, build
from tests.benchmarks.figures import Figure
from tests.benchmarks.searching import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (10_000, 100_000)


def figures(sizes: Sequence[int] = SIZES, *, dimensions: int = 384) -> Sequence[Figure]:
    """Build and search each size."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as home:
        cache = Path(home)
        asyncio.run(MiniLm(cache).embed(["ready"], purpose="question"))  # its graph is built once, and not measured
        for chunks in sizes:
            file = cache / f"{chunks}.db"
            found += [replace(each, name=f"{chunks:,}: {each.name}") for each in _built(file, chunks, dimensions)]
            found += [replace(each, name=f"{chunks:,}: {each.name}") for each in _searched(file, chunks, dimensions)]
            file.unlink()
    return found


def _built(file: Path, chunks: int, dimensions: int) -> Sequence[Figure]:
    began = time.perf_counter()
    asyncio.run(made(file, Corpus(chunks, dimensions=dimensions)))
    took = time.perf_counter() - began
    return (
        Figure(name="built", value=took, unit="s"),
        Figure(name="on disk", value=file.stat().st_size / 1e6, unit="MB"),
    )


async def made(file: Path, corpus: Corpus) -> None:
    """Build a file, and show how far it is."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("building", total=corpus.documents * 8)
        async with SqliteStore(file) as store:
            await VectorMatrix(store).prepare(corpus.spec)
            await build(store, corpus, lambda chunks: progress.update(task, completed=chunks))


def _searched(file: Path, chunks: int, dimensions: int) -> Sequence[Figure]:
    command = (sys.executable, "-m", "tests.benchmarks.searching", file, str(chunks), str(dimensions), file.parent)
    ran = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [Figure(**each) for each in json.loads(ran.stdout)]
