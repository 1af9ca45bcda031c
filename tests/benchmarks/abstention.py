"""How long a person waits for "I don't know": from the question to the ending, through the engine and its real search.

The knowledge is made up, 10,000 chunks; questions are embedded by MiniLM, and so are the sentences of all 24 passages
that a search reads again, as none was read before. Made-up passages have no sentences, so they are embedded whole,
which takes longer than real ones do. The gate is the shipped one, and then says no.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.base import Audience
from adapters.parts import Ending
from bot.answering import prompt_files
from bot.answering.engine import Engine
from bot.answering.gate import SHIPPED
from bot.database import Database
from bot.evaluation.measures import quantile
from bot.policy import RateSettings
from bot.turns import Turns
from knowledge.catalog import Catalog
from knowledge.embedders.minilm import MiniLm
from knowledge.indexes.vectors import VectorMatrix
from knowledge.indexes.words import Words
from knowledge.retriever import Retriever
from knowledge.sentences import Sentences
from knowledge.stores.sqlite import SqliteStore
from tests.benchmarks.corpus import WORKSPACE, Corpus
from tests.benchmarks.figures import Figure
from tests.benchmarks.overhead import Free, asked
from tests.benchmarks.search import made
from tests.benchmarks.searching import Known
from tests.doubles.audiences import always
from tests.doubles.chains import admission, chained
from tests.doubles.models import Scripted
from tests.doubles.serving import serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.gate import Outlook
    from knowledge.base import Embedder

_READERS = Audience(everyone=frozenset({WORKSPACE}), asker=frozenset())


def figures(*, chunks: int = 10_000, dimensions: int = 384, questions: int = 60) -> Sequence[Figure]:
    """Ask questions of which none is answered: the first one apart, which loads what is loaded once."""
    with tempfile.TemporaryDirectory() as home:
        corpus = Corpus(chunks, dimensions=dimensions)
        asyncio.run(made(Path(home, "k.db"), corpus))
        first, *took = asyncio.run(seconds(Path(home), corpus, MiniLm(Path(home)), questions + 1))
    median, slow = (1_000 * quantile([wall for wall, _ in took], share) for share in (0.5, 0.95))
    worked = 1_000 * quantile([cpu for _, cpu in took], 0.95)
    return (
        Figure(name=f"{chunks:,} chunks: to “I don't know”, p50", value=median, unit="ms"),
        Figure(name="the same, p95", value=slow, unit="ms", ratio=slow / median, to="p50", aim="at most 600 ms"),
        Figure(name="the same, p95, processor time of all threads", value=worked, unit="ms"),
        Figure(name="the first question after a start", value=1_000 * first[0], unit="ms"),
    )


async def seconds(home: Path, corpus: Corpus, inner: Embedder | None, questions: int) -> list[tuple[float, float]]:
    """Give the seconds that each question took, by the wall and the processor; the first loads what is loaded once."""
    wanted = corpus.questions(questions)
    embedder = Known(wanted, corpus.spec, inner)
    async with SqliteStore(home / "k.db") as store, Database(home / "footnote.db") as database:
        served = serving(store, embedder, workspace=WORKSPACE, index=VectorMatrix(store))
        await served.now()
        catalog, sentences = Catalog(store), Sentences(embedder)
        engine = Engine(
            retriever=Retriever(words=Words(store), vectors=served, catalog=catalog, sentences=sentences),
            catalog=catalog,
            admission=admission(Free(), windows=RateSettings(minute=100_000, hour=100_000, day=100_000).windows),
            chain=chained(Scripted("Never asked.")),
            turns=Turns(database),
            prompts=prompt_files.load(),
            workspace=WORKSPACE,
            gate=_no,
        )
        return [await _asked(engine, number, question.text, sentences) for number, question in enumerate(wanted)]


def _no(outlook: Outlook) -> bool:
    return SHIPPED.likelihood(outlook) > 1


async def _asked(engine: Engine, number: int, text: str, sentences: Sentences) -> tuple[float, float]:
    """Ask as after a start: no passage was read sentence by sentence before."""
    sentences._known.clear()
    began, spent = time.perf_counter(), time.process_time()
    async with aclosing(engine.answer(asked(number, text), always(_READERS), asyncio.Event())) as parts:
        last = [part async for part in parts][-1]
    if not isinstance(last, Ending) or last.verdict != "unknown" or last.model is not None:
        raise RuntimeError(f"the engine did not abstain: {last}")
    return time.perf_counter() - began, time.process_time() - spent
