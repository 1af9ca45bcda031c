"""What one stream has sent so far, and how it ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from bot.models.base import Finished, Heard, Used

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.base import Bound

_WHOLE: Final = ("stop", "length")
"""Reasons to finish that are the model's own or the limit's; with any other, what follows was taken away."""
_FAR: Final = 2
"""Times its limit of tokens, from which on a stream is left."""
_CHARACTERS: Final = 16
"""Characters that no model's tokens have on average, four times what is usual."""
_NONSENSE: Final = 10
"""Times what a call can use, from which on a report of its usage is not believed."""


@dataclass(slots=True, kw_only=True)
class Hearing:
    """Takes in what a server sends. ``measure`` counts tokens, ``bound`` is the most that the call can use."""

    bound: Bound
    measure: Callable[[str], int]
    heard: Heard = field(default_factory=Heard)
    reason: str | None = None
    text: bool = False
    """Whether any text came that is not only space: what may be shown."""
    _characters: int = 0

    def said(self, text: str) -> None:
        """Take in text of the answer."""
        self.heard.said += self._taken(text)
        self.text = self.text or bool(text.strip())

    def thought(self, text: str) -> None:
        """Take in text of reasoning, which is billed and never shown."""
        self.heard.thought += self._taken(text)

    def reported(self, prompt: object, answer: object, total: object, cached: object) -> None:
        """Take in a server's report of its usage, where it can be true and is about the whole call.

        Some servers leave reasoning out of ``answer`` and hold it in ``total`` alone, so the larger counts.
        """
        if self.reason is None or not (_counts(prompt) and _counts(answer)):
            return
        all_of_it = max(answer, total - prompt) if _counts(total) else answer
        if prompt > _NONSENSE * self.bound.prompt_tokens or all_of_it > _NONSENSE * self.bound.answer_tokens:
            return
        self.heard.reported = Used(
            prompt_tokens=prompt,
            answer_tokens=all_of_it,
            estimated=False,
            cached_tokens=min(cached, prompt) if _counts(cached) else 0,
        )

    @property
    def endless(self) -> bool:
        """Whether it goes on far beyond its limit, by a count that is never too high."""
        limit = self.bound.answer_tokens
        return self.heard.pieces > _FAR * limit or self._characters > _CHARACTERS * limit

    @property
    def whole(self) -> bool:
        """Whether it ended by itself or at its limit."""
        return self.reason in _WHOLE

    def finished(self) -> Finished:
        """Give the end of a whole stream."""
        used = self.heard.used(self.bound)
        return Finished(
            reason="length" if self.reason == "length" else "stop",
            prompt_tokens=used.prompt_tokens,
            answer_tokens=used.answer_tokens,
            cached_tokens=used.cached_tokens,
            estimated=used.estimated,
        )

    def _taken(self, text: str) -> int:
        self.heard.pieces += 1
        self._characters += len(text)
        return self.measure(text)


def _counts(value: Any) -> TypeGuard[int]:  # noqa: ANN401 - a server may send anything
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
