"""The terminal adapter with a desk behind it that answers at once, waits to be stopped, or is deaf to it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from adapters.base import Question, Stopped
from adapters.parts import Ending
from adapters.terminal import Terminal
from adapters.terminal.lines import Keyboard
from tests.doubles.adapters import AN_ANSWER, RecordingDesk, Stream, said
from tests.doubles.journal import Remembering
from tests.doubles.terminal import tokens

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.base import Event
    from adapters.parts import Part


async def converse() -> None:
    """Answer until the terminal ends."""
    stopped = asyncio.Event()
    terminal = Terminal(
        team="terminal:local",
        user="mary",
        lines=Keyboard(),
        console=Console(highlight=False, markup=False, emoji=False),
        now=lambda: datetime.now(UTC),
        token=tokens(),
    )

    async def parts(question: Question) -> AsyncGenerator[Part]:
        if question.text == "quick":
            async for part in Stream(*AN_ANSWER)():
                yield part
            return
        yield said("Thinking it over.")
        await stopped.wait()
        if question.text == "deaf":
            yield said("Going on all the same.")
            await asyncio.Event().wait()
        yield Ending(answer="a2", verdict="stopped")

    async with asyncio.TaskGroup() as group:

        async def accept(event: Event) -> None:
            if isinstance(event, Question):
                group.create_task(terminal.reply(event, parts(event), Remembering()))
            if isinstance(event, Stopped):
                stopped.set()

        await terminal.run(RecordingDesk(accept))


def main() -> int:
    """Converse; 130 where a second Ctrl-C ended it."""
    try:
        asyncio.run(converse())
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
