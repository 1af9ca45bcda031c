"""``footnote eval``: how well the bot finds, on question sets."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli.output import say, say_json, tell
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.evaluation.collection import Asked
    from bot.evaluation.retrieval import GateMeasured, Measured
    from bot.settings import Settings

_KEPT: Final = "evaluation"
"""The folder, in the home, of the indexes of question sets."""
_INTERRUPTED: Final = "Interrupted. What was embedded is kept, and the same command goes on from there."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What to measure."""

    folder: Path
    pages: bool
    last_turn: bool
    compare: bool
    questions: tuple[Asked, ...]
    quiet: bool


@click.group("eval")
def command() -> None:
    """Measure how well the bot finds and answers."""


@command.command("retrieval")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, readable=False))
@click.option("--pages", is_flag=True, help="Cut each row of the corpus as a document, and score by document.")
@click.option("--last-turn", is_flag=True, help="Ask follow-up questions without what was said before them.")
@click.option("--compare", is_flag=True, help="Show keywords, dense vectors and two fusions beside the default.")
@click.option("--split", metavar="NAME", help="Judge by qrels/NAME.tsv. By default test, or the only one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def retrieval(  # noqa: PLR0913 - its options
    folder: Path, *, pages: bool, last_turn: bool, compare: bool, split: str | None, as_json: bool
) -> None:
    """Measure retrieval on questions of BEIR.

    The folder is in its format: corpus.jsonl, queries.jsonl and qrels/*.tsv. Questions whose metadata say "answerable":
    false judge the gate, and "history" goes through the follow-up logic. The corpus is embedded once and kept in the
    home folder, so a second run starts at once.
    """
    from bot.evaluation.collection import questions
    from bot.settings import load

    if not folder.is_dir():
        raise click.UsageError(f"{folder} is no folder; name one with corpus.jsonl, queries.jsonl and qrels in it.")
    wish = _Wish(
        folder=folder,
        pages=pages,
        last_turn=last_turn,
        compare=compare,
        questions=questions(folder, split=split),
        quiet=as_json,
    )
    settings = load()
    try:
        measured = asyncio.run(_measured(settings, wish))
    except KeyboardInterrupt:
        tell(_INTERRUPTED)
        raise
    if as_json:
        say_json({"set": str(folder), "embedder": settings.embedder, **_object(measured)})
    else:
        if measured.missing:
            were = counted(measured.missing, "relevant document is", "relevant documents are")
            tell(f"{were} not in corpus.jsonl, so the figures are lower than they should be.")
        for line in _lines(folder.absolute().name, measured):
            say(line)


async def _measured(settings: Settings, wish: _Wish) -> Measured:
    from bot.app import knowledge, rows
    from bot.cli.progress import counting, shown
    from bot.evaluation.retrieval import WAYS, Evaluation
    from knowledge.base import PUBLIC, Scope

    settings = settings.model_copy(update={"team": f"evaluation:{_digest(settings, wish)}"})
    async with knowledge(settings, file=_file(settings, wish)) as known:
        with shown(quiet=wish.quiet) as progress:
            await known.carry(progress=progress)
            await known.sync([rows(wish.folder, pages=wish.pages)], progress=progress)
        evaluation = Evaluation(
            retriever=known.retriever,
            catalog=known.catalog,
            scope=Scope(workspace=settings.team, principals=frozenset({PUBLIC})),
            ways=WAYS if wish.compare else ("default",),
        )
        with counting("asking", "question", len(wish.questions), quiet=wish.quiet) as report:
            return await evaluation.measured(wish.questions, history=not wish.last_turn, progress=report)


def _file(settings: Settings, wish: _Wish) -> Path:
    """Give the index of this set, cut this way, by this embedder."""
    file = settings.home / _KEPT / f"{wish.folder.absolute().name}-{_digest(settings, wish)}.db"
    if not wish.quiet and not file.exists():
        tell(f"The index of this set is kept as {file}; delete it when you need it no more.")
    return file


def _digest(settings: Settings, wish: _Wish) -> str:
    what = f"{wish.folder.absolute()} {wish.pages} {settings.embedder}"
    return blake2b(what.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _object(measured: Measured) -> dict[str, Any]:
    return asdict(measured)


def _lines(name: str, measured: Measured) -> Iterator[str]:
    yield f"{name}: {measured.judged:,} of {counted(measured.questions, 'question')} with relevant documents"
    yield ""
    if not measured.judged:
        yield "No question has a relevant document, so there is nothing to score."
    else:
        yield from _scores(measured)
    if measured.gate is not None:
        yield ""
        yield from _gate(measured.gate)
    yield ""
    yield f"A question took {measured.median_ms:.0f} ms in the median, 95 of 100 at most {measured.p95_ms:.0f} ms."


def _scores(measured: Measured) -> Iterator[str]:
    yield f"{'':14}{'recall@5':>10}{'recall@20':>11}{'nDCG@10':>9}{'MRR@10':>8}"
    for way, scores in measured.ways.items():
        columns = (scores.recall_at_5, scores.recall_at_20, scores.ndcg_at_10, scores.mrr_at_10)
        yield f"{way:14}" + "".join(
            f"{value:>{width}.3f}" for value, width in zip(columns, (10, 11, 9, 8), strict=True)
        )


def _gate(gate: GateMeasured) -> Iterator[str]:
    yield f"The gate: {counted(gate.answerable, 'answerable question')}, {counted(gate.others, 'other')}"
    yield f"{'':14}{'AUC':>10}{'stopped at 90 % answered':>27}"
    yield f"{'as shipped':14}{gate.shipped.auc:>10.3f}{gate.shipped.stopped:>27.0%}"
    if gate.calibrated is not None:
        columns = f"{gate.calibrated.auc:>10.3f}{gate.calibrated.stopped:>27.0%}"
        yield f"{'calibrated':14}{columns}   five-fold by conversation"
    yield f"As shipped, {gate.passed:.1%} of the answerable pass and {gate.stopped:.0%} of the others are stopped."
