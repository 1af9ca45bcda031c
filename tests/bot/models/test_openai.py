from __future__ import annotations

import asyncio
import functools
import json
import sys
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelCut, ModelDown, ModelError, ModelRefused, PromptRefused
from bot.models.base import Finished, Heard
from bot.models.endpoint import Endpoint, Sampling, Timeouts
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
    with pytest.raises(ModelRefused, match="17 s") as caught:
        await collected(chat())
    assert (caught.value.begun, caught.value.retry_after) == (False, 17)


async def test_a_prompt_that_is_too_long_is_said_so(llmock: LLMock, chat: Chat) -> None:
    llmock.context_overflow()
    with pytest.raises(PromptRefused, match="too long"):
        await collected(chat())


async def test_settings_are_sent_where_they_are_set(llmock: LLMock, chats: Chats) -> None:
    sampling = Sampling(temperature=0.0, presence_penalty=-0.5)
    await collected(chats.of(Endpoint(name="m", base_url=llmock.base_url(), key="k", sampling=sampling)))
    body = llmock.last_request.body
    assert (body["temperature"], body["presence_penalty"]) == (0.0, -0.5)
    assert not {"top_p", "frequency_penalty"} & body.keys()


@pytest.mark.parametrize(("name", "tokens", "limit"), [("o3", None, 2_400), ("o3", 100, 500), ("gpt-4.1", None, 400)])
async def test_what_a_model_may_think_comes_on_top_of_its_answer(
    llmock: LLMock, chats: Chats, name: str, tokens: int | None, limit: int
) -> None:
    model = chats.of(Endpoint(name=name, base_url=llmock.base_url(), reasoning_tokens=tokens))
    await collected(model)
    sent = llmock.last_request.body
    assert sent.get("max_completion_tokens", sent.get("max_tokens")) == limit == model.bound(prompt()).answer_tokens


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
    with pytest.raises(ModelDown, match="OPENAI_BASE_URL") as caught:
        await collected(OpenAiChat(NOWHERE))
    assert caught.value.begun is False


async def test_an_address_that_is_none_is_told_and_costs_nothing() -> None:
    with pytest.raises(ModelDown, match="OPENAI_BASE_URL") as caught:
        await collected(OpenAiChat(Endpoint(name="m", base_url="ftp://here/v1")))
    assert caught.value.begun is False


async def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ModelRefused, match=r"pip install 'footnote-bot\[openai\]'") as caught:
        await collected(OpenAiChat(NOWHERE))
    assert caught.value.begun is False


class Wire:
    """A server that sends what it is told, byte for byte, and notices when its client leaves."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving += 1
        self.idle.clear()
        with suppress(ConnectionError):
            self.asked = await reader.readuntil(b"\r\n\r\n")
            await self._say(reader, writer)
        writer.close()
        self.serving -= 1
        if not self.serving:
            self.idle.set()

    async def _say(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.sent)
        await writer.drain()
        while self.trickle:
            writer.write(self.trickle)
            await writer.drain()
            await asyncio.sleep(0.01)
        if self.stays:
            while await reader.read(1024):
                pass
            self.left.set()

    serving = 0
    asked = b""
    sent = b""
    trickle = b""
    """What is sent for ever after it."""
    stays = False


@pytest.fixture
async def wire() -> AsyncGenerator[Wire]:
    double = Wire()
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    double.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield double
        await double.idle.wait()  # its clients left before


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


@pytest.mark.parametrize(("reason", "kind"), [("content_filter", PromptRefused), ("tool_calls", ModelDown)])
async def test_another_reason_without_text_is_a_failure(
    wire: Wire, chats: Chats, reason: str, kind: type[Exception]
) -> None:
    wire.sent = HEAD + event("", reason) + b"data: [DONE]\n\n"
    assert await heard_before(chats(wire.url), kind) == ""


async def test_a_web_page_is_no_model(wire: Wire, chats: Chats) -> None:
    wire.sent = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>hello</html>"
    with pytest.raises(ModelDown):
        await collected(chats(wire.url))


DONE = b"data: [DONE]\n\n"


def delta(**fields: object) -> bytes:
    return (
        b"data: " + json.dumps({"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}).encode() + b"\n\n"
    )


def usage(*, choices: tuple[object, ...] = (), **fields: object) -> bytes:
    return b"data: " + json.dumps({"choices": choices, "usage": fields}).encode() + b"\n\n"


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


async def test_without_a_key_one_is_made_up(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("hello") + event("", "stop") + DONE
    await collected(chats.of(Endpoint(name="m", base_url=wire.url)))
    assert b"authorization: bearer none\r\n" in wire.asked.lower()


async def test_what_was_cached_is_reported(wire: Wire, chats: Chats) -> None:
    report = usage(prompt_tokens=40, completion_tokens=2, total_tokens=42, prompt_tokens_details={"cached_tokens": 32})
    wire.sent = HEAD + event("hello there") + event("", "stop") + report + DONE
    last = (await collected(chats(wire.url)))[-1]
    assert last == Finished(reason="stop", prompt_tokens=40, answer_tokens=2, cached_tokens=32, estimated=False)


async def test_reasoning_that_a_server_leaves_out_of_the_completion_is_counted(wire: Wire, chats: Chats) -> None:
    report = usage(prompt_tokens=40, completion_tokens=2, total_tokens=92)
    wire.sent = HEAD + event("hello there") + event("", "stop") + report + DONE
    last = (await collected(chats(wire.url)))[-1]
    assert isinstance(last, Finished)
    assert last.answer_tokens == 52


@pytest.mark.parametrize(
    "report",
    [
        usage(prompt_tokens=0, completion_tokens=0, total_tokens=0),
        usage(prompt_tokens="many", completion_tokens=None),
        usage(),
        b'data: {"choices": [], "usage": "none"}\n\n',
    ],
)
async def test_nonsense_about_usage_is_estimated(wire: Wire, chats: Chats, report: bytes) -> None:
    wire.sent = HEAD + event("hello there") + event("", "stop") + report + DONE
    last = (await collected(chats(wire.url)))[-1]
    assert isinstance(last, Finished)
    assert (last.answer_tokens, last.estimated) == (2, True)


async def test_where_the_tokenizer_is_unknown_bytes_bound_an_estimate(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("hello there") + event("", "stop") + DONE
    model = chats(wire.url, "llama3.1")
    last = (await collected(model))[-1]
    assert isinstance(last, Finished)
    assert (last.prompt_tokens, last.answer_tokens) == (model.bound(prompt()).prompt_tokens, 11)


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
async def test_reasoning_is_billed_and_never_shown(wire: Wire, chats: Chats, name: str) -> None:
    wire.sent = HEAD + delta(**{name: "let me think"}) + event("hello there") + event("", "stop") + DONE
    *text, last = await collected(chats(wire.url))
    assert text == ["hello there"]
    assert isinstance(last, Finished)
    assert last.answer_tokens == 2 + 3


async def test_reasoning_is_a_sign_of_life(wire: Wire, chats: Chats) -> None:
    """Were it none, patience would end with the first token's time."""
    wire.sent, wire.trickle = HEAD, delta(reasoning_content="hm")
    error, heard = await settled(chats.of(timed(wire, first_token=0.2, idle=0.2, total=1.0)), ModelDown)
    assert heard.thought > 50
    assert "in time" in error.told


