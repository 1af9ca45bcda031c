"""What the doctor finds out about an index of Pinecone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.base import Finding
from knowledge.errors import KnowledgeError, Refused
from knowledge.indexes.pinecone import wire

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from pinecone import DescribeIndexStatsResponse

    from knowledge.base import VectorSpec
    from knowledge.indexes.pinecone.asking import Asking


async def checked(asking: Asking, spec: VectorSpec) -> AsyncGenerator[Finding]:
    """Look whether the index can be reached, lets us in and fits the vectors; what cannot be known is left out."""
    try:
        stats = await asking.ask(lambda index: index.describe_index_stats(), asking.patience.start)
    except KnowledgeError as error:
        if isinstance(error, Refused):
            yield Finding(what="reachable", ok=True, told=f"Pinecone answers at {asking.name}.")
            yield Finding(what="key", ok=False, told=error.told)
        else:
            yield Finding(what="reachable", ok=False, told=error.told)
        return
    yield Finding(what="reachable", ok=True, told=f"Pinecone answers at {asking.name}.")
    yield Finding(what="key", ok=True, told="PINECONE_API_KEY is accepted.")
    for finding in _fit(stats, spec):
        yield finding
    held = f"{stats.total_vector_count} vectors in namespaces: {len(stats.namespaces)}."
    yield Finding(what="namespaces", ok=True, told=held)
    yield await _round_trip(asking)


def _fit(stats: DescribeIndexStatsResponse, spec: VectorSpec) -> tuple[Finding, ...]:
    wrong = wire.unfit(stats.dimension, stats.metric, spec)
    if wrong:
        return (Finding(what="vectors", ok=False, told=wrong),)
    return (
        Finding(what="dimension", ok=True, told=f"The index takes vectors of dimension {stats.dimension}."),
        Finding(what="metric", ok=True, told=f"The index compares by {stats.metric}."),
    )


async def _round_trip(asking: Asking) -> Finding:
    """Measure on a connection that is open."""
    begun = asking.clock.now()
    try:
        await asking.ask(lambda index: index.describe_index_stats(), asking.patience.start)
    except KnowledgeError as error:
        return Finding(what="latency", ok=False, told=error.told)
    taken = asking.clock.now() - begun
    return Finding(what="latency", ok=taken < asking.patience.question, told=f"An answer took {1000 * taken:.0f} ms.")
