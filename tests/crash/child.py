"""A sync in a process of its own: it reports every step on a line, and can be told to die at its n-th database step.

    python -m tests.crash.child FOLDER KNOWLEDGE_FILE [N | asking]

``asking`` goes on after each line only when a line comes in.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event

from knowledge.catalog import Catalog
from knowledge.sources.files import Files
from knowledge.stores.sqlite import SqliteStore
from knowledge.syncing import sync
from tests.doubles.hashing import Hashing
from tests.doubles.serving import serving
from tests.doubles.shelf import TEAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from knowledge.base import Embedder
    from knowledge.staging import Progress
    from knowledge.syncing import Summary


async def synced(
    folder: Path,
    store: SqliteStore,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Sync the folder as the command does."""
    return await sync(
        [Files(folder, readers=frozenset({TEAM}))],
        catalog=Catalog(store),
        serving=serving(store, embedder),
        progress=progress,
    )


def _say(progress: Progress) -> None:
    sys.stdout.write(f"{progress.stage} {progress.documents} {progress.ready} {progress.embedded}\n")
    sys.stdout.flush()


def _ask(progress: Progress) -> None:
    _say(progress)
    sys.stdin.readline()


class _Steps:
    """Counts statements and commits; dies by SIGKILL, which nothing can catch, right before the chosen one."""

    def __init__(self, engine: Engine, last: int) -> None:
        self.count = 0
        self._last = last
        event.listen(engine, "before_cursor_execute", self._step)
        event.listen(engine, "commit", self._step)

    def _step(self, *_: object) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: str, file: str, last: str = "0") -> None:
    store = SqliteStore(Path(file))
    asks = last == "asking"
    steps = _Steps(store.engine.sync_engine, 0 if asks else int(last))
    async with store:
        await synced(Path(folder), store, Hashing(), _ask if asks else _say)
    sys.stdout.write(f"steps {steps.count}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
