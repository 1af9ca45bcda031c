"""How Slack's double tells the app of things, as the real Bolt hears them: over websockets, and by signed requests."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from aiohttp import ClientSession, ClientWSTimeout, WSMsgType
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from aiohttp import ClientWebSocketResponse
    from slack_bolt.context.ack.async_ack import AsyncAck
    from starlette.requests import Request

    from tests.doubles.slack import Channel, Message, Slack, User
    from tests.doubles.slack.delivery import Sent


PATIENT = ClientWSTimeout(ws_receive=10.0)


class Bot:
    """A Bolt app that writes down what it hears, and answers commands and forms."""

    def __init__(self, slack: Slack) -> None:
        self.heard: list[dict[str, Any]] = []
        self.refuses = False
        client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        self.app = AsyncApp(client=client, signing_secret=slack.signing_secret, before_authorize=self._kept)
        self.app.event("app_mention")(self._event)
        self.app.event("message")(self._event)
        self.app.command("/ask")(self._command)
        self.app.view("reason")(self._view)

    async def _kept(self, body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        if self.refuses:
            raise ValueError("not now")
        await next_()

    async def _event(self, event: dict[str, Any]) -> None:
        self.heard.append(event)

    async def _command(self, ack: AsyncAck, command: dict[str, str]) -> None:
        await ack(f"You asked: {command['text']}")

    async def _view(self, ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"why": "Say more."})


@pytest.fixture
async def connected(slack: Slack) -> AsyncGenerator[Bot]:
    bot = Bot(slack)
    web_client = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    handler = AsyncSocketModeHandler(bot.app, slack.app_token, web_client=web_client, ping_interval=0.05)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # it has no types
    await slack.until(lambda: slack.sockets.open)
    yield bot
    await handler.close_async()  # type: ignore[no-untyped-call]  # the same


@asynccontextmanager
async def listening(answer: Callable[[Request], Awaitable[Response]]) -> AsyncGenerator[str]:
    """Serve on loopback what a request is answered with, and give the address."""
    app = Starlette(routes=[Route("/slack/events", answer, methods=["POST"])])
    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, timeout_keep_alive=600)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
            server.should_exit = server.force_exit = True


@asynccontextmanager
async def websocket(slack: Slack) -> AsyncGenerator[ClientWebSocketResponse]:
    """A socket of our own, greeted already."""
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
    async with ClientSession() as session, session.ws_connect(opened["url"], autoping=False, timeout=PATIENT) as ws:
        assert (await ws.receive_json())["type"] == "hello"
        yield ws


def asks(slack: Slack, user: User, channel: Channel) -> Message:
    return slack.says(user, channel, f"{slack.mention} how long?")


async def seen(slack: Slack, sent: Sent, *, attempts: int = 0, failed: int = 0) -> None:
    await slack.until(lambda: sent.attempts >= attempts and len(sent.reasons) >= failed)


# Over websockets


async def test_a_mention_is_two_events_each_acknowledged(
    slack: Slack, connected: Bot, anna: User, general: Channel
) -> None:
    question = asks(slack, anna, general)
    await slack.heard()
    await slack.until(lambda: len(connected.heard) == 2)
    assert sorted(event["type"] for event in connected.heard) == ["app_mention", "message"]
    assert {event["ts"] for event in connected.heard} == {question.ts}
    assert [(sent.acknowledged, sent.attempts) for sent in slack.sent] == [(True, 1)] * 2


async def test_what_bolt_could_not_keep_comes_again_and_again_and_then_no_more(
    slack: Slack, connected: Bot, anna: User
) -> None:
    connected.refuses = True
    slack.says(anna, slack.direct(anna), "how long?")
    (sent,) = slack.sent
    for number, pause in enumerate((0, 0, 60, 300), start=1):
        slack.clock.move(pause)
        await seen(slack, sent, attempts=number)
        slack.clock.move(3)
        await seen(slack, sent, failed=number)
    assert (await slack.heard(sent)).lost
    assert sent.reasons == ["timeout"] * 4
    assert connected.heard == []


async def test_a_retry_says_which_it_is(slack: Slack, anna: User) -> None:
    async with websocket(slack) as ws:
        slack.says(anna, slack.direct(anna), "how long?")
        first = await ws.receive_json()
        slack.clock.move(3)
        second = await ws.receive_json()
        assert [(one["retry_attempt"], one["retry_reason"]) for one in (first, second)] == [(0, ""), (1, "timeout")]
        assert first["envelope_id"] != second["envelope_id"]
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        await ws.send_json({"envelope_id": second["envelope_id"]})
        assert (await slack.heard()).acknowledged
        await ws.send_json({"envelope_id": first["envelope_id"]})
        await ws.send_str("nonsense")
        await ws.ping(b"?")
        assert (await ws.receive()).type is WSMsgType.PONG
        assert len(slack.sockets.strange) == 2


async def test_a_command_is_answered_at_once_or_never(
    slack: Slack, connected: Bot, anna: User, general: Channel
) -> None:
    assert (await slack.heard(slack.commands(anna, general, "/ask", "why?"))).acknowledged
    assert [one.shown for one in slack.whispered(anna)] == ["You asked: why?"]
    connected.refuses = True
    refused = slack.commands(anna, general, "/ask", "why?")
    await slack.until(lambda: refused.attempts)
    slack.clock.move(3)
    assert (await slack.heard(refused)).lost
    assert refused.attempts == 1


async def test_a_form_that_has_errors_stays_open(slack: Slack, connected: Bot, anna: User, general: Channel) -> None:
    field = {"type": "input", "block_id": "why", "label": {"type": "plain_text", "text": "Why?"}}
    plain = {"type": "plain_text", "text": "Why?"}
    blocks = [{**field, "element": {"type": "plain_text_input", "action_id": "said"}}]
    modal = {"type": "modal", "callback_id": "reason", "title": plain, "submit": plain, "blocks": blocks}
    trigger = slack.commands(anna, general, "/ask").payload["trigger_id"]
    await connected.app.client.views_open(trigger_id=trigger, view=modal)
    await slack.heard(slack.submits(anna, {"why": {"said": {"type": "plain_text_input", "value": "x"}}}))
    open_ = slack.modal(anna)
    assert open_ is not None
    assert open_.view["errors"] == {"why": "Say more."}
    assert slack.closes(anna) is None
    assert slack.modal(anna) is None


async def test_bolt_acknowledges_what_it_then_cannot_authorize(
    slack: Slack, connected: Bot, anna: User, general: Channel
) -> None:
    slack.misbehave("ratelimited", "auth.test")
    asks(slack, anna, general)
    assert (await slack.heard()).acknowledged
    assert connected.heard == []


async def test_bolt_connects_anew_when_told_to(slack: Slack, connected: Bot, anna: User, general: Channel) -> None:
    await slack.sockets.refresh()
    await slack.until(lambda: slack.sockets.opened == 2)
    asks(slack, anna, general)
    await slack.until(lambda: len(connected.heard) == 2)


async def test_what_was_under_way_over_a_broken_socket_comes_over_another(
    slack: Slack, anna: User, general: Channel
) -> None:
    async with websocket(slack) as ws:
        slack.says(anna, general, "how long?")
        await ws.receive_json()
        async with websocket(slack) as other:
            slack.sockets.open[0].deaf = True
            await ws.close()
            envelope = await other.receive_json()
            await other.send_json({"envelope_id": envelope["envelope_id"]})
            assert (await slack.heard()).reasons == ["socket_closed"]
            await slack.sockets.drop()
            assert (await other.receive()).type in {WSMsgType.CLOSED, WSMsgType.ERROR}


async def test_a_deaf_socket_swallows_what_another_hears_three_seconds_later(
    slack: Slack, anna: User, general: Channel
) -> None:
    async with websocket(slack) as deaf:
        slack.sockets.deafen(pings=False)
        slack.says(anna, general, "how long?")
        (sent,) = slack.sent
        await slack.until(lambda: sent.attempts)
        await deaf.ping()
        async with websocket(slack) as hearing:
            slack.sockets.open[0].deaf = True
            slack.clock.move(3)
            envelope = await hearing.receive_json()
            await hearing.send_json({"envelope_id": envelope["envelope_id"]})
            assert (await slack.heard(sent)).reasons == ["timeout"]
        with pytest.raises(TimeoutError):
            await deaf.receive(timeout=0.01)


async def test_sockets_take_turns_and_are_ten_at_most(slack: Slack, anna: User, general: Channel) -> None:
    async with websocket(slack) as one, websocket(slack) as other:
        for text in ("1", "2", "3", "4"):
            slack.says(anna, general, text)
        assert [await _text(one), await _text(one)] == ["1", "3"]
        assert [await _text(other), await _text(other)] == ["2", "4"]
    await slack.until(lambda: not slack.sockets.open)
    async with AsyncExitStack() as ten, ClientSession() as session:
        for _ in range(10):
            await ten.enter_async_context(websocket(slack))
        opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
        async with session.ws_connect(opened["url"]) as eleventh:
            assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
        async with session.get(opened["url"].replace("ws", "http", 1)) as again:
            assert again.status == 404


async def _text(ws: ClientWebSocketResponse) -> str:
    text: str = (await ws.receive_json())["payload"]["event"]["text"]
    return text


async def test_without_a_socket_an_event_waits_a_minute_and_then_five(slack: Slack, anna: User) -> None:
    slack.says(anna, slack.direct(anna), "how long?")
    (sent,) = slack.sent
    await slack.until(lambda: sent.attempts == 2)
    async with websocket(slack) as ws:
        slack.clock.move(60)
        await ws.send_json({"envelope_id": (await ws.receive_json())["envelope_id"]})
        assert (await slack.heard(sent)).reasons == ["no_socket"] * 2


# By signed requests


async def test_bolt_hears_what_is_signed_and_nothing_else(slack: Slack, anna: User, general: Channel) -> None:
    bot = Bot(slack)
    async with listening(AsyncSlackRequestHandler(bot.app).handle) as url:
        requests = await slack.deliver_to(url)
        assert await requests.verify()
        asks(slack, anna, general)
        assert (await slack.heard(slack.commands(anna, general, "/ask", "why?"))).acknowledged
        assert [one.shown for one in slack.whispered(anna)] == ["You asked: why?"]
        await slack.heard()
        await slack.until(lambda: len(bot.heard) == 2)
        body = '{"type": "event_callback"}'
        async with ClientSession() as session:
            for wrong in (requests.signature(body, secret="x"), requests.signature(body, at=0), {}):
                async with session.post(url, data=body, headers=dict(wrong)) as answer:
                    assert answer.status == 401
    assert [sent.attempts for sent in slack.sent] == [1] * 3


async def test_requests_that_fail_come_again_and_say_why(slack: Slack, anna: User) -> None:
    came: list[tuple[str | None, str | None]] = []

    async def refuse(request: Request) -> Response:
        came.append((request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason")))
        return Response(status_code=500)

    async with listening(refuse) as url:
        await slack.deliver_to(url)
        slack.says(anna, slack.direct(anna), "how long?")
        (sent,) = slack.sent
        for failed, pause in ((2, 60), (3, 300)):
            await seen(slack, sent, failed=failed)
            slack.clock.move(pause - 1)
            await asyncio.sleep(0)
            assert sent.attempts == failed
            slack.clock.move(1)
        await seen(slack, sent, failed=4)
    assert came == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert (await slack.heard(sent)).lost


async def test_a_request_is_given_three_seconds(slack: Slack, anna: User) -> None:
    came, answered = asyncio.Event(), asyncio.Event()

    async def dawdle(request: Request) -> Response:
        came.set()
        if not request.headers.get("x-slack-retry-num"):
            await answered.wait()
        return Response(headers={"x-slack-no-retry": "1"})

    async with listening(dawdle) as url:
        await slack.deliver_to(url)
        slack.says(anna, slack.direct(anna), "how long?")
        await came.wait()
        slack.clock.move(3)
        assert (await slack.heard()).reasons == ["http_timeout"]
        answered.set()


async def test_nobody_there_is_a_failed_attempt(slack: Slack, anna: User) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    await slack.deliver_to(f"http://127.0.0.1:{port}/")
    slack.says(anna, slack.direct(anna), "how long?")
    (sent,) = slack.sent
    await slack.until(lambda: sent.reasons == ["connection_failed"] * 2)


# Who hears what


async def test_the_app_hears_what_it_subscribed_to_where_it_is(slack: Slack, anna: User, general: Channel) -> None:
    slack.says(anna, slack.channel("elsewhere", anna, bot=False), f"{slack.mention}?")
    slack.state.app.subscriptions -= {"message.channels"}
    asks(slack, anna, general)
    slack.says(anna, slack.direct(anna), f"{slack.mention}?")
    assert [(sent.event, sent.payload["event"]["channel"][0]) for sent in slack.sent] == [
        ("app_mention", "C"),
        ("message", "D"),
    ]
