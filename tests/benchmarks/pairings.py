"""How well each pairing of places finds, over folders in BEIR format: synced once, then copied from place to place.

The keywords of a server and of a file, and the vectors of each index, are the same ones; what differs is how they are
searched. Pinecone is the project's own double, which is exact, so its figures say that nothing is lost on the way.
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import TYPE_CHECKING

from bot import app
from bot.evaluation.collection import questions
from bot.evaluation.retrieval import Evaluation
from bot.settings import load
from knowledge.base import PUBLIC, Scope
from tests.benchmarks.figures import Figure
from tests.benchmarks.retrieval import PAGES
from tests.doubles import postgres
from tests.doubles.pinecone.index import Index
from tests.doubles.pinecone.server import KEY, Pinecone
from tests.doubles.places import PAIRINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.evaluation.retrieval import Measured, Way
    from bot.settings import Settings

_WAYS: Sequence[Way] = ("keywords", "dense", "default")
_DIMENSIONS = 384


def figures(data: Path) -> Sequence[Figure]:
    """Measure every set in the folder in every pairing."""
    found: list[Figure] = []
    with postgres.running() as server:
        for folder in sorted({path.parent.parent for path in data.glob("*/qrels/*.tsv")}):
            with tempfile.TemporaryDirectory() as home, Pinecone(Index(dimension=_DIMENSIONS)) as service:
                environ = {"DATABASE_URL": server.database(), "PINECONE_HOST": service.url, "PINECONE_API_KEY": KEY}
                for words, vectors in PAIRINGS:
                    settings = load(
                        environ | {"FOOTNOTE_HOME": home, "FOOTNOTE_WORDS": words, "FOOTNOTE_VECTORS": vectors}
                    )
                    measured = asyncio.run(_measured(folder, settings, service))
                    found += _scores(f"{folder.name}, {words} + {vectors}", measured)
    return found


async def _measured(folder: Path, settings: Settings, service: Pinecone) -> Measured:
    """Bring the set into its place, from wherever it is, and ask its questions."""
    if settings.words == settings.vector_store == "embedded":
        await app.synced(settings, [app.rows(folder, pages=folder.name in PAGES)])
    elif settings.words == "embedded" or (await _known(settings)):
        await app.carried(settings)
    else:
        await app.copied(settings, "embedded")
    service.catch_up()
    async with app.knowledge(settings) as known:
        scope = Scope(workspace=settings.team, principals=frozenset({PUBLIC}))
        evaluation = Evaluation(retriever=known.retriever, catalog=known.catalog, scope=scope, ways=_WAYS)
        return await evaluation.measured(questions(folder))


async def _known(settings: Settings) -> bool:
    return bool((await app.kept(settings)).counts.documents)


def _scores(name: str, measured: Measured) -> Iterator[Figure]:
    for way, scores in measured.ways.items():
        yield Figure(name=f"{name}: nDCG@10, {way}", value=scores.ndcg_at_10, unit="")
    yield Figure(name=f"{name}: a question", value=measured.median_ms, unit="ms")
