"""What all of a workspace's replies share beside its streams: how often they may post, edit and tell of their state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.once import Once
from adapters.pacing import Bucket, Budget

if TYPE_CHECKING:
    from adapters.clock import Clock

POST: Final = "chat.postMessage"
EDIT: Final = "chat.update"
SESSION: Final = "agents.sessions.setStatus"
REACT: Final = "reactions.add"
OPEN: Final = "conversations.open"

_BUDGETS: Final = {
    POST: Budget(calls=4, burst=1, seconds=4.0),
    EDIT: Budget(calls=48, burst=12),
    SESSION: Budget(calls=48, burst=30),
    REACT: Budget(calls=48, burst=12),
    OPEN: Budget(calls=48, burst=12),
}
"""A little below what Slack documents (docs.slack.dev/apis/web-api/rate-limits); the first is one channel's."""
_HOUR: Final = 3_600.0
_DAY: Final = 86_400.0
_CHANNELS: Final = 1_000
"""Channels whose posts are counted; of so many, those counted before are old."""


@dataclass(slots=True, kw_only=True)
class Sharing:
    """One workspace's."""

    clock: Clock
    offers: Once[tuple[str, str, str]] = field(init=False)
    """What was offered within a day: where, to whom, and to which words."""

    _unedited: float = 0.0
    _directs: dict[str, tuple[str, float]] = field(default_factory=dict)
    _manner: tuple[int, bool] = (0, False)
    _until: float = 0.0
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with no offers."""
        self.offers = Once(self.clock, _DAY)

    @property
    def edits(self) -> bool:
        """Whether messages can be edited here, as far as is known."""
        return self.clock.now() >= self._unedited

    def unedited(self) -> None:
        """Remember for an hour that they cannot."""
        self._unedited = self.clock.now() + _HOUR

    def direct(self, person: str) -> str:
        """Give somebody's direct messages as far as they are known, else nothing."""
        channel, until = self._directs.get(person, ("", 0.0))
        return channel if self.clock.now() < until else ""

    def opened(self, person: str, channel: str) -> None:
        """Remember somebody's direct messages for an hour."""
        if len(self._directs) >= _CHANNELS:
            self._directs.clear()
        self._directs[person] = (channel, self.clock.now() + _HOUR)

    @property
    def manner(self) -> tuple[int, bool]:
        """How plain what is posted has to be, and whether it has to be bare of all that is not shown."""
        return self._manner if self.clock.now() < self._until else (0, False)

    def speak(self, plainness: int, *, bare: bool) -> None:
        """Say it no less plain for an hour: it was refused for what nobody foresaw."""
        self._manner, self._until = (plainness, bare), self.clock.now() + _HOUR

    def ready(self, method: str, channel: str = "", count: int = 1) -> float:
        """Say in how many seconds so many calls may be made."""
        return self._bucket(method, channel).ready(self.clock.now(), count)

    def take(self, method: str, channel: str = "") -> bool:
        """Count one call, where it may be made now."""
        return self._bucket(method, channel).take(self.clock.now())

    async def turn(self, method: str, channel: str = "") -> None:
        """Wait until a call may be made, and count it."""
        while not self.take(method, channel):
            await self.clock.sleep(max(0.01, self.ready(method, channel)))

    def _bucket(self, method: str, channel: str) -> Bucket:
        if len(self._buckets) > _CHANNELS:
            self._buckets = {at: bucket for at, bucket in self._buckets.items() if not at[1]}
        return self._buckets.setdefault((method, channel), Bucket(_BUDGETS[method], self.clock.now()))