async def test_a_keep_alive_is_none(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.trickle = HEAD, delta(content="")
    error, heard = await settled(chats.of(timed(wire, first_token=0.2)), ModelDown)
    assert (error.begun, heard.pieces) == (True, 0)


def timed(wire: Wire, **seconds: float) -> Endpoint:
    return Endpoint(name="gpt-4.1-mini", base_url=wire.url, timeouts=Timeouts(**seconds))


async def test_a_stream_that_trickles_for_ever_is_ended_with_the_time_of_a_whole_call(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.trickle = HEAD, event("on ")
    _, heard = await settled(chats.of(timed(wire, total=0.5)), ModelCut)
    assert heard.said > 0


async def test_one_that_does_not_keep_its_limit_is_left(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.trickle = HEAD + event("on ") * 900, event("and on ")
    _, heard = await settled(chats(wire.url), ModelCut)
    assert heard.pieces == 801
    assert heard.used(chats(wire.url).bound(prompt())).answer_tokens == 801


async def test_one_that_thinks_beyond_its_limit_is_left_too(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.trickle = HEAD, delta(reasoning="and on ") * 100
    error, _ = await settled(chats(wire.url), ModelDown)
    assert "limit" in error.told


async def test_what_a_cut_stream_said_and_thought_is_settled(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + delta(reasoning="let me think") + event("hello there")
    error, heard = await settled(chats(wire.url), ModelCut)
    used = heard.used(chats(wire.url).bound(prompt()))
    assert error.begun
    assert (used.answer_tokens, used.estimated) == (5, True)


async def test_what_a_model_thought_in_secret_is_settled_at_its_allowance(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("hello there")
    model = chats(wire.url, "o3")
    _, heard = await settled(model, ModelCut)
    assert heard.used(model.bound(prompt())).answer_tokens == 2 + 2_000


async def test_an_answer_that_lacks_only_its_usage_is_whole(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("hello there") + event("", "stop") + b"data: {garbage\n\n"
    last = (await collected(chats(wire.url)))[-1]
    assert isinstance(last, Finished)
    assert last.estimated


async def test_the_usage_of_an_answer_that_a_filter_took_is_known(wire: Wire, chats: Chats) -> None:
    report = usage(prompt_tokens=40, completion_tokens=7, total_tokens=47)
    wire.sent = HEAD + event("Interns may ") + event("", "content_filter") + report + DONE
    _, heard = await settled(chats(wire.url), ModelCut)
    assert heard.reported is not None
    assert heard.reported.answer_tokens == 7


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", HEAD, HEAD + b"data: {garbage\n\n"])
async def test_a_server_that_took_the_question_and_broke_off_may_have_begun(
    wire: Wire, chats: Chats, sent: bytes
) -> None:
    wire.sent = sent
    error, _ = await settled(chats(wire.url), ModelDown)
    assert error.begun is True


async def test_a_password_in_an_address_is_not_told(wire: Wire, chats: Chats) -> None:
    wire.sent = b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    url = wire.url.replace("http://", "http://me:secret@")
    error, _ = await settled(chats.of(Endpoint(name="m", base_url=url)), ModelDown)
    assert "127.0.0.1" in error.told
    assert "secret" not in error.told
