"""Answers for one person's eyes, by response URLs and direct messages, on servers that lack some of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.base import Place
from adapters.markup import Paragraph, Plain
from adapters.parts import Sources
from adapters.slack.contents import Content
from adapters.slack.errors import Refused, Unsure
from adapters.slack.responses import respond
from tests.doubles.adapters import AN_ANSWER, CITATIONS
from tests.doubles.slack import hooks
from tests.doubles.slack.errors import Refused as DoublesRefused
from tests.doubles.slack_stage import ANSWERED, Stage, sentences, spread

if TYPE_CHECKING:
    from adapters.base import Question
    from tests.doubles.slack import Channel
    from tests.doubles.slack.faults import Fault

A_PAGE = Content(tree=(Paragraph((Plain("Yes."),)),))


def _command(stage: Stage, number: int = 1) -> Question:
    workspace = f"slack:{stage.slack.home.id}"
    place = Place(platform="slack", workspace=workspace, channel=stage.anna.id, private_to=stage.anna.id)
    return stage.question(place, f"{workspace}:command:{number}.2.abc", "what?")


def _address(stage: Stage, channel: Channel) -> str:
    address = stage.slack.commands(stage.anna, channel, "/ask", "what?").payload["response_url"]
    assert isinstance(address, str)
    return address


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, "ok", 2),
        (200, '{"ok": true}', 2),
        (200, "", 2),
        (202, "[]", 2),
        (204, "", 2),
        (200, '{"ok": false, "error": "used_url"}', 0),
        (404, "no_service", 0),
        (500, "", 0),
    ],
)
async def test_a_response_is_taken_unless_the_server_says_no(status: int, body: str, taken: int) -> None:
    async def hook(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_post("/hooks", hook)
    async with TestServer(app) as server:
        assert await respond(str(server.make_url("/hooks")), str(server.make_url("/api/")), [A_PAGE] * 2) == taken


async def test_only_what_was_not_taken_is_said_directly(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    real, posts = hooks.post, list[int]()

    def post(*given: object) -> None:
        posts.append(len(posts))
        if len(posts) > 1:
            raise DoublesRefused("used_url")
        real(*given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(hooks, "post", post)
    channel = stage.slack.channel("elsewhere", stage.anna, bot=False)
    question = _command(stage)
    stage.replying.responds(question.id, _address(stage, channel))
    await stage.tell(question, Sources(citations=CITATIONS), *sentences(200, 20), ANSWERED)
    whispered = stage.slack.whispered(stage.anna, channel)
    _, *direct = stage.slack.seen(stage.slack.direct(stage.anna))
    assert (len(whispered), len(direct)) == (1, 2)
    text = " ".join(one.shown for one in (*whispered, *direct))
    assert [text.count(f"Sentence {at} ") for at in range(200)] == [1] * 200


async def test_who_asks_by_a_command_sees_at_once_that_an_answer_is_sought(stage: Stage) -> None:
    channel = stage.slack.channel("elsewhere", stage.anna, bot=False)
    question = _command(stage)
    stage.replying.responds(question.id, _address(stage, channel))
    await stage.tell(question, Sources(citations=CITATIONS), 5.0, *spread(sentences(4), 1.0), ANSWERED)
    looking, answer = stage.slack.whispered(stage.anna, channel)
    assert "looking" in looking.shown
    assert "Sentence 3 " in answer.shown


@pytest.mark.parametrize("fault", ["unknown_method", "error", "ratelimited"])
async def test_where_direct_messages_cannot_be_opened_a_post_to_the_person_opens_them(
    stage: Stage, fault: Fault
) -> None:
    stage.slack.misbehave(fault, "conversations.open", retry_after=600)
    for number in (1, 2):
        await stage.tell(_command(stage, number), *spread(sentences(6), 2.0), ANSWERED)
    first, one, second, two = stage.slack.seen(stage.slack.direct(stage.anna))
    assert (one.root, two.root) == (first.ts, second.ts)
    assert one.stream is not None
    opens = len(stage.slack.called("conversations.open"))
    assert opens == (4 if fault == "error" else 1)


async def test_direct_messages_are_opened_once_for_an_hour(stage: Stage) -> None:
    for number in (1, 2):
        await stage.tell(_command(stage, number), *AN_ANSWER)
    assert len(stage.slack.called("conversations.open")) == 1
    stage.slack.clock.move(3_700)
    await stage.tell(_command(stage, 3), *AN_ANSWER)
    assert len(stage.slack.called("conversations.open")) == 2


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (404, "<html>Not Found</html>", "text/html", "unknown_method"),
        (404, "<html>Not Found</html>", "application/json", "unknown_method"),
        (405, "", "text/plain", "unknown_method"),
        (501, "{}", "application/json", "unknown_method"),
        (403, "<html>", "text/html", "http_403"),
        (400, '{"ok": false, "error": "no_text"}', "application/json", "no_text"),
        (200, '{"ok": false}', "application/json", "unnamed"),
        (408, "", "text/html", None),
        (502, "<html>", "text/html", None),
        (200, "<html>", "application/json", None),
    ],
)
async def test_a_refusal_without_a_word_of_slacks_is_one_all_the_same(
    stage: Stage, status: int, body: str, kind: str, code: str | None
) -> None:
    async def method(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=kind)

    async def held() -> None:
        pass

    app = web.Application()
    app.router.add_post("/api/{method}", method)
    calls = stage.workspaces.one.calls
    async with TestServer(app) as server:
        calls.client.base_url = str(server.make_url("/api/"))
        with pytest.raises(Refused if code else Unsure) as raised:
            await calls.act("chat.postMessage", held, channel="C1", text="Hello.")
    if isinstance(raised.value, Refused):
        assert raised.value.code == code
