"""How often Slack lets itself be called, and how often it was called too often."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many calls within any so many seconds, for each workspace or each of its channels."""

    calls: int
    seconds: float = 60.0
    per: Literal["workspace", "channel"] = "workspace"


TIER_2: Final = Rate(calls=20)
TIER_3: Final = Rate(calls=50)
TIER_4: Final = Rate(calls=100)
MANY: Final = Rate(calls=600)
POSTS: Final = Rate(calls=4, seconds=4.0, per="channel")
"""One a second in each channel, and short bursts."""
OUTSIDE_THE_MARKETPLACE: Final = Rate(calls=1)
"""Of history and replies, for apps that are sold and were not reviewed. They get 15 objects a page besides."""


@dataclass(slots=True, kw_only=True)
class Rates:
    """The documented floors, strictly: "20+ a minute" is 20. ``violations`` counts by method what went beyond.

    While ``enforced`` such a call is refused with a 429; otherwise it is only counted.
    """

    enforced: bool = True
    instead: dict[str, Rate] = field(default_factory=dict)
    """Other rates for some methods."""
    violations: Counter[str] = field(default_factory=Counter)
    _calls: defaultdict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def spend(self, method: str, rate: Rate, key: str, now: float) -> int | None:
        """Count a call; give the seconds to wait where it is one too many, which Slack says in Retry-After."""
        rate = self.instead.get(method, rate)
        calls = self._calls[method, key]
        while calls and calls[0] <= now - rate.seconds:
            calls.popleft()
        if len(calls) < rate.calls:
            calls.append(now)
            return None
        self.violations[method] += 1
        return max(1, math.ceil(calls[0] + rate.seconds - now)) if self.enforced else None
