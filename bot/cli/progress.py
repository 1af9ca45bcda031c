"""Shows how far a sync is: a bar to a person, a line now and then to a log, nothing where it is not wanted."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bot.cli.output import console, tell, watched
from bot.cli.summaries import STAGES, counted, stage_words

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from knowledge.staging import Progress

_SECONDS_BETWEEN_LINES: Final = 5.0


@contextmanager
def shown(*, quiet: bool) -> Generator[Callable[[Progress], None]]:
    """Give what a sync calls with its progress."""
    if quiet:
        yield lambda _: None
    elif watched():
        with _bar() as report:
            yield report
    else:
        yield Lines(time.monotonic, tell)


class Lines:
    """Tells a line every five seconds."""

    def __init__(self, now: Callable[[], float], say: Callable[[str], None]) -> None:
        """``now`` gives seconds."""
        self._now = now
        self._say = say
        self._next = now() + _SECONDS_BETWEEN_LINES

    def __call__(self, progress: Progress) -> None:
        """Hear of progress."""
        if self._now() >= self._next:
            self._next = self._now() + _SECONDS_BETWEEN_LINES
            self._say(stage_words(progress))


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
            read = f"{counted(progress.documents, 'document')}, {counted(progress.chunks, 'chunk')}"
            words = f"{STAGES[progress.stage]}: {read}"
            bar.update(task, description=words, completed=progress.embedded, total=progress.chunks or None)

        yield report
