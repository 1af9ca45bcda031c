"""A model that says what a test tells it to, however bad."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from bot.models.base import Bound, Finished

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.models.base import Delta, Heard, Prompt


class Scripted:
    """Streams the given text in pieces; then ends, raises, or hangs until it is closed.

    ``asked`` are the prompts that it was given; ``closed`` counts the streams that were closed before their end.
    """

    name = "scripted"

    def __init__(  # noqa: PLR0913 - the ways in which a stream may end
        self,
        text: str = "",
        *,
        error: Exception | None = None,
        hangs: bool = False,
        size: int = 7,
        whole: bool = True,
        reason: Literal["stop", "length"] = "stop",
    ) -> None:
        self.text = text
        self.error = error
        self.hangs = hangs
        self.size = size
        self.whole = whole
        self.reason: Literal["stop", "length"] = reason
        self.asked: list[Prompt] = []
        self.closed = 0

    def bound(self, prompt: Prompt, /) -> Bound:
        """Say that it uses no more than a hundred tokens to read, and what it may write."""
        return Bound(prompt_tokens=100, answer_tokens=prompt.max_tokens)

    def pieces(self, prompt: Prompt) -> Sequence[str]:
        """Cut the text; ``{question}`` and ``{system}`` in it are what the prompt holds."""
        text = self.text.replace("{question}", prompt.question).replace("{system}", prompt.system)
        return [text[at : at + self.size] for at in range(0, len(text), self.size)]

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        """Say it; four characters are a token."""
        self.asked.append(prompt)
        said = 0
        try:
            for piece in self.pieces(prompt):
                said += len(piece)
                if heard is not None:
                    heard.said = said // 4
                yield piece
            if self.hangs:
                await asyncio.Event().wait()
            if self.error is not None:
                raise self.error
            if self.whole:
                yield Finished(reason=self.reason, prompt_tokens=100, answer_tokens=max(1, said // 4), estimated=False)
        except (GeneratorExit, asyncio.CancelledError):
            self.closed += 1
            raise
