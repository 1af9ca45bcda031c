"""What a server may answer with an error's status: whether it may pass, and whether it is too much at once. Pure.

Of embeddings and of chat alike; the sentences for people are their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY: Final = 86_400.0
LATE: Final = frozenset({408, 504, 524})
"""Statuses by which something before the model says that it did not answer in time: it may have worked all the same."""
_UNPAID: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_LONG: Final = re.compile(
    r"context.?(?:length|size|window)|(?:prompt|input|message|request)s? (?:is|are) too (?:long|large)|too many tokens"
    r"|too large for|max_new_tokens",
    re.IGNORECASE,
)
_MUCH: Final = re.compile(
    r"batch size|(?:must have|maximum of|max(?:imum)?|less than|exceeds?) .{0,40}(?:tokens|inputs?)\b|array too long",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(r"(?<=//)[^/?#]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer with an error's status. ``code`` and ``message`` are the server's own words, and are never shown."""

    status: int
    code: str = ""
    message: str = ""
    retry_after: float | None = None

    @property
    def said(self) -> str:
        """All of its words."""
        return f"{self.code} {self.message}"

    @property
    def unpaid(self) -> bool:
        """Whether the account at the provider has no money left."""
        return self.status == 402 or (self.status == 429 and self.code in _UNPAID)  # noqa: PLR2004

    @property
    def down(self) -> bool:
        """Whether the server has a fault, or no time just now."""
        return self.status in {408, 409} or self.status >= 500  # noqa: PLR2004

    @property
    def passes(self) -> bool:
        """Whether the same request may be answered a little later."""
        if self.too_much or self.unpaid:
            return False
        return self.down or self.status in {425, 429}

    @property
    def long(self) -> bool:
        """Whether it was too long for the model."""
        return self.status == 413 or _LONG.search(self.said) is not None  # noqa: PLR2004

    @property
    def too_much(self) -> bool:
        """Whether fewer texts, or a shorter one, may be answered; llama.cpp says so with 500."""
        return self.status in {400, 413, 422, 500} and (self.long or _MUCH.search(self.said) is not None)


def seconds(headers: Mapping[str, str]) -> float | None:
    """Give the seconds to wait that a server asks for, at most a day's; None for a date, or for none."""
    for name, share in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait = float(headers.get(name, "")) * share
        except ValueError:
            continue
        if wait >= 0:
            return min(wait, DAY)
    return None


def later(retry_after: float | None) -> str:
    """Turn the seconds to wait into words."""
    if retry_after is None:
        return "try again in a moment"
    return f"try again in {max(1, round(retry_after))} s" if retry_after < DAY else "try again later"


def shown(address: str) -> str:
    """Give an address without the user and password that may stand in it."""
    return _PERSON.sub("", address)
