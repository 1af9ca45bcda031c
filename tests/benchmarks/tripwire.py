"""The tripwire: the share of honest passages that it flags, set by set, and of attacks that it sees.

The passages are those that a sync of each BEIR folder makes. The attacks are phrasings of our own, in the ways that
such texts are known to go; a tripwire is a metric, so what it misses is no hole, and none of them is aimed at.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.app import rows
from knowledge import chunking, tokens
from knowledge.tripwire import signs
from tests.benchmarks.figures import Figure
from tests.benchmarks.retrieval import PAGES
from tests.doubles.orders import ORDERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def figures(data: Path) -> Sequence[Figure]:
    """Measure every set in the folder, then the attacks."""
    folders = sorted({path.parent.parent for path in data.glob("*/qrels/*.tsv")})
    caught = [order for order in ORDERS if signs(order)]
    return [
        *(figure for folder in folders for figure in asyncio.run(_of(folder))),
        Figure(name=f"attacks seen, of {len(ORDERS)}", value=100 * len(caught) / len(ORDERS), unit="%"),
    ]


async def _of(folder: Path) -> Sequence[Figure]:
    passages = flagged = characters = 0
    seconds = 0.0
    async with aclosing(rows(folder, pages=folder.name in PAGES).documents()) as documents:
        async for document in documents:
            for chunk in chunking.chunked(document, "edition", tokens.count).chunks:
                started = time.perf_counter()
                flagged += bool(signs(chunk.text))
                seconds += time.perf_counter() - started
                passages += 1
                characters += len(chunk.text)
    share = 100 * flagged / passages
    return [
        Figure(name=f"{folder.name}: flagged, of {passages:,} passages", value=share, unit="%", aim="at most 1 %"),
        Figure(name=f"{folder.name}: speed", value=characters / seconds / 1_000_000, unit="MB/s"),
    ]
