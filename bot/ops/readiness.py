"""Whether the service can do its work: each dependency, checked beside the work, never by whoever asks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Phase: TypeAlias = Literal["starting", "serving", "draining"]

EVERY: Final = 10.0
"""Seconds between two rounds of checks."""
_PATIENCE: Final = 5.0
"""Seconds that a check may take."""
_STALE: Final = 3 * (EVERY + _PATIENCE)
"""Seconds after which the last good check counts no more: then checking itself hangs."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A dependency. ``probe`` raises while it cannot be used, else gives a sentence; ``down`` is the one for then.

    Strangers may read these sentences, so they name no machine, folder or error.
    """

    name: str
    probe: Callable[[], Awaitable[str]]
    down: str
    required: bool = True


class Readiness:
    """Remembers what the last checks found."""

    phase: Phase = "starting"

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` gives seconds that only rise."""
        self._now = now
        self._checks: Sequence[Check] = ()
        self._good: dict[str, float] = {}
        self._up: dict[str, str | None] = {}

    def expect(self, checks: Sequence[Check]) -> None:
        """Depend on these; none of them is known to work before a first round of checks."""
        self._checks = checks

    async def check(self) -> None:
        """Check everything, side by side and within a bound."""
        async with asyncio.TaskGroup() as group:
            for one in self._checks:
                group.create_task(self._check(one))

    async def _check(self, one: Check) -> None:
        broken = self._up.get(one.name, "") is None
        try:
            async with asyncio.timeout(_PATIENCE):
                self._up[one.name] = await one.probe()
        except Exception as error:  # noqa: BLE001 - whatever it raises, it cannot be used
            self._up[one.name] = None
            if not broken:
                told = getattr(
                    error, "told", None
                )  # an error of our trees explains itself, so it comes without a trace
                why = {"exc_info": error} if told is None else {"why": told}
                _log.warning("a dependency cannot be used", dependency=one.name, **why)
        else:
            self._good[one.name] = self._now()
            if broken:
                _log.warning("a dependency can be used again", dependency=one.name)

    def ready(self) -> bool:
        """Say whether all that is required works, and work has begun and not ended."""
        return self.phase == "serving" and all(self._works(one) for one in self._checks if one.required)

    def report(self) -> dict[str, Any]:
        """Give all of it for JSON; ``age`` is the seconds since the last good check, null before one."""
        return {
            "ready": self.ready(),
            "phase": self.phase,
            "dependencies": {one.name: self._reported(one) for one in self._checks},
        }

    def _reported(self, one: Check) -> dict[str, Any]:
        age, said, known = self._age(one), self._up.get(one.name), one.name in self._up
        works = self._works(one)
        return {
            "state": "up" if works else "down" if known else "unknown",
            "required": one.required,
            "age": None if age is None else round(age, 1),
            "told": said if works else one.down if known else "It was not checked yet.",
        }

    def _works(self, one: Check) -> bool:
        age = self._age(one)
        return self._up.get(one.name) is not None and age is not None and age <= _STALE

    def _age(self, one: Check) -> float | None:
        good = self._good.get(one.name)
        return None if good is None else self._now() - good
