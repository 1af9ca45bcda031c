"""What servers send that only calls themselves compatible, and what a call is settled at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelCut, ModelDown, PromptRefused
from bot.models import openai
from bot.models.base import Finished
from bot.models.endpoint import Endpoint, Timeouts
from bot.models.patience import Patience
from tests.contracts.language_model import collected, prompt
from tests.doubles.chats import heard_before, settled
from tests.doubles.wire import DONE, HEAD, delta, event, usage

if TYPE_CHECKING:
    from tests.doubles.chats import Chats
    from tests.doubles.wire import Wire


async def test_closing_the_generator_closes_the_connection(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.stays = HEAD + event("hello "), True
    stream = chats(wire.url).stream(prompt())
    assert await anext(stream) == "hello "
    assert not wire.left.is_set()
    await stream.aclose()
    async with asyncio.timeout(30):
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


async def test_without_a_key_one_is_made_up(wire: Wire, chats: Chats) -> None:
    wire.sent = HEAD + event("hello") + event("", "stop") + DONE
    await collected(chats.of(Endpoint(name="m", base_url=wire.url, timeouts=Timeouts(connect=30))))
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


async def test_reasoning_is_a_sign_of_life(wire: Wire, chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it none, patience would end with the first token's time."""
    renewed: list[None] = []

    class Noting(Patience):
        def renew(self) -> None:
            renewed.append(super().renew())

    monkeypatch.setattr(openai, "Patience", Noting)
    wire.sent = HEAD + delta(reasoning_content="hm") * 60 + DONE
    await settled(chats(wire.url), ModelDown)
    assert len(renewed) == 60


async def test_a_keep_alive_is_none(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.trickle = HEAD, delta(content="")
    error, heard = await settled(chats.of(timed(wire, first_token=1.5)), ModelDown)
    assert (error.begun, heard.pieces) == (True, 0)


def timed(wire: Wire, **seconds: float) -> Endpoint:
    return Endpoint(name="gpt-4.1-mini", base_url=wire.url, timeouts=Timeouts(**seconds))


async def test_a_stream_that_trickles_for_ever_is_ended_with_the_time_of_a_whole_call(wire: Wire, chats: Chats) -> None:
    wire.sent, wire.trickle = HEAD, event("on ")
    _, heard = await settled(chats.of(timed(wire, total=1.5)), ModelCut)
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
