"""How well the bot finds, over a question set: each question on its way through follow-up logic, search and gate."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.answering.calibration import Labelled, judged_apart
from bot.answering.gate import SHIPPED, Outlook, features
from bot.answering.route import Told, routed
from bot.answering.searching import Searching
from bot.errors import BadCollection, TooLong
from bot.evaluation import measures
from knowledge.base import Signals
from knowledge.fusion import by_rank, fused
from knowledge.retriever import within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bot.answering.searching import Found
    from bot.answering.turns import Earlier, NewTurn, PastTurn
    from bot.evaluation.collection import Asked
    from knowledge.base import Filter, Hit, Retrieved, Scope
    from knowledge.catalog import Catalog
    from knowledge.meaning import Paying
    from knowledge.retriever import Ranked, Retriever

Way: TypeAlias = Literal["keywords", "dense", "rank fusion", "weighted sum", "default"]
"""How hits are put in order: one index alone, both by places, both by scores, and the default: those read again."""

WAYS: Final[tuple[Way, ...]] = ("keywords", "dense", "rank fusion", "weighted sum", "default")
ANSWERED: Final = 0.9
"""The share of answerable questions that are let through where the gate is judged."""
_READ: Final = 15
_LOOKED_UP: Final = 10_000
"""Documents that are looked up at once; SQLite takes three times as many."""
_NOTHING: Final = Outlook(question="", signals=Signals())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Means over the questions that have relevant documents, each from 0 to 1."""

    recall_at_5: float
    recall_at_20: float
    ndcg_at_10: float
    mrr_at_10: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a score tells questions apart: ``auc``, and the share of the others ``stopped`` where 90 % are answered."""

    auc: float
    stopped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GateMeasured:
    """The gate on a set with questions that it does not answer.

    ``shipped`` is the gate as it comes, ``passed`` and ``stopped`` what its own bar lets through of the answerable and
    stops of the others; ``calibrated`` one fitted to the other four fifths of the conversations each time, None where
    there are too few.
    """

    answerable: int
    others: int
    shipped: Judged
    passed: float
    stopped: float
    calibrated: Judged | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured: ``ways`` by name, the gate where it can be, and the milliseconds that a search took.

    ``missing`` counts the relevant documents that are not in the corpus, and so cannot be found.
    """

    questions: int
    judged: int
    missing: int
    ways: Mapping[Way, Scores]
    gate: GateMeasured | None
    median_ms: float
    p95_ms: float


@dataclass(slots=True)
class _Tally:
    """What is counted on the way."""

    ranked: dict[Way, list[tuple[Sequence[str], Mapping[str, int]]]] = field(default_factory=dict)
    labelled: list[Labelled] = field(default_factory=list)
    outlooks: list[Outlook] = field(default_factory=list)
    took: list[float] = field(default_factory=list)


class Evaluation:
    """Asks questions of one scope; nothing is written."""

    def __init__(self, *, retriever: Retriever, catalog: Catalog, scope: Scope, ways: Sequence[Way]) -> None:
        """``ways`` are measured beside each other, of the same searches."""
        self._noting = _Noting(retriever)
        self._searching = Searching(
            retriever=self._noting, catalog=catalog, turns=_Nothing(), sufficient=SHIPPED.sufficient
        )
        self._catalog = catalog
        self._scope = scope
        self._ways = ways

    async def measured(
        self, questions: Sequence[Asked], *, history: bool = True, progress: Callable[[int], None] | None = None
    ) -> Measured:
        """Ask every question, with what was said before it unless ``history`` is false.

        ``progress`` hears how many were asked. Raises KnowledgeError, and BadCollection where no relevant document is
        there to be found.
        """
        missing = await self._missing({document for asked in questions for document in asked.relevant})
        tally = _Tally(ranked={way: [] for way in self._ways})
        for number, asked in enumerate(questions, 1):
            await self._ask(asked, asked.history if history else (), tally)
            if progress is not None:
                progress(number)
        return Measured(
            questions=len(questions),
            judged=sum(bool(asked.relevant) for asked in questions),
            missing=missing,
            ways={way: _scores(pairs) for way, pairs in tally.ranked.items()},
            gate=_gate(tally),
            median_ms=1_000 * statistics.median(tally.took or [0.0]),
            p95_ms=1_000 * measures.quantile(tally.took, 0.95),
        )

    async def labelled(
        self, questions: Sequence[Asked], *, progress: Callable[[int], None] | None = None
    ) -> list[Labelled]:
        """Ask every question, and give only what a gate is fitted to. Raises KnowledgeError."""
        tally = _Tally()
        for number, asked in enumerate(questions, 1):
            await self._ask(asked, asked.history, tally)
            if progress is not None:
                progress(number)
        return tally.labelled

    async def _missing(self, relevant: Collection[str]) -> int:
        """Count those that are not in the corpus. Raises BadCollection where that is all of them."""
        names = sorted(relevant)
        there = 0
        for start in range(0, len(names), _LOOKED_UP):
            there += len(await self._catalog.readable(names[start : start + _LOOKED_UP], self._scope))
        if names and not there:
            raise BadCollection(
                f"No relevant document is in corpus.jsonl: qrels name {names[0]}, for example, the _id of no row."
            )
        return len(names) - there

    async def _ask(self, asked: Asked, history: Sequence[PastTurn], tally: _Tally) -> None:
        started = time.perf_counter()
        found = await self._found(asked, history)
        if found is not None:
            tally.took.append(time.perf_counter() - started)
        if asked.relevant and tally.ranked:
            ranked = self._noting.of(found)
            documents = await self._documents(ranked)
            for way, pairs in tally.ranked.items():
                pairs.append((documents(_hits(way, ranked)), asked.relevant))
        outlook = found.outlook if found is not None else _NOTHING
        tally.outlooks.append(outlook)
        tally.labelled.append(
            Labelled(features=features(outlook), answerable=asked.answerable, conversation=asked.conversation)
        )

    async def _found(self, asked: Asked, history: Sequence[PastTurn]) -> Found | None:
        """Search as the bot does; None for what it would answer without a search, or not at all."""
        self._noting.ranked.clear()
        try:
            route = routed(asked.text)
        except TooLong:
            return None
        if isinstance(route, Told):
            return None
        return await self._searching.found(route, history, self._scope)

    async def _documents(self, ranked: Ranked | None) -> Callable[[Sequence[Hit]], list[str]]:
        """Give what turns hits into documents, each once, at its best chunk's place."""
        passages = await self._catalog.passages(ranked.hits, self._scope) if ranked is not None else ()
        known = {passage.chunk: passage.document for passage in passages}
        return lambda hits: list(dict.fromkeys(known[hit.chunk] for hit in hits if hit.chunk in known))


