"""A chat model behind any endpoint that speaks OpenAI's chat completions, streamed.

The library raises nothing for a stream that is cut short, and a raw JSONDecodeError for a chunk that is garbage
(openai 3.52); here a stream is whole only when its ``finish_reason`` is ``stop`` or ``length``, and only ModelError
leaves.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import ModelCut, ModelDown, ModelError, ModelRefused
from bot.models.base import Bound, Finished
from bot.models.refusals import refused
from knowledge.tokens import count

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDelta

    from bot.models.base import Delta, Prompt

_NEW_NAME = re.compile(r"(?:.*/)?(?:o\d|gpt-[5-9])", re.IGNORECASE)
_LIMITS: Final = ("max_tokens", "max_completion_tokens")
_WHOLE: Final = ("stop", "length")
"""Reasons to finish that are the model's own or the limit's; with any other, what follows was taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for the connection, for the first token, and for each one after it."""

    connect: float = 5.0
    first_token: float = 30.0
    idle: float = 20.0


@dataclass(slots=True)
class _Heard:
    """What a stream has said so far."""

    text: list[str] = field(default_factory=list)
    reason: str | None = None
    usage: tuple[int, int] | None = None


class OpenAiChat:
    """Streams answers of one model; ``base_url`` ends in ``/v1`` where the server's paths begin there."""

    def __init__(self, base_url: str, key: str, model: str, *, timeouts: Timeouts | None = None) -> None:
        """Nothing is connected, or even imported, before the first question."""
        self.name = model
        self._base_url = base_url
        self._key = key
        self._timeouts = timeouts or Timeouts()
        self._client: AsyncOpenAI | None = None
        self._limit = _LIMITS[bool(_NEW_NAME.match(model))]

    async def stream(self, prompt: Prompt, /) -> AsyncGenerator[Delta]:
        """Give text and, last, ``Finished``; raises ModelRefused, ModelDown or ModelCut."""
        heard = _Heard()
        self._connected()
        with _Translated(self, heard):
            async with self._opened(prompt) as chunks, aclosing(self._timed(chunks, heard)) as timed:
                async for chunk in timed:
                    if text := _text(chunk, heard):
                        yield text
        yield self._finished(prompt, heard)

    def bound(self, prompt: Prompt, /) -> Bound:
        """Give the most that a call can be billed for."""
        return Bound(prompt_tokens=_prompt_tokens(prompt), answer_tokens=prompt.max_tokens)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    @asynccontextmanager
    async def _opened(self, prompt: Prompt) -> AsyncIterator[AsyncStream[ChatCompletionChunk]]:
        """Ask, once more under the limit's other name where the server refuses the first, and close at the end."""
        from openai import BadRequestError  # noqa: PLC0415 - an extra, and 1 s to import

        try:
            async with asyncio.timeout(self._timeouts.first_token):
                chunks = await self._ask(prompt)
        except BadRequestError as error:
            if self._limit not in str(error):
                raise
            self._limit = _LIMITS[self._limit == _LIMITS[0]]
            async with asyncio.timeout(self._timeouts.first_token):
                chunks = await self._ask(prompt)
        try:
            yield chunks
        finally:
            await chunks.close()

    async def _ask(self, prompt: Prompt) -> AsyncStream[ChatCompletionChunk]:
        create: Any = self._connected().chat.completions.create  # its overloads do not know a name chosen at run time
        chunks: AsyncStream[ChatCompletionChunk] = await create(
            model=self.name,
            messages=_messages(prompt),
            stream=True,
            stream_options={"include_usage": True},
            **{self._limit: prompt.max_tokens},
        )
        return chunks

    async def _timed(
        self, chunks: AsyncStream[ChatCompletionChunk], heard: _Heard
    ) -> AsyncGenerator[ChatCompletionChunk]:
        """Give the chunks, none later than its time; a keep-alive without text does not count as a first token."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._timeouts.first_token
        iterator = aiter(chunks)
        while True:
            try:
                async with asyncio.timeout_at(until):
                    chunk = await anext(iterator)
            except StopAsyncIteration:
                return
            yield chunk
            if heard.text:
                until = clock() + self._timeouts.idle

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            try:
                import httpx2  # noqa: PLC0415 - comes with openai
                from openai import AsyncOpenAI  # noqa: PLC0415 - an extra, and 1 s to import
            except ImportError as error:
                told = "The model needs a package that is not installed: run pip install 'footnote-bot[openai]'."
                raise ModelRefused(told) from error
            longest = max(self._timeouts.first_token, self._timeouts.idle)
            self._client = AsyncOpenAI(
                api_key=self._key,
                base_url=self._base_url,
                max_retries=0,  # a retry would spend again, unseen by the budget
                timeout=httpx2.Timeout(longest, connect=self._timeouts.connect),
            )
        return self._client

    def _finished(self, prompt: Prompt, heard: _Heard) -> Finished:
        text = "".join(heard.text)
        if not text.strip():
            withheld = heard.reason == "content_filter"
            raise ModelRefused(self._withheld()) if withheld else ModelDown(self._nothing())
        if heard.reason not in _WHOLE:
            told = "The model's answer broke off in the middle: ask again."
            raise ModelCut(told)
        asked, said = heard.usage or (_prompt_tokens(prompt), count(text))
        return Finished(
            reason="length" if heard.reason == "length" else "stop",
            prompt_tokens=asked,
            answer_tokens=said,
            estimated=heard.usage is None,
        )

    def _nothing(self) -> str:
        return f"The model {self.name} gave no text: try again, or set another FOOTNOTE_MODEL."

    def _withheld(self) -> str:
        return f"The server of {self.name} withheld its answer: ask in other words, or set another FOOTNOTE_MODEL."

    def translated(self, error: Exception, heard: _Heard) -> ModelError:
        """Turn what the library raises into one of ours; after the first text, anything is a cut."""
        import openai  # noqa: PLC0415 - it is there, or nothing could have been raised

        if heard.text:
            return ModelCut("The model's answer broke off in the middle: ask again.")
        if isinstance(error, openai.APIStatusError):
            return refused(
                error.status_code,
                model=self.name,
                base_url=self._base_url,
                code=str(error.code or ""),
                retry_after=error.response.headers.get("retry-after"),
            )
        if isinstance(error, openai.APITimeoutError | TimeoutError):
            return ModelDown(f"The model's server at {self._base_url} did not answer in time: try again in a moment.")
        if isinstance(error, openai.APIConnectionError):
            return ModelDown(f"There is no model's server at {self._base_url}: check OPENAI_BASE_URL and the network.")
        return ModelDown(f"The server at {self._base_url} sent what no model sends: check OPENAI_BASE_URL.")


class _Translated:
    """Lets nothing but ModelError out of a block that talks to the server."""

    def __init__(self, model: OpenAiChat, heard: _Heard) -> None:
        self._model = model
        self._heard = heard

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            if isinstance(error, StopIteration | StopAsyncIteration):
                return
            raise self._model.translated(error, self._heard) from error


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    messages = [{"role": "system", "content": prompt.system}]
    for exchange in prompt.history:
        messages += [{"role": "user", "content": exchange.question}, {"role": "assistant", "content": exchange.answer}]
    return [*messages, {"role": "user", "content": prompt.user}]


def _prompt_tokens(prompt: Prompt) -> int:
    """Estimate as the provider counts: four tokens frame each message, three begin the answer."""
    messages = _messages(prompt)
    return 3 + sum(4 + count(message["content"]) for message in messages)


def _text(chunk: ChatCompletionChunk, heard: _Heard) -> str:
    """Take from a chunk what it says, into what was heard; servers differ in what they leave out."""
    if chunk.usage is not None:
        heard.usage = (chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
    if not chunk.choices:
        return ""
    choice = chunk.choices[0]
    heard.reason = choice.finish_reason or heard.reason
    delta: ChoiceDelta | None = choice.delta  # some servers leave it out at the end
    text = delta.content if delta is not None else None
    if text:
        heard.text.append(text)
    return text or ""
