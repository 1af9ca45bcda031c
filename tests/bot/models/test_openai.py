from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelCut, ModelDown, ModelRefused, PromptRefused
from bot.models.base import Finished
from bot.models.endpoint import Endpoint, Sampling
from bot.models.openai import OpenAiChat
from tests.contracts.language_model import LanguageModelContract, collected, prompt
from tests.doubles.chats import heard_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmock.pytest_plugin import LLMock

    from bot.models.base import LanguageModel
    from tests.doubles.chats import Chats

    Chat = Callable[..., OpenAiChat]

NOWHERE = Endpoint(name="m", base_url="http://127.0.0.1:9/v1")
ANSWER = "An API key is rotated every 90 days. [1] Keep it secret. [1]"


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