class _Noting:
    """Searches, and keeps all that was found beside the passages that were chosen."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self.ranked: list[tuple[Retrieved, Ranked]] = []

    async def retrieve(  # noqa: PLR0913 -- as the retriever's
        self,
        text: str,
        /,
        *,
        scope: Scope,
        filters: tuple[Filter, ...] = (),
        passages: int = 5,
        tokens: int = 1200,
        asking: str | None = None,
        paying: Paying | None = None,
    ) -> Retrieved:
        found = await self._retriever.ranked(
            text, scope=scope, filters=filters, read=_READ, asking=asking, paying=paying
        )
        retrieved = within(found, passages=passages, tokens=tokens)
        self.ranked.append((retrieved, found))
        return retrieved

    def of(self, found: Found | None) -> Ranked | None:
        """Give all of the search that was taken in the end."""
        if found is None:
            return None
        return next(ranked for retrieved, ranked in self.ranked if retrieved.passages is found.passages)


class _Nothing:
    """Turns are handed over with each question; none is kept."""

    async def recent(self, earlier: Earlier, limit: int, /) -> Sequence[PastTurn]:  # noqa: ARG002 -- a Protocol's
        return ()

    async def record(self, turn: NewTurn, /) -> None:
        """Keep nothing."""


def _hits(way: Way, ranked: Ranked | None) -> Sequence[Hit]:
    if ranked is None:
        return ()
    match way:
        case "keywords" | "dense":
            name = "words" if way == "keywords" else "vectors"
            return next((each.hits for each in ranked.rankings if each.name == name), ())
        case "rank fusion":
            return by_rank(ranked.rankings)
        case "weighted sum":
            return fused(ranked.rankings)
        case "default":
            return ranked.hits


def _scores(pairs: Sequence[tuple[Sequence[str], Mapping[str, int]]]) -> Scores:
    """Average over the questions; 0 where there are none."""
    count = max(1, len(pairs))
    return Scores(
        recall_at_5=sum(measures.recall(*pair, at=5) for pair in pairs) / count,
        recall_at_20=sum(measures.recall(*pair, at=20) for pair in pairs) / count,
        ndcg_at_10=sum(measures.ndcg(*pair, at=10) for pair in pairs) / count,
        mrr_at_10=sum(measures.reciprocal_rank(*pair, at=10) for pair in pairs) / count,
    )


def _gate(tally: _Tally) -> GateMeasured | None:
    """Judge the gate, where both sorts of questions are there."""
    answerable = [one.answerable for one in tally.labelled]
    if all(answerable) or not any(answerable):
        return None
    shipped = [SHIPPED.likelihood(outlook) for outlook in tally.outlooks]
    yes, no = _split(shipped, answerable)
    apart = judged_apart(tally.labelled)
    return GateMeasured(
        answerable=len(yes),
        others=len(no),
        shipped=_judged(shipped, answerable),
        passed=sum(score >= SHIPPED.least for score in yes) / len(yes),
        stopped=sum(score < SHIPPED.least for score in no) / len(no),
        calibrated=_judged(apart, answerable) if apart is not None else None,
    )


def _judged(scores: Sequence[float], answerable: Sequence[bool]) -> Judged:
    yes, no = _split(scores, answerable)
    return Judged(auc=measures.auc(yes, no) or 0.0, stopped=measures.stopped(yes, no, answered=ANSWERED) or 0.0)


def _split(scores: Sequence[float], answerable: Sequence[bool]) -> tuple[list[float], list[float]]:
    pairs = list(zip(scores, answerable, strict=True))
    return [score for score, yes in pairs if yes], [score for score, yes in pairs if not yes]
