"""What all of a workspace's replies share beside its streams: how often they may post, edit and tell of their state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.pacing import Bucket, Budget
from adapters.slack.once import Once

if TYPE_CHECKING:
    from adapters.slack.clock import Clock

POST: Final = "chat.postMessage"
EDIT: Final = "chat.update"
SESSION: Final = "agents.sessions.setStatus"

_BUDGETS: Final = {
    POST: Budget(calls=4, burst=1, seconds=4.0),
    EDIT: Budget(calls=48, burst=12),
    SESSION: Budget(calls=48, burst=30),
}
"""A little below what Slack documents (docs.slack.dev/apis/web-api/rate-limits); the first is one channel's."""
_DAY: Final = 86_400.0
_CHANNELS: Final = 1_000
"""Channels whose posts are counted; of so many, those counted before are old."""


@dataclass(slots=True, kw_only=True)
class Sharing:
    """One workspace's."""

    clock: Clock
    offers: Once[tuple[str, str, str]] = field(init=False)
    """What was offered within a day: where, to whom, and to which words."""
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with no offers."""
        self.offers = Once(self.clock, _DAY)

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
