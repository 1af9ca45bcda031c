"""Shows one reply from its first part to its end."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from adapters.doubting import doubt
from adapters.parts import Ending, PrivateOffer, Sources, Status, Text
from adapters.sources import used

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.parts import Citation, Part
    from adapters.terminal.screen import Screen


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reply was: how it ended, and the citations that its text used."""

    ending: Ending
    citations: tuple[Citation, ...]


async def show(screen: Screen, parts: AsyncGenerator[Part]) -> Shown | None:
    """Show the parts as they come, then sources and a word on how it ended; None where the ending never came."""
    citations: tuple[Citation, ...] = ()
    ending: Ending | None = None
    silent = True
    with screen:
        async with aclosing(parts):
            async for part in parts:
                match part:
                    case Status():
                        screen.status(part)
                    case Sources():
                        citations = part.citations
                    case Text():
                        silent = False
                        screen.unit(part)
                    case PrivateOffer():
                        pass  # whoever sits here reads alone already, so none is made
                    case Ending():
                        ending = part
                    case _:
                        assert_never(part)
    return _ended(screen, Shown(ending, used(citations, ending.cited)), silent=silent) if ending else None


def _ended(screen: Screen, shown: Shown, *, silent: bool) -> Shown:
    if shown.citations:
        screen.say("Sources", "bold")
        screen.sources(shown.citations)
        screen.say("")
    if words := doubt(shown.ending):
        screen.say(words, "dim")
    if shown.ending.verdict in {"stopped", "paused"} or (shown.ending.verdict == "limited" and silent):
        screen.say(shown.ending.verdict, "dim")
    if shown.ending.verdict == "offered":
        screen.say("/yes has it answered.", "dim")
    if shown.ending.verdict == "failed" and shown.ending.reference:
        screen.say(f"Reference: {shown.ending.reference}", "dim")
    return shown
