"""Chat models over real HTTP, and what is heard of them before they fail."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from bot.models.base import Heard
from bot.models.endpoint import Endpoint, Timeouts
from bot.models.openai import OpenAiChat
from tests.contracts.language_model import prompt

if TYPE_CHECKING:
    from bot.errors import ModelError


class Chats:
    """Makes models, and closes their connections when the test is over."""

    def __init__(self) -> None:
        self.made: list[OpenAiChat] = []

    def __call__(self, url: str, model: str = "gpt-4.1-mini", **seconds: float) -> OpenAiChat:
        return self.of(
            Endpoint(name=model, base_url=url, key="a-key", timeouts=Timeouts(**{"connect": 30.0, **seconds}))
        )

    def of(self, endpoint: Endpoint) -> OpenAiChat:
        self.made.append(OpenAiChat(endpoint))
        return self.made[-1]


async def heard_before(model: OpenAiChat, kind: type[Exception]) -> str:
    text: list[str] = []

    async def listen() -> None:
        async for delta in model.stream(prompt()):
            text.append(str(delta))  # noqa: PERF401 - what came before the failure is wanted

    with pytest.raises(kind):
        await listen()
    return "".join(text)


async def settled(model: OpenAiChat, kind: type[ModelError]) -> tuple[ModelError, Heard]:
    """Let a call fail, and give its error and what was heard."""
    heard = Heard()

    async def listen() -> None:
        async with aclosing(model.stream(prompt(), heard)) as stream:
            async for _ in stream:
                pass

    with pytest.raises(kind) as caught:
        await listen()
    return caught.value, heard
