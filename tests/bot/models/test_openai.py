from __future__ import annotations

import asyncio
import functools
import sys
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelCut, ModelDown, ModelRefused
from bot.models.base import Finished
from bot.models.endpoint import Endpoint, Timeouts
from bot.models.openai import OpenAiChat
from tests.contracts.language_model import LanguageModelContract, collected, prompt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from llmock.pytest_plugin import LLMock

    from bot.models.base import LanguageModel

    Chat = Callable[..., OpenAiChat]

NOWHERE = Endpoint(name="m", base_url="http://127.0.0.1:9/v1")
ANSWER = "An API key is rotated every 90 days. [1] Keep it secret. [1]"


class Chats:
    """Makes models, and closes their connections when the test is over."""

    def __init__(self) -> None:
        self.made: list[OpenAiChat] = []

    def __call__(self, url: str, model: str = "gpt-4.1-mini", **seconds: float) -> OpenAiChat:
        return self.of(Endpoint(name=model, base_url=url, key="a-key", timeouts=Timeouts(**seconds)))

    def of(self, endpoint: Endpoint) -> OpenAiChat:
        self.made.append(OpenAiChat(endpoint))
        return self.made[-1]


@pytest.fixture
async def chats() -> AsyncGenerator[Chats]:
    chats = Chats()
    yield chats
    for chat in chats.made:
        await chat.aclose()


@pytest.fixture
def chat(chats: Chats, llmock: LLMock) -> Chat:
    return functools.partial(chats, llmock.base_url())


class TestContract(LanguageModelContract):
    @pytest.fixture(autouse=True)
    def _server(self, llmock: LLMock, chat: Chat) -> None:
        llmock.reply(ANSWER, times=None)
        self.llmock, self.chat = llmock, chat

    def model(self) -> LanguageModel:
        return self.chat()

    def broken(self) -> LanguageModel:
        self.llmock.fail(500)
        return self.chat()


async def test_an_answer_is_streamed_with_its_marks_and_usage(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER)
    *text, last = await collected(chat())
    assert len(text) > 5
    assert "".join(str(piece) for piece in text) == ANSWER
    assert isinstance(last, Finished)
    assert (last.reason, last.estimated) == ("stop", False)


async def test_the_request_asks_for_usage_and_bounds_the_answer(llmock: LLMock, chat: Chat) -> None:
    await collected(chat())
    body = llmock.last_request.body
    assert body["stream_options"] == {"include_usage": True}
    assert body["max_tokens"] == 400
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


async def test_newer_models_are_bounded_by_the_new_name(llmock: LLMock, chat: Chat) -> None:
    await collected(chat("o3-mini"))
    assert llmock.last_request.body["max_completion_tokens"] == 2_400


