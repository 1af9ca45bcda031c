"""Shows how far a sync is: a bar to a person, a line now and then to a log, nothing where it is not wanted."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from bot.cli.output import console, tell, watched
from bot.cli.summaries import STAGES, counted, stage_words

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from knowledge.staging import Progress

_SECONDS_BETWEEN_LINES: Final = 5.0
_T = TypeVar("_T")


@contextmanager
def shown(*, quiet: bool) -> Generator[Callable[[Progress], None]]:
    """Give what a sync calls with its progress."""
    if quiet:
        yield lambda _: None
    elif watched():
        with _bar() as report:
            yield report
    else:
        yield Lines(time.monotonic, tell, stage_words)


@contextmanager
def counting(doing: str, what: str, total: int, *, quiet: bool) -> Generator[Callable[[int], None]]:
    """Give what is called with how many of ``total`` are done: ``asking: 7 of 100 questions``."""
    if quiet:
        yield lambda _: None
    elif watched():
        with _counter(doing, total) as report:
            yield report
    else:
        lines: Lines[int] = Lines(time.monotonic, tell, lambda done: f"{doing}: {done:,} of {counted(total, what)}")
        yield lines


class Lines(Generic[_T]):
    """Tells a line every five seconds, in the words that ``words`` gives."""

    def __init__(self, now: Callable[[], float], say: Callable[[str], None], words: Callable[[_T], str]) -> None:
        """``now`` gives seconds."""
        self._now = now
        self._say = say
        self._words = words
        self._next = now() + _SECONDS_BETWEEN_LINES

    def __call__(self, progress: _T) -> None:
        """Hear of progress."""
        if self._now() >= self._next:
            self._next = self._now() + _SECONDS_BETWEEN_LINES
            self._say(self._words(progress))


@contextmanager
def _counter(doing: str, total: int) -> Generator[Callable[[int], None]]:
    from rich import progress as rich

    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(24),
        rich.MofNCompleteColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def _bar() -> Generator[Callable[[Progress], None]]:
    from rich import progress as rich

    columns = (
        rich.SpinnerColumn(),
        rich.TextColumn("{task.description}"),
        rich.BarColumn(24),
        rich.TimeElapsedColumn(),
    )
    with rich.Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def report(progress: Progress) -> None:
            chunks = counted(progress.chunks, "chunk")
            read = chunks if progress.stage == "carrying" else f"{counted(progress.documents, 'document')}, {chunks}"
            words = f"{STAGES[progress.stage]}: {read}"
            bar.update(task, description=words, completed=progress.embedded, total=progress.chunks or None)

        yield report
