"""How what came is made safe with the desk: again and again for two seconds, as Discord delivers nothing twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.base import Declined, Halted, MessageRef, Question, Rated, Stopped

if TYPE_CHECKING:
    from adapters.base import Desk, Event
    from adapters.clock import Clock

PATIENCE: Final = 2.0
"""Seconds; Discord waits three for the answer to an interaction."""
_PAUSE: Final = 0.2
_LEAST: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Hands to one desk."""

    desk: Desk
    clock: Clock

    async def keep(self, event: Event, until: float) -> None:
        """Hand it to the desk, again where that fails and time is left. Raises what the desk does, or TimeoutError.

        That goes for a button on an answer that is not kept, too: its buttons stand there a moment before it is. Not
        for a thumb on a message, though, or a "stop": most are no affair of the bot's, and the channel waits meanwhile.
        """
        while True:
            try:
                async with asyncio.timeout(max(_LEAST, until - self.clock.now())):
                    return await self.desk.accept(event)
            except Exception as error:
                if (isinstance(error, Declined) and _final(event)) or self.clock.now() + _PAUSE >= until:
                    raise
            await self.clock.sleep(_PAUSE)


def _final(event: Event) -> bool:
    """Whether the desk's no to an event stays one a moment later, too."""
    return isinstance(event, Question | Stopped | Halted) or (
        isinstance(event, Rated) and isinstance(event.target, MessageRef)
    )
