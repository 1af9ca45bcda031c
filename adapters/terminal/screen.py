"""Writes to the terminal: status, blocks that grow, and words. Into a pipe it writes plain Markdown and no status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text as Words

from adapters.escaping import safe, safe_line
from adapters.markup import joined
from adapters.plain import block_text
from adapters.sources import path, quote, whence
from adapters.terminal.render import Tail, drawn, drawn_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType

    from adapters.markup import Tree
    from adapters.parts import Citation, Status, Text

_BELOW_THE_TAIL = 4
"""Lines kept free under a growing block: an empty one, the status, the cursor, and one to spare."""


def doing(status: Status) -> str:
    """Give a status in words."""
    if status.doing == "reading" and status.sources:
        return f"reading {status.sources} {'source' if status.sources == 1 else 'sources'} …"
    return f"{status.doing} …"


class Screen:
    """A console and the one block that still grows. Entering it shows an answer; leaving it settles what is open."""

    def __init__(self, console: Console) -> None:
        """Write to this console; whether it is a terminal is its own to know."""
        self.console = console
        self._live: Live | None = None
        self._open: Tree = ()
        self._doing = ""

    def __enter__(self) -> Self:
        """Begin an answer."""
        if self.console.is_terminal:
            self._live = Live(console=self.console, transient=True, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the status away and settle the open block, whatever happened."""
        live, self._live = self._live, None
        if live:
            live.update(Words())
            live.stop()
        self._settle()
        self._doing = ""

    def status(self, status: Status) -> None:
        """Show what is done now; on a terminal only."""
        self._doing = doing(status)
        self._refresh()

    def unit(self, part: Text) -> None:
        """Show one more unit: at once on a terminal, with its whole block elsewhere."""
        grown = joined(self._open, part.block, continues=part.continues)
        if len(grown) > 1:
            self._settle()
            grown = grown[-1:]
        self._open = grown
        self._refresh()

    def say(self, text: str, style: str = "") -> None:
        """Write a line or several, neutralised."""
        if self.console.is_terminal:
            self.console.print(Words(safe(text), style=style, overflow="fold"))
        else:
            self.console.out(safe(text), highlight=False)

    def sources(self, citations: Sequence[Citation], *, quotes: bool = False) -> None:
        """Write the source list, each with its quote where wished."""
        for citation in citations:
            self._marked(f"[{citation.number}] ", path(citation), "cyan")
            self._indented(whence(citation), "dim")
            if quotes:
                self._indented(f"“{quote(citation)}”")

    def told(self, question: str, answer: str, verdict: str) -> None:
        """Write one turn of a history."""
        self.say(f"> {safe_line(question)}", "bold")
        self.say(answer)
        if verdict not in {"answered", "told"}:
            self.say(f"({verdict})", "dim")
        self.say("")

    def _marked(self, mark: str, text: str, style: str) -> None:
        """Write a line whose continuations stand as far in as what follows the mark."""
        if not self.console.is_terminal:
            self.say(mark + text)
            return
        grid = Table.grid()
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Words(mark, style=style), Words(text, style=style))
        self.console.print(grid)

    def _indented(self, text: str, style: str = "") -> None:
        if self.console.is_terminal:
            words = Words(text, style=style, overflow="fold")
            self.console.print(Padding(words, (0, 0, 0, 4), expand=False))
        else:
            self.say(f"    {text}")

    def _settle(self) -> None:
        done, self._open = self._open, ()
        if self._live:
            self._live.update(self._growing())  # else what is printed now would show twice
        for block in done:
            if self.console.is_terminal:
                self.console.print(drawn_block(block))
                self.console.print()  # alone: printed together, words and an empty line become one line
            else:
                self.console.out(block_text(block), "\n", sep="", highlight=False)

    def _refresh(self) -> None:
        if self._live:
            self._live.update(self._growing(), refresh=True)

    def _growing(self) -> RenderableType:
        status = Spinner("dots", Words(self._doing, style="dim"), style="dim") if self._doing else Words()
        if not self._open:
            return status
        return Group(Tail(drawn(self._open), max(1, self.console.height - _BELOW_THE_TAIL)), Words(), status)
