"""How long a person waits for the command line: its help, and a first answer where all is set up.

A warm start is a new process over knowledge that an earlier one synced. Its parts: Python's own start; the command
line (what ``--help`` takes beyond that); loading (libraries, databases); the answer, by the bot's own clock, which
counts what is loaded when first used (weights, the tokenizer).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figure, median_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTION = "How do I sync a folder?"
ROOT = Path(__file__).parents[2]


def figures(*, times: int = 7) -> Sequence[Figure]:
    """Run Python, the help and a warm ``ask`` as processes, ``times`` times each."""
    with tempfile.TemporaryDirectory() as home:
        nothing = median_ms(partial(_python, "-c", "pass", home=home), times=times)
        usage = median_ms(partial(_footnote, "--help", home=home), times=times)
        first = median_ms(partial(_footnote, "sync", "docs", home=home), times=1)
        total, answer = _warm(home, times)
    to = "python -c pass"
    return (
        Figure(name="python -c pass", value=nothing, unit="ms"),
        Figure(name="footnote --help", value=usage, unit="ms", ratio=usage / nothing, to=to),
        Figure(name="sync docs, once", value=first, unit="ms", ratio=first / nothing, to=to),
        Figure(name="ask, warm start", value=total, unit="ms", ratio=total / nothing, to=to),
        Figure(name="  Python's start", value=nothing, unit="ms", ratio=nothing / total, to="warm start"),
        Figure(
            name="  command line", value=usage - nothing, unit="ms", ratio=(usage - nothing) / total, to="warm start"
        ),
        Figure(
            name="  loading libraries, databases",
            value=total - answer - usage,
            unit="ms",
            ratio=(total - answer - usage) / total,
            to="warm start",
        ),
        Figure(
            name="  answer, with what it loads first", value=answer, unit="ms", ratio=answer / total, to="warm start"
        ),
    )


def _warm(home: str, times: int) -> tuple[float, float]:
    """Give the medians of a warm ``ask``, in milliseconds: the whole process, and what the bot says it took."""
    totals, answers = [], []
    for _ in range(times):
        started = time.perf_counter()
        said = _footnote("ask", QUESTION, "--json", home=home)
        totals.append((time.perf_counter() - started) * 1_000)
        answers.append(float(json.loads(said)["took_ms"]))
    return statistics.median(totals), statistics.median(answers)


def _footnote(*arguments: str, home: str) -> str:
    return _python("-m", "bot", *arguments, home=home)


def _python(*arguments: str, home: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FOOTNOTE_", "OPENAI_"))}  # noqa: TID251 - handed on to a process
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, "FOOTNOTE_HOME": home},
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {ran.stderr}")
    return ran.stdout
