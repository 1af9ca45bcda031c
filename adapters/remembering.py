"""What a platform said a moment ago, asked once for many: bounded, and forgotten when an event says so."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from adapters.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.clock import Clock

K = TypeVar("K")
V = TypeVar("V")

_FAILED: Final = 5.0
"""Seconds for which an error is what is known: a server that is down is not asked by every answer under way."""


@dataclass(slots=True)
class _Entry(Generic[V]):
    """``since`` is when it began to be asked: whatever changed after that may not be in its value."""

    since: float
    until: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    value: tuple[V] | None = None
    error: PlatformError | None = None


class Remembered(Generic[K, V]):
    """Values by key for so many ``seconds``, ``most`` of them. Those who ask for one at once share one call."""

    def __init__(self, clock: Clock, *, seconds: float, most: int) -> None:
        """Know nothing yet."""
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        """Give what is known, or ask. Raises what ``ask`` does, and the platform's errors for a moment longer."""
        while True:
            entry = self._entry(key)
            async with entry.lock:
                if entry.value is None and entry.error is None:
                    await self._fill(entry, ask)
                elif self._clock.now() >= entry.until:
                    continue  # it went out of date while this one waited
            if entry.error is not None:
                raise entry.error
            if entry.value is not None:
                return entry.value[0]

    def known(self, key: K) -> V | None:
        """Give what is known without asking."""
        entry = self._entries.get(key)
        fresh = entry is not None and entry.value is not None and self._clock.now() < entry.until
        return entry.value[0] if fresh and entry is not None and entry.value is not None else None

    def put(self, key: K, value: V) -> None:
        """Know this, from now on."""
        self._entries.pop(key, None)
        self._entry(key).value = (value,)

    def forget(self, which: Callable[[K, V | None], bool], *, least: float = 0.0) -> None:
        """Ask anew for these when they are ``least`` seconds old; one that is being asked has no value yet."""
        for key, entry in self._entries.items():
            if which(key, entry.value[0] if entry.value else None):
                entry.until = min(entry.until, entry.since + least)

    def _entry(self, key: K) -> _Entry[V]:
        now = self._clock.now()
        entry = self._entries.get(key)
        if entry is None or now >= entry.until:
            entry = self._entries[key] = _Entry(since=now, until=now + self._seconds)
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return entry

    async def _fill(self, entry: _Entry[V], ask: Callable[[], Awaitable[V]]) -> None:
        try:
            entry.value = (await ask(),)
        except PlatformError as error:
            wait = max(_FAILED, error.seconds)
            entry.error, entry.until = error, min(entry.until, self._clock.now() + wait)
