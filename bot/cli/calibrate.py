"""``footnote calibrate``: fit the bar for answering to a team's own questions."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli.output import say, say_json
from bot.cli.person import scope
from bot.cli.summaries import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answering.calibration import Labelled
    from bot.answering.gate import Gate
    from bot.app import Knowledge
    from bot.evaluation.collection import Asked
    from bot.settings import Settings


_ENOUGH: Final = 20
"""Answerable questions from which a bar is worth its name: one in twenty may then be stopped at 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What the fitted gate does with the questions that it was fitted to, and with such as it has not seen.

    ``passed`` and ``stopped`` are shares of the answerable and of the others; None where there are no others, and
    ``apart`` None where there are too few for folds.
    """

    answerable: int
    others: int
    fitted: bool
    passed: float
    stopped: float | None
    apart: float | None


@click.command("calibrate")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--others", type=click.Path(path_type=Path, dir_okay=False), help="A file of questions to be stopped.")
@click.option(
    "--answered",
    type=click.FloatRange(0.5, 1.0),
    default=0.95,
    show_default=True,
    help="The share of the questions in FILE that must be let through.",
)
@click.option("--dry-run", is_flag=True, help="Say what it would do, and keep nothing.")
@click.option("--forget", is_flag=True, help="Return to the gate as it is shipped.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(  # noqa: PLR0913 - its options
    file: Path | None, *, others: Path | None, answered: float, dry_run: bool, forget: bool, as_json: bool
) -> None:
    """Fit the bar for answering to your knowledge and your questions.

    FILE holds questions that your documents answer, a line each. With 20 and more of both sorts the whole gate is
    fitted, with fewer only its bar is set. FILE may be JSON lines too, with "text" and "metadata": {"answerable": …}.
    """
    from bot.evaluation.collection import listed
    from bot.settings import load

    if forget == (file is not None):
        raise click.UsageError("Name a FILE of questions, or give --forget alone.")
    settings = load()
    if file is None:
        asyncio.run(_forget(settings))
        say("The gate is the shipped one again, from the next start on.")
        return
    questions = (*listed(file), *(listed(others, answerable=False) if others else ()))
    outcome = asyncio.run(_calibrate(settings, questions, answered, keep=not dry_run, quiet=as_json))
    if as_json:
        say_json(_object(outcome, kept=not dry_run))
    else:
        for line in _lines(outcome, kept=not dry_run):
            say(line)


async def _forget(settings: Settings) -> None:
    from bot.app import knowledge

    async with knowledge(settings) as known:
        await known.keep(None)


async def _calibrate(
    settings: Settings, questions: Sequence[Asked], answered: float, *, keep: bool, quiet: bool
) -> _Outcome:
    from bot.answering.calibration import calibrated
    from bot.app import knowledge
    from bot.cli.emptiness import must_hold_something

    if not any(asked.answerable for asked in questions):
        raise click.ClickException("There is no question that should be answered; the bar is set by those.")
    async with knowledge(settings) as known:
        await must_hold_something(known.catalog, settings.team)
        labelled = await _labelled(settings, known, questions, quiet=quiet)
        gate = calibrated(labelled, answered=answered)
        if keep:
            await known.keep(gate)
    return _outcome(gate, labelled, answered)


async def _labelled(settings: Settings, known: Knowledge, questions: Sequence[Asked], *, quiet: bool) -> list[Labelled]:
    from bot.cli.progress import counting
    from bot.evaluation.retrieval import Evaluation

    evaluation = Evaluation(retriever=known.retriever, catalog=known.catalog, scope=scope(settings), ways=())
    with counting("asking", "question", len(questions), quiet=quiet) as report:
        return await evaluation.labelled(questions, progress=report)


def _outcome(gate: Gate, labelled: Sequence[Labelled], answered: float) -> _Outcome:
    from bot.answering.calibration import judged_apart
    from bot.answering.gate import SHIPPED

    yes = [gate.of(one.features) for one in labelled if one.answerable]
    no = [gate.of(one.features) for one in labelled if not one.answerable]
    apart = judged_apart(labelled)
    fitted = gate.weights != SHIPPED.weights
    return _Outcome(
        answerable=len(yes),
        others=len(no),
        fitted=fitted,
        passed=sum(score >= gate.least for score in yes) / len(yes),
        stopped=sum(score < gate.least for score in no) / len(no) if no else None,
        apart=None if apart is None else _stopped_apart(apart, labelled, answered),
    )


def _stopped_apart(scores: Sequence[float], labelled: Sequence[Labelled], answered: float) -> float | None:
    from bot.evaluation.measures import stopped

    pairs = list(zip(scores, labelled, strict=True))
    yes = [score for score, one in pairs if one.answerable]
    return stopped(yes, [score for score, one in pairs if not one.answerable], answered=answered)


def _object(outcome: _Outcome, *, kept: bool) -> dict[str, Any]:
    return {**asdict(outcome), "kept": kept}


def _lines(outcome: _Outcome, *, kept: bool) -> list[str]:
    what = "The gate was fitted to" if outcome.fitted else "The bar was set by"
    others = f" and {counted(outcome.others, 'other')}" if outcome.others else ""
    lines = [f"{what} {counted(outcome.answerable, 'answerable question')}{others}."]
    if outcome.answerable < _ENOUGH:
        lines.append(f"So few say little: give {_ENOUGH} or more that are asked in your team's own words.")
    passed = f"It lets {outcome.passed:.0%} of the answerable through"
    lines.append(f"{passed} and stops {outcome.stopped:.0%} of the others." if outcome.others else f"{passed}.")
    if outcome.apart is not None:
        lines.append(f"Of others that it was not fitted to it stops {outcome.apart:.0%} (five-fold).")
    lines.append(
        "It decides from the next start on; footnote calibrate --forget undoes it." if kept else "Nothing was kept."
    )
    return lines
