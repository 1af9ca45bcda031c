"""How often Discord lets itself be called, and how often it was called although nothing remained."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests of a route in so many seconds, for each channel, guild or webhook."""

    calls: int
    seconds: float


RATES: Final[dict[tuple[str, str], Rate]] = {
    ("POST", "/channels/{}/messages"): Rate(calls=5, seconds=5.0),
    ("PATCH", "/channels/{}/messages/{}"): Rate(calls=5, seconds=5.0),
    ("DELETE", "/channels/{}/messages/{}"): Rate(calls=5, seconds=1.0),
    ("GET", "/channels/{}/messages"): Rate(calls=5, seconds=1.0),
    ("POST", "/channels/{}/typing"): Rate(calls=5, seconds=5.0),
    ("POST", "/channels/{}/threads"): Rate(calls=50, seconds=300.0),
    ("POST", "/channels/{}/messages/{}/threads"): Rate(calls=50, seconds=300.0),
    ("PUT", "/channels/{}/messages/{}/reactions/{}/@me"): Rate(calls=1, seconds=0.25),
    ("POST", "/webhooks/{}/{}"): Rate(calls=5, seconds=2.0),
    ("PATCH", "/webhooks/{}/{}/messages/{}"): Rate(calls=5, seconds=2.0),
    ("PATCH", "/webhooks/{}/{}/messages/@original"): Rate(calls=5, seconds=2.0),
    ("POST", "/users/@me/channels"): Rate(calls=10, seconds=10.0),
}
"""What is known from Discord's own answers; it documents none of them. Other routes announce nothing."""
EVERYTHING: Final = Rate(calls=50, seconds=1.0)
"""Of all requests with the bot's token together."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """A bucket right after a request: what remains, and the seconds until it is full again."""

    rate: Rate
    bucket: str
    remaining: int
    left: float
    refused: bool

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.rate.calls),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{time.time() + self.left:.3f}",
            "X-RateLimit-Reset-After": f"{self.left:.3f}",
            "X-RateLimit-Bucket": self.bucket,
        }


@dataclass(slots=True)
class _Window:
    began: float
    spent: int = 0


@dataclass(slots=True, kw_only=True)
class Rates:
    """``violations`` counts by route the requests that came although nothing remained.

    While ``enforced`` such a request is refused with a 429, and every answer announces what remains.
    """

    enforced: bool = True
    instead: dict[tuple[str, str], Rate] = field(default_factory=dict)
    """Other rates for some routes, such as ``("POST", "/channels/{}/messages")``."""
    violations: Counter[str] = field(default_factory=Counter)
    _windows: dict[tuple[str, str, str], _Window] = field(default_factory=dict)

    def spend(self, method: str, route: str, major: str, now: float) -> Standing | None:
        """Count a request; give how its bucket stands, if it has one."""
        rate = self.instead.get((method, route)) or RATES.get((method, route))
        return None if rate is None else self._spend(rate, method, route, major, now)

    def spend_any(self, now: float) -> Standing:
        """Count a request among all."""
        return self._spend(EVERYTHING, "*", "global", "", now)

    def _spend(self, rate: Rate, method: str, route: str, major: str, now: float) -> Standing:
        window = self._windows.get((method, route, major))
        if window is None or now >= window.began + rate.seconds:
            window = self._windows[method, route, major] = _Window(began=now)
        refused = window.spent >= rate.calls
        if refused:
            self.violations[f"{method} {route}"] += 1
        else:
            window.spent += 1
        return Standing(
            rate=rate,
            bucket=hashlib.sha256(f"{method} {route}".encode()).hexdigest()[:32],
            remaining=rate.calls - window.spent,
            left=max(0.001, window.began + rate.seconds - now),
            refused=refused and self.enforced,
        )
