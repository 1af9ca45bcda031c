"""Does one thing to the knowledge that the environment names, and dies right before a chosen step of any database.

A step is a statement or a commit; what an index elsewhere is asked comes between two of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from bot import app
from bot.app import embedding
from bot.settings import load
from tests.doubles.hashing import Hashing


class _Steps:
    """Counts, and dies by SIGKILL, which nothing can catch."""

    def __init__(self, last: int) -> None:
        self.count = 0
        self._last = last
        event.listen(Engine, "before_cursor_execute", self._step)
        event.listen(Engine, "commit", self._step)

    def _step(self, *_: object) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(what: str, folder: str, last: str) -> None:
    settings = load()
    steps = _Steps(int(last))
    match what:
        case "sync":
            await app.synced(settings, [app.files(Path(folder), readers=frozenset({settings.team, "public"}))])
        case "carry":
            await app.carried(settings)
        case "copy":
            await app.copied(settings, "embedded" if settings.words == "postgres" else "postgres")
        case "forget":
            await app.forgotten(settings, {Path(folder).name})
        case _:
            raise ValueError(what)
    sys.stdout.write(f"{steps.count}\n")


def _embedder(_: object, name: str) -> Hashing:
    return Hashing(model=name, dimensions=64)


if __name__ == "__main__":
    embedding.embedder_of = _embedder  # type: ignore[assignment]  # a process of its own, with an embedder that is quick
    asyncio.run(main(*sys.argv[1:]))
