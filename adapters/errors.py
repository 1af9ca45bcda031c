"""What calling a platform may come to: one tree for all, so that a caller decides by what it knows of the call."""

from __future__ import annotations


class PlatformError(Exception):
    """A call that did not do what it was to do; ``told`` is a sentence for people.

    ``seconds`` is for how long the platform wants to be left alone, where it says so.
    """

    seconds: float = 0.0

    def __init__(self, told: str) -> None:
        """Keep the sentence."""
        super().__init__(told)
        self.told = told
