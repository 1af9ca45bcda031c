"""A chat model behind any endpoint that speaks OpenAI's chat completions, streamed.

The library raises nothing for a stream that is cut short, and a raw JSONDecodeError for a chunk that is garbage
(openai 3.52); here a stream is whole only when its ``finish_reason`` is ``stop`` or ``length``, and only ModelError
leaves.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.errors import ModelCut, ModelDown, ModelError, ModelRefused, PromptCut, PromptRefused
from bot.models.base import BROKE_OFF, Heard
from bot.models.endpoint import newer
from bot.models.hearing import Hearing
from bot.models.patience import Patience
from bot.models.refusals import refused, withheld
from bot.models.weighing import bound, measure, messages
from knowledge.endpoint.client import connected, refusal, sent

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from openai import AsyncOpenAI, AsyncStream
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk

    from bot.models.base import Bound, Delta, Prompt
    from bot.models.endpoint import Endpoint

_LIMITS: Final = ("max_tokens", "max_completion_tokens")
_THOUGHTS: Final = ("reasoning_content", "reasoning")
"""The fields by which compatible servers send what a model thinks: DeepSeek, vLLM and llama.cpp; OpenRouter, Ollama."""


class OpenAiChat:
    """Streams answers of one model."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Nothing is connected, or even imported, before the first question."""
        self.name = endpoint.name
        self._endpoint = endpoint
        self._timeouts = endpoint.timeouts
        self._measure = measure(endpoint.name)
        self._sampling = {name: value for name, value in asdict(endpoint.sampling).items() if value is not None}
        self._client: AsyncOpenAI | None = None
        self._limit = _LIMITS[newer(endpoint.name)]

    async def stream(self, prompt: Prompt, heard: Heard | None = None, /) -> AsyncGenerator[Delta]:
        """Give text and, last, ``Finished``; raises ModelRefused, ModelDown or ModelCut."""
        hearing = Hearing(bound=self.bound(prompt), measure=self._measure, heard=heard or Heard())
        patience = Patience(self._timeouts, asyncio.get_running_loop().time)
        with _Translated(self, hearing):
            async with (
                self._opened(prompt, patience) as chunks,
                aclosing(self._timed(chunks, hearing, patience)) as texts,
            ):
                async for text in texts:
                    yield text
        self._judge(hearing)
        yield hearing.finished()

    def bound(self, prompt: Prompt, /) -> Bound:
        """Give the most that a call can be billed for; see ``bot.models.weighing``."""
        return bound(self._endpoint, prompt)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    @asynccontextmanager
    async def _opened(self, prompt: Prompt, patience: Patience) -> AsyncIterator[AsyncStream[ChatCompletionChunk]]:
        """Ask, once more under the limit's other name where the server refuses the first, and close at the end."""
        client = self._connected()
        from openai import BadRequestError  # noqa: PLC0415 - an extra, and 1 s to import

        async with asyncio.timeout_at(patience.until):
            try:
                chunks = await self._ask(client, prompt)
            except BadRequestError as error:
                if self._limit not in str(error):
                    raise
                self._limit = _LIMITS[self._limit == _LIMITS[0]]
                chunks = await self._ask(client, prompt)
        try:
            yield chunks
        finally:
            await chunks.close()

    async def _ask(self, client: AsyncOpenAI, prompt: Prompt) -> AsyncStream[ChatCompletionChunk]:
        create: Any = client.chat.completions.create  # its overloads do not know a name chosen at run time
        chunks: AsyncStream[ChatCompletionChunk] = await create(
            model=self.name,
            messages=messages(prompt),
            stream=True,
            stream_options={"include_usage": True},
            **{self._limit: prompt.max_tokens + self._endpoint.allowance},
            **self._sampling,
        )
        return chunks

    async def _timed(
        self, chunks: AsyncStream[ChatCompletionChunk], hearing: Hearing, patience: Patience
    ) -> AsyncGenerator[str]:
        """Give the text, none of it later than its time.

        Reasoning is a sign of life as text is; a keep-alive that says nothing is none.
        """
        iterator = aiter(chunks)
        while True:
            try:
                async with asyncio.timeout_at(patience.until):
                    chunk = await anext(iterator)
            except StopAsyncIteration:
                return
            before = hearing.heard.pieces
            if text := _taken(chunk, hearing):
                yield text
            if hearing.endless:
                raise self._endless(hearing)
            if hearing.reason is not None:
                patience.end_soon()
            elif hearing.heard.pieces > before:
                patience.renew()

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            times = self._timeouts
            try:
                self._client = connected(
                    base_url=self._endpoint.base_url,
                    key=self._endpoint.key,
                    longest=max(times.first_token, times.idle),
                    connect=times.connect,
                )
            except ImportError as error:
                told = "The model needs a package that is not installed: run pip install 'footnote-bot[openai]'."
                raise ModelRefused(told, begun=False) from error
        return self._client

    def _judge(self, hearing: Hearing) -> None:
        """Raise what a stream that ended was, unless it was whole."""
        if not hearing.text:
            if hearing.reason == "content_filter":
                raise PromptRefused(withheld(self._endpoint))
            raise ModelDown(
                f"The model {self.name} gave no text: try again, or set another {self._endpoint.remedy.model}."
            )
        if hearing.reason == "content_filter":
            raise PromptCut(BROKE_OFF)
        if not hearing.whole:
            raise _cut()

    def _endless(self, hearing: Hearing) -> ModelError:
        if hearing.text:
            return _cut()
        return ModelDown(f"The model {self.name} does not keep its limit: set another {self._endpoint.remedy.model}.")

    def translated(self, error: Exception, hearing: Hearing) -> ModelError:
        """Turn what the library raises into one of ours; after the first text, anything is a cut."""
        import openai  # noqa: PLC0415 - it is there, or nothing could have been raised

        if hearing.text:
            return _cut()
        if isinstance(error, openai.APIStatusError):
            return refused(refusal(error), self._endpoint)
        return ModelDown(self._unanswered(error), begun=sent(error))

    def _unanswered(self, error: Exception) -> str:
        import httpx2  # noqa: PLC0415 - as above
        import openai  # noqa: PLC0415 - as above

        address, remedy = self._endpoint.address, self._endpoint.remedy
        if isinstance(error, openai.APITimeoutError | TimeoutError | httpx2.TimeoutException):
            return f"The model's server at {address} did not answer in time: try again in a moment."
        if isinstance(error, openai.APIConnectionError):
            return f"There is no model's server at {address}: check {remedy.address} and the network."
        if isinstance(error, httpx2.TransportError):
            return f"The connection to the model's server at {address} was lost: try again in a moment."
        return f"The server at {address} sent what no model sends: check {remedy.address}."


