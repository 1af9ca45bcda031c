"""What is told to go wrong at the double does, and discord.py's client meets it as it would meet Discord's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import discord as library
import pytest
from discord.http import Route

from tests.adapters.discord_double.conftest import running
from tests.doubles.discord.rates import Rate

if TYPE_CHECKING:
    from tests.adapters.discord_double.conftest import Bot
    from tests.doubles.discord import Channel, Discord, Person
    from tests.doubles.discord.faults import Fault

POSTS = ("POST", "/channels/*/messages")


async def post(bot: Bot, channel: Channel, content: str = "hello", **more: Any) -> Any:  # noqa: ANN401
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
    return await bot.http.request(route, json={"content": content, **more})


@pytest.mark.parametrize("fault", ["429", "429 hidden", "429 global"])
async def test_the_client_waits_and_asks_again(discord: Discord, general: Channel, bot: Bot, fault: Fault) -> None:
    discord.misbehave(fault, *POSTS, times=1)
    await post(bot, general)
    assert [one.status for one in discord.called(*POSTS)] == [429, 200]
    assert len(discord.answers(general)) == 1


async def test_who_is_banned_is_told_so_without_json(discord: Discord, general: Channel, bot: Bot) -> None:
    discord.misbehave("429 banned", *POSTS, times=1)
    with pytest.raises(library.HTTPException) as error:
        await post(bot, general)
    assert error.value.status == 429
    assert len(discord.called(*POSTS)) == 1


async def test_a_server_out_of_order_did_nothing(discord: Discord, general: Channel, bot: Bot) -> None:
    discord.misbehave("503", *POSTS, times=1)
    with pytest.raises(library.DiscordServerError):
        await post(bot, general)
    assert discord.answers(general) == []
    await post(bot, general)
    assert len(discord.answers(general)) == 1


@pytest.mark.parametrize(("fault", "stands"), [("dropped before", 0), ("dropped after", 1)])
async def test_a_connection_breaks_before_or_after_the_request_is_carried_out(
    discord: Discord, general: Channel, bot: Bot, fault: Fault, stands: int
) -> None:
    discord.misbehave(fault, *POSTS, times=1)
    with pytest.raises(aiohttp.ClientError):
        await post(bot, general, nonce="once", enforce_nonce=True)
    assert len(discord.answers(general)) == stands
    await post(bot, general, nonce="once", enforce_nonce=True)
    assert len(discord.answers(general)) == 1


async def test_a_request_is_held_back_until_all_is_well(discord: Discord, general: Channel, bot: Bot) -> None:
    discord.misbehave("slow", *POSTS, times=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(post(bot, general))
        await bot.http.send_typing(int(general.id))
        assert discord.answers(general) == []
        discord.recover()
    assert len(discord.answers(general)) == 1


async def test_the_client_waits_by_itself_when_nothing_remains(discord: Discord, general: Channel, bot: Bot) -> None:
    discord.rates.instead["POST", "/channels/{}/messages"] = Rate(calls=2, seconds=0.2)
    for number in range(5):
        await post(bot, general, str(number))
    assert [one.status for one in discord.called(*POSTS)] == [200] * 5
    assert not discord.rates.violations


async def test_who_does_not_wait_is_refused_and_counted(discord: Discord, general: Channel, bot: Bot) -> None:
    url = f"{discord.api_url}/channels/{general.id}/messages"
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        answers = [await session.post(url, json={"content": str(number)}) for number in range(6)]
        assert [one.status for one in answers] == [200] * 5 + [429]
        assert answers[4].headers["X-RateLimit-Remaining"] == "0"
        told = await answers[5].json()
        assert 0 < told["retry_after"] <= 5
        assert answers[5].headers["Via"]
        discord.clock.move(5)
        assert (await session.post(url, json={"content": "6"})).status == 200
    assert discord.rates.violations == {"POST /channels/{}/messages": 1}


async def test_a_session_is_resumed_and_nothing_is_missed(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.says(anna, general, "before")
    await discord.until(lambda: bot.heard)
    discord.gateway.drop()
    discord.says(anna, general, "between")
    await discord.until(lambda: len(bot.heard) == 2)
    assert [one.content for one in bot.heard] == ["before", "between"]
    assert (discord.gateway.resumed, discord.gateway.identified) == (1, 1)


async def test_a_session_that_is_lost_has_missed_something(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.gateway.drop(resumable=False)
    discord.says(anna, general, "between")
    await discord.until(lambda: discord.gateway.identified == 2)
    discord.says(anna, general, "after")
    await discord.until(lambda: bot.heard)
    assert [one.content for one in bot.heard] == ["after"]
    assert discord.gateway.resumed == 0


async def test_the_client_comes_back_when_it_is_asked_to(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.gateway.reconnect()
    await discord.until(lambda: discord.gateway.resumed)
    discord.says(anna, general, "after")
    await discord.until(lambda: bot.heard)


async def test_after_a_resume_events_can_come_twice(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    discord.says(anna, general, "hello")
    await discord.until(lambda: bot.heard)
    discord.gateway.duplicate(1)
    discord.gateway.drop()
    await discord.until(lambda: len(bot.heard) == 2)
    assert bot.heard[0].id == bot.heard[1].id


async def test_a_gateway_that_acknowledges_nothing_is_left(discord: Discord, general: Channel) -> None:
    discord.gateway.beat = 0.1
    async with running(discord, heartbeat_timeout=0.3):
        discord.gateway.deafen()
        await discord.until(lambda: discord.gateway.resumed)
        discord.gateway.deafen(deaf=False)


async def test_whoever_is_shut_out_waits(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    discord.gateway.shut()
    discord.gateway.drop()
    discord.says(anna, general, "between")
    assert bot.heard == []
    discord.gateway.let_in()
    await discord.until(lambda: bot.heard)


async def test_a_payload_that_is_none_can_be_sent(discord: Discord, general: Channel, bot: Bot) -> None:
    discord.gateway.send("NOTHING_THAT_IS_KNOWN", {"id": "x"})
    await discord.until(lambda: discord.gateway.connected)
