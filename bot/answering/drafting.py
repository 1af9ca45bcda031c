"""A model's stream into checked parts: what it says is cut into units, and each is checked before it is shown."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from adapters.parts import Text
from bot.answering.canary import sings
from bot.answering.checking import Tally
from bot.answering.stopping import unless
from bot.errors import ModelError
from bot.models.base import Finished
from bot.reading.prose import spoken
from bot.reading.units import Units

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator

    from bot.answering.checking import Checked, Checks
    from bot.models.base import Delta
    from bot.reading.units import Unit

_log = structlog.get_logger()
_LONGEST: Final = 20_000
"""Characters of a stream that are read: five times what its token limit allows; a server that ignores it is left."""


@dataclass(slots=True, kw_only=True)
class Drafting:
    """Reads one stream to its end, to a stop, or to its failure, which is kept in ``error``.

    ``begun`` says that its server may have begun to answer, so that it may cost something; ``limited`` that the answer
    was not whole when its limit was reached.
    ``used`` are the sentences that each passage supports, ``tally`` what checking comes to; ``refused`` says that the
    model declined in the agreed words, and ``sang`` that it said the canary, in a unit that was dropped.
    """

    stream: AsyncGenerator[Delta]
    checker: Checks
    canary: str
    unanswered: str
    finished: Finished | None = None
    error: ModelError | None = None
    begun: bool = False
    ended: bool = False
    limited: bool = False
    stopped: bool = False
    refused: bool = False
    sang: bool = False
    said: list[str] = field(default_factory=list)
    used: dict[int, list[str]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    _units: Units = field(default_factory=Units)
    _length: int = 0
    _waiting: list[tuple[Unit, Checked]] = field(default_factory=list)
    _shown: int | None = None
    """The block that was shown last."""

    async def parts(self, stop: asyncio.Event) -> AsyncGenerator[Text]:
        """Give what is verified, as soon as it is; closes the stream however this ends."""
        async with aclosing(self.stream):
            while not self.refused and (units := await self._next(stop)) is not None:
                for unit in units:
                    for part in self._checked(unit):
                        yield part

    async def _next(self, stop: asyncio.Event) -> list[Unit] | None:
        """Read until units are whole; None at the end, on a stop and on a failure."""
        if stop.is_set():
            self.stopped = True
        if self.stopped or self.ended or self.error is not None:
            return None
        self.begun = True
        units = await unless(stop, self._read())
        self.stopped = units is None
        return units

    async def _read(self) -> list[Unit]:
        units: list[Unit] = []
        try:
            async for delta in self.stream:
                if isinstance(delta, Finished):
                    self._end(delta, units)
                    return units
                self.said.append(delta)
                self._length += len(delta)
                units += self._units.feed(delta)
                if self._length > _LONGEST:
                    self._end(None, units)
                    return units
                if units:
                    return units
            self._end(None, units)
        except ModelError as error:
            self.error = error
            self.begun = error.begun
        return units

    def _end(self, finished: Finished | None, units: list[Unit]) -> None:
        """Take the rest, unless it was cut off at the limit: half a sentence may say the opposite of the whole one."""
        self.finished, self.ended = finished, True
        self.limited = finished is None or finished.reason == "length"
        if not self.limited:
            units += self._units.end()

    def _checked(self, unit: Unit) -> list[Text]:
        """Give a verified unit with the lead-ins and headings that waited for it; nothing for one that fails."""
        if self.refused:
            return []
        if sings(unit.text, self.canary):
            self.sang = True
            return []
        if self._shown is None and spoken(unit.text) == spoken(self.unanswered):
            self.refused = True
            return []
        checked = self._verified(unit)
        if checked is None:
            return []
        if checked.sort != "claim":
            self._wait(unit, checked)
            return []
        for number, sentence in checked.used:
            self.used.setdefault(number, []).append(sentence)
        ready = [*self._waiting, (unit, checked)]
        self._waiting = []
        return [self._part(one, found) for one, found in ready]

    def _verified(self, unit: Unit) -> Checked | None:
        """Check a unit; one that the verifier cannot read is dropped, as the rest of the answer may hold."""
        try:
            return self.checker.check(unit, self.tally)
        except Exception as error:  # noqa: BLE001 - whatever a hostile text makes it raise
            _log.warning("a unit could not be checked, so it is left out", why=type(error).__name__)
            self.tally.drop(sentence=unit.sort == "sentence")
            return None

    def _wait(self, unit: Unit, checked: Checked) -> None:
        """Keep what claims nothing until something follows it; of two of a sort, only the later one has a use."""
        self._waiting = [pair for pair in self._waiting if checked.sort == "lead-in" and pair[1].sort == "heading"]
        self._waiting.append((unit, checked))

    def _part(self, unit: Unit, checked: Checked) -> Text:
        continues = unit.block == self._shown
        self._shown = unit.block
        return Text(block=checked.block, continues=continues)
