"""Socket Mode as the adapter keeps it: whatever happens to a socket, nothing that was asked is missed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.base import Taken
from adapters.slack.calls import Calls
from adapters.slack.errors import SlackError
from adapters.slack.quiet import QUIET
from adapters.slack.sockets import Sockets
from tests.adapters.slack_intake.hearing import Bot, Swift, hearing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.doubles.slack import Channel, Slack, User


class Slept(Swift):
    """Swift, and remembers what was wanted of it."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float, /) -> None:
        self.pauses.append(seconds)
        await super().sleep(seconds)


class Heard:
    """What came, and what was missed; ``hold`` keeps everything that comes from ending."""

    def __init__(self, slack: Slack) -> None:
        self.payloads: list[object] = []
        self.missed: list[float | None] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.busy = 0
        self.busiest = 0
        self._slack = slack

    async def __call__(self, payload: object, *, redelivered: bool) -> Taken:
        self.payloads.append(payload)
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        self._slack.bell.ring()
        try:
            await self.hold.wait()
        finally:
            self.busy -= 1
        return Taken()

    def look(self, since: float | None) -> None:
        self.missed.append(since)
        self._slack.bell.ring()


@asynccontextmanager
async def open_socket(
    slack: Slack, heard: Heard, *, ping: float = 10.0, silence: float = 600.0
) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(_sockets(slack, heard, ping=ping, silence=silence).run())
        await slack.until(lambda: slack.sockets.open)
        yield
        running.cancel()


def _sockets(slack: Slack, heard: Heard, *, ping: float = 10.0, silence: float = 600.0) -> Sockets:
    clock = Swift()
    client = AsyncWebClient(base_url=slack.api_url, retry_handlers=[], logger=QUIET)
    calls = Calls(client=client, clock=clock)
    return Sockets(
        calls=calls,
        app_token=slack.app_token,
        take=heard,
        missed=heard.look,
        clock=clock,
        ping=ping,
        silence=silence,
    )


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "too_many_websockets", "link_disabled"])
async def test_another_socket_is_opened_when_slack_wants_that(slack: Slack, anna: User, reason: str) -> None:
    heard = Heard(slack)
    async with open_socket(slack, heard):
        await slack.sockets.refresh(reason)  # type: ignore[arg-type]  # one of them
        await slack.until(lambda: slack.sockets.opened == 2 and slack.sockets.open)
        slack.says(anna, slack.direct(anna), "how long?")
        await slack.heard()
        await slack.until(lambda: len(heard.missed) == 2)
    assert heard.missed[0] is None
    assert heard.missed[1] is not None


async def test_a_server_that_wants_another_socket_at_once_again_and_again_is_given_ever_more_time(
    slack: Slack,
) -> None:
    clock, sockets = Slept(), _sockets(slack, Heard(slack))
    sockets.clock = clock
    async with asyncio.TaskGroup() as group:
        running = group.create_task(sockets.run())
        for number in range(1, 5):
            await slack.until(lambda wanted=number: slack.sockets.opened == wanted and slack.sockets.open)  # type: ignore[misc]  # bound now
            await slack.sockets.refresh()
        await slack.until(lambda: slack.sockets.opened == 5)
        running.cancel()
    assert [pause for pause in clock.pauses if pause < 10] == [0.2, 1.0, 2.0, 5.0]


async def test_a_socket_that_broke_is_opened_anew_and_what_was_missed_is_looked_for(slack: Slack) -> None:
    heard = Heard(slack)
    async with open_socket(slack, heard):
        for number in range(2, 5):
            await slack.sockets.drop()
            await slack.until(lambda wanted=number: slack.sockets.opened == wanted and len(heard.missed) == wanted)  # type: ignore[misc]  # bound now


async def test_a_socket_that_answers_no_pings_is_opened_anew(slack: Slack) -> None:
    heard = Heard(slack)
    async with open_socket(slack, heard, ping=0.2):
        slack.sockets.deafen(pings=False)
        await slack.until(lambda: slack.sockets.opened == 2)


async def test_a_socket_over_which_nothing_comes_is_opened_anew(slack: Slack) -> None:
    heard = Heard(slack)
    async with open_socket(slack, heard, silence=0.3):
        slack.sockets.deafen()
        await slack.until(lambda: slack.sockets.opened == 2 and len(heard.missed) == 2)


async def test_slack_that_cannot_be_reached_for_a_while_is_tried_until_it_can(
    slack: Slack, anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard(slack)
    slack.misbehave("error", "apps.connections.open", times=5)
    slack.misbehave("ratelimited", "apps.connections.open", times=2)
    slack.misbehave("dropped before", "apps.connections.open", times=5)
    async with open_socket(slack, heard):
        slack.misbehave("invalid_auth", "apps.connections.open", times=3)
        await slack.sockets.drop()
        await slack.until(lambda: slack.sockets.opened == 2 and slack.sockets.open)
        slack.says(anna, slack.direct(anna), "how long?")
        await slack.heard()
    assert not caplog.records


@pytest.mark.parametrize("token", ["xapp-nobody's", "xoxb-of-a-bot"])
async def test_a_token_that_is_none_is_said_at_once(slack: Slack, token: str) -> None:
    sockets = _sockets(slack, Heard(slack))
    sockets.app_token = token
    with pytest.raises(SlackError, match="SLACK_APP_TOKEN"):
        await sockets.run()


async def test_the_adapter_says_so_in_one_sentence(slack: Slack) -> None:
    slack.misbehave("invalid_auth", "apps.connections.open")
    bot = Bot(slack, "sockets")
    with pytest.raises(SlackError) as refused:
        await bot.adapter.run(bot.desk)
    assert refused.value.told == (
        "Slack does not accept SLACK_APP_TOKEN (invalid_auth). Make one under Basic Information, App-Level Tokens, "
        "with the scope connections:write, and turn Socket Mode on."
    )


async def test_envelopes_are_handled_beside_each_other_and_not_all_at_once(slack: Slack, anna: User) -> None:
    heard = Heard(slack)
    heard.hold.clear()
    async with open_socket(slack, heard):
        for number in range(70):
            slack.says(anna, slack.direct(anna), f"{number}?")
        await slack.until(lambda: heard.busy == 50)
        heard.hold.set()
        await slack.heard()
    assert heard.busiest == 50
    assert len(heard.payloads) == 70


async def test_junk_over_a_socket_is_let_be(slack: Slack, anna: User) -> None:
    heard = Heard(slack)
    async with open_socket(slack, heard):
        for said in ("", "[", "3", "[" * 100_000, '{"type": 5}', '{"type": "events_api"}', '{"envelope_id": "e1"}'):
            await slack.sockets.open[0].ws.send_str(said)
        await slack.sockets.open[0].ws.send_bytes(b"\xff")
        slack.says(anna, slack.direct(anna), "how long?")
        await slack.heard()
    assert heard.payloads[0] is None
    assert len(heard.payloads) == 2
    assert slack.sockets.opened == 1


async def test_what_was_asked_of_deaf_and_broken_sockets_is_found(slack: Slack, anna: User, general: Channel) -> None:
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        asked = slack.says(anna, general, f"{slack.mention} how long?")
        await slack.heard()
        slack.sockets.deafen()
        lost = [
            slack.says(anna, general, f"{slack.mention} how short?"),
            slack.says(anna, general, "and then?", thread=asked),
            slack.says(anna, slack.direct(anna), "hello?"),
        ]
        await slack.sockets.drop()
        names = {f"slack:{slack.home.id}:{said.channel}:{said.ts}" for said in [asked, *lost]}
        await slack.until(lambda: bot.asked == names, 20.0)
