"""A keyboard that types a script, and a console that a test can read."""

from __future__ import annotations

import asyncio
import io
import itertools
from typing import TYPE_CHECKING

from rich.console import Console

from adapters.terminal.lines import Key, Lines

if TYPE_CHECKING:
    from collections.abc import Callable


class ScriptedLines(Lines):
    """Gives these lines and keys, then the end."""

    def __init__(self, *lines: str | Key, interactive: bool = True) -> None:
        """``interactive``: whether a person seems to type them."""
        self._lines = list(lines)
        self.interactive = interactive

    async def read(self, prompt: str, /) -> str | Key:
        """Give the next one, after letting others have their turn, as somebody who types does."""
        await asyncio.sleep(0)
        return self._lines.pop(0) if self._lines else Key.END


def a_console(*, terminal: bool = False) -> tuple[Console, io.StringIO]:
    """A console of 80 columns without colours, and what it wrote."""
    out = io.StringIO()
    return Console(file=out, force_terminal=terminal, width=80, height=24, no_color=True, legacy_windows=False), out


def tokens() -> Callable[[], str]:
    """Ids ``1``, ``2`` and so on."""
    counter = itertools.count(1)
    return lambda: str(next(counter))