async def test_a_refused_limit_is_asked_once_more_under_its_other_name(llmock: LLMock, chat: Chat) -> None:
    llmock.fail(400, message="Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    await collected(chat("some-model"))
    assert [("max_tokens" in request.body) for request in llmock.requests] == [True, False]


@pytest.mark.parametrize(
    ("status", "kind", "remedy"),
    [
        (401, ModelRefused, "OPENAI_API_KEY"),
        (403, ModelRefused, "FOOTNOTE_MODEL"),
        (404, ModelRefused, "FOOTNOTE_MODEL"),
        (400, ModelRefused, "FOOTNOTE_MODEL"),
        (500, ModelDown, "try again"),
        (503, ModelDown, "try again"),
    ],
)
async def test_a_refusal_names_the_remedy(
    llmock: LLMock, chat: Chat, status: int, kind: type[Exception], remedy: str
) -> None:
    llmock.fail(status)
    with pytest.raises(kind, match=remedy):
        await collected(chat())
    assert len(llmock.requests) == 1


async def test_too_many_requests_say_when_to_try_again(llmock: LLMock, chat: Chat) -> None:
    llmock.rate_limit(retry_after=17)
    with pytest.raises(ModelRefused, match="17 s"):
        await collected(chat())


async def test_a_prompt_that_is_too_long_is_said_so(llmock: LLMock, chat: Chat) -> None:
    llmock.context_overflow()
    with pytest.raises(ModelRefused, match="too long"):
        await collected(chat())


async def heard_before(model: OpenAiChat, kind: type[Exception]) -> str:
    text: list[str] = []

    async def listen() -> None:
        async for delta in model.stream(prompt()):
            text.append(str(delta))  # noqa: PERF401 - what came before the failure is wanted

    with pytest.raises(kind):
        await listen()
    return "".join(text)


async def test_a_stream_that_ends_early_is_cut(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER).truncate(after_chunks=4)
    assert ANSWER.startswith(await heard_before(chat(), ModelCut))


async def test_a_dropped_connection_is_a_cut(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER).disconnect(after_chunks=4)
    assert await heard_before(chat(), ModelCut)


async def test_garbage_after_text_is_a_cut(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER).corrupt(after_chunks=4)
    assert await heard_before(chat(), ModelCut)


async def test_garbage_before_text_is_a_server_that_is_down(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER).corrupt(after_chunks=1)
    assert await heard_before(chat(), ModelDown) == ""


async def test_a_stalled_stream_is_cut_after_its_idle_time(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER).stall(after_chunks=4, seconds=2)
    assert await heard_before(chat(idle=0.1), ModelCut)


async def test_a_first_token_that_does_not_come_is_a_server_that_is_down(llmock: LLMock, chat: Chat) -> None:
    llmock.reply(ANSWER).slow_first_token(2)
    assert await heard_before(chat(first_token=0.1), ModelDown) == ""


async def test_nothing_at_the_address_names_the_setting() -> None:
    with pytest.raises(ModelDown, match="OPENAI_BASE_URL"):
        await collected(OpenAiChat(NOWHERE))


async def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ModelRefused, match=r"pip install 'footnote-bot\[openai\]'"):
        await collected(OpenAiChat(NOWHERE))


class Wire:
    """A server that sends what it is told, byte for byte, and notices when its client leaves."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.sent)
        await writer.drain()
        if self.stays:
            while await reader.read(1024):
                pass
            self.left.set()
        writer.close()

    sent = b""
    stays = False


@pytest.fixture
async def wire() -> AsyncGenerator[Wire]:
    double = Wire()
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    double.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield double


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(content: str, reason: str | None = None) -> bytes:
    finish = f'"{reason}"' if reason else "null"
    return (
        f'data: {{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":0,'
        f'"delta":{{"content":"{content}"}},"finish_reason":{finish}}}]}}\n\n'
    ).encode()


async def test_closing_the_generator_closes_the_connection(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.stays = HEAD + event("hello "), True
    stream = chats(wire.url).stream(prompt())
    assert await anext(stream) == "hello "
    assert not wire.left.is_set()
    await stream.aclose()
    async with asyncio.timeout(5):
        await wire.left.wait()


async def test_usage_that_was_not_sent_is_estimated(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("hello there") + event("", "stop") + b"data: [DONE]\n\n"
    last = (await collected(chats(wire.url)))[-1]
    assert isinstance(last, Finished)
    assert last.estimated
    assert last.prompt_tokens > 20
    assert last.answer_tokens == 2


async def test_a_length_limit_without_text_is_a_failure(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("", "length") + b"data: [DONE]\n\n"
    with pytest.raises(ModelDown, match="no text"):
        await collected(chats(wire.url))


@pytest.mark.parametrize("reason", ["content_filter", "tool_calls", "function_call", "error"])
async def test_an_answer_that_ends_for_another_reason_is_cut(wire: Wire, chats: Chats, reason: str) -> None:
    wire.sent = HEAD + event("Interns may access ") + event("", reason) + b"data: [DONE]\n\n"
    assert await heard_before(chats(wire.url), ModelCut) == "Interns may access "


@pytest.mark.parametrize(("reason", "kind"), [("content_filter", ModelRefused), ("tool_calls", ModelDown)])
async def test_another_reason_without_text_is_a_failure(
    wire: Wire, chats: Chats, reason: str, kind: type[Exception]
) -> None:
    wire.sent = HEAD + event("", reason) + b"data: [DONE]\n\n"
    assert await heard_before(chats(wire.url), kind) == ""


async def test_a_web_page_is_no_model(wire: Wire, chats: Chats) -> None:
    wire.sent = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>hello</html>"
    with pytest.raises(ModelDown):
        await collected(chats(wire.url))
