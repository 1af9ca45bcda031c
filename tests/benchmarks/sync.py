"""What a sync costs by stage, and what one of unchanged files costs against reading them.

The files are generated. By default the tests' hashing embedder stands in for a model: then it is the rest that shows;
``python -m tests.benchmarks.sync --embedder minilm`` measures with the model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from knowledge import embedders
from knowledge.catalog import Catalog
from knowledge.sources.files import Files
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.benchmarks.figures import Figure
from tests.crash.library import write_first
from tests.doubles.hashing import Hashing
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.base import Embedder
    from knowledge.syncing import Summary

DOCUMENTS = 1000
ROUNDS = 9


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures, as lines or as JSON."""
    parser = argparse.ArgumentParser(description="Measure syncing.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--embedder", choices=("hashing", *embedders.names()), default="hashing")
    asked = parser.parse_args(arguments)
    measured = figures(documents=asked.documents, embedder=asked.embedder)
    if asked.json:
        sys.stdout.write(json.dumps([asdict(figure) for figure in measured]) + "\n")
        return
    for figure in measured:
        ratio = f"{figure.ratio:6.2f} x {figure.to}" if figure.ratio is not None else ""
        sys.stdout.write(f"{figure.name:38} {figure.value:10.2f} {figure.unit:9} {ratio} {figure.aim}\n")


def figures(*, documents: int = DOCUMENTS, embedder: str = "hashing") -> Sequence[Figure]:
    """Sync generated files once, and again unchanged several times, each beside a plain reading of them."""
    with tempfile.TemporaryDirectory() as home:
        measured = asyncio.run(_measured(Path(home), documents, embedder))
    return (*_stages(measured.first), *_unchanged(measured))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """The first sync; and the medians, in seconds, of reading the files plainly, by the source, and by a sync."""

    first: Summary
    plain: float
    listed: float
    again: float


async def _measured(home: Path, documents: int, embedder: str) -> _Measured:
    folder = home / "library"
    write_first(folder, documents)
    plain, listed, again = [], [], []
    async with SqliteStore(home / "knowledge.db") as store:
        chosen = _embedder(embedder, home)
        first = await _synced(folder, store, chosen)
        for _ in range(ROUNDS):
            plain.append(_read(folder))
            listed.append(await _given(folder))
            again.append((await _synced(folder, store, chosen)).seconds)
    return _Measured(first=first, plain=median(plain), listed=median(listed), again=median(again))


def _stages(first: Summary) -> Sequence[Figure]:
    """Give the speed of the whole, and of each stage while it works; the ratio is its share of the whole's time."""
    stages = asdict(first.stages)
    spent = {"first sync": first.seconds} | {f"  {stage}": seconds for stage, seconds in stages.items()}
    units = {"MB/s": first.bytes / 1e6, "chunks/s": float(first.chunks)}
    return [
        Figure(name=f"{name}, {unit}", value=amount / took, unit=unit, ratio=took / first.seconds, to="time of it all")
        for name, took in spent.items()
        for unit, amount in units.items()
    ]


def _unchanged(measured: _Measured) -> Sequence[Figure]:
    plain, again = measured.plain, measured.again
    return (
        Figure(name="reading the files", value=plain * 1e3, unit="ms"),
        Figure(
            name="reading by the source",
            value=measured.listed * 1e3,
            unit="ms",
            ratio=measured.listed / plain,
            to="reading the files",
        ),
        Figure(
            name="sync, all unchanged",
            value=again * 1e3,
            unit="ms",
            ratio=again / plain,
            to="reading the files",
            aim="at most 2 x",
        ),
        Figure(
            name="sync, all unchanged",
            value=again * 1e3,
            unit="ms",
            ratio=again / measured.listed,
            to="reading by the source",
        ),
    )


def _embedder(name: str, home: Path) -> Embedder:
    return Hashing(dimensions=384) if name == "hashing" else embedders.load(name, home)


def _read(folder: Path) -> float:
    """Find and read every file, in the plainest way."""
    begun = time.perf_counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.read_bytes()
    return time.perf_counter() - begun


async def _given(folder: Path) -> float:
    begun = time.perf_counter()
    async with aclosing(Files(folder, readers=frozenset({TEAM})).documents()) as documents:
        async for _ in documents:
            pass
    return time.perf_counter() - begun


async def _synced(folder: Path, store: SqliteStore, embedder: Embedder) -> Summary:
    return await sync(
        [Files(folder, readers=frozenset({TEAM}))],
        catalog=Catalog(store),
        serving=serving(store, embedder),
    )


if __name__ == "__main__":
    main()
