"""Rates in this process: nothing to install, nothing shared. Who asks nothing for a day is forgotten."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from bot.money.base import Rates
from bot.money.sliding import REMEMBERED, SECOND, Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.base import Principal
    from bot.money.base import Denied, Rate

_SWEPT: Final = 4
"""People that a question looks at, to forget them: more than the one that it may add, so that memory shrinks too."""


def _now() -> int:
    return time.monotonic_ns() // 1_000


class Windows(Rates):
    """The windows of everyone who asked this process within a day."""

    def __init__(self, now: Callable[[], int] = _now) -> None:
        """``now`` gives microseconds that only rise."""
        self._now = now
        self._people: OrderedDict[Principal, tuple[int, Asked]] = OrderedDict()

    def __len__(self) -> int:
        """How many people are remembered."""
        return len(self._people)

    async def admit(self, person: Principal, question: str, rates: Sequence[Rate], /) -> Denied | None:
        """Admit a question, or say why not."""
        now = self._now()
        return self._asked(person, now).admit(question, rates, now)

    def note(self, person: Principal, question: str) -> None:
        """Count a question that was admitted elsewhere, so that these windows can take over."""
        now = self._now()
        self._asked(person, now).note(question, now)

    def _asked(self, person: Principal, now: int) -> Asked:
        """Give what a person asked, as who asked last, and forget some of those who asked longest ago."""
        asked = self._people.pop(person)[1] if person in self._people else Asked()
        self._people[person] = (now, asked)
        for _ in range(_SWEPT):
            last, _ = next(iter(self._people.values()))
            if last > now - REMEMBERED * SECOND:
                break
            self._people.popitem(last=False)
        return asked