class _Translated:
    """Lets nothing but ModelError out of a block that talks to the server, and nothing once the answer is whole."""

    def __init__(self, model: OpenAiChat, hearing: Hearing) -> None:
        self._model = model
        self._hearing = hearing

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            if isinstance(error, StopIteration | StopAsyncIteration):
                return False
            if self._hearing.text and self._hearing.whole:
                return True  # only the report of usage is missing
            raise self._model.translated(error, self._hearing) from error
        return False


def _cut() -> ModelCut:
    return ModelCut(BROKE_OFF)


def _taken(chunk: ChatCompletionChunk, hearing: Hearing) -> str:
    """Take in what a chunk says, and give its text; servers differ in what they leave out."""
    text = ""
    if chunk.choices:
        choice = chunk.choices[0]
        hearing.reason = choice.finish_reason or hearing.reason
        text = _said(choice.delta, hearing)
    if chunk.usage is not None:
        _reported(chunk.usage, hearing)
    return text


def _said(delta: Any, hearing: Hearing) -> str:  # noqa: ANN401 - with fields that the library does not know; None at the end
    """Take in a delta's reasoning and text, and give the text; anything but words counts for nothing."""
    thoughts = (getattr(delta, name, None) for name in _THOUGHTS)
    if thought := next((one for one in thoughts if one and isinstance(one, str)), None):
        hearing.thought(thought)
    text = getattr(delta, "content", None)
    if not text or not isinstance(text, str):
        return ""
    hearing.said(text)
    return text


def _reported(usage: CompletionUsage, hearing: Hearing) -> None:
    details = getattr(usage, "prompt_tokens_details", None)
    hearing.reported(
        getattr(usage, "prompt_tokens", None),
        getattr(usage, "completion_tokens", None),
        getattr(usage, "total_tokens", None),
        getattr(details, "cached_tokens", None),
    )
