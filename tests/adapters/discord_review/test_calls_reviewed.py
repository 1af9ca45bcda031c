"""A limit that Discord sets for all calls passes, and an answer that is none ends nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from adapters.base import Question
from adapters.discord.connection import Connection
from adapters.discord.errors import DiscordError
from tests.adapters.discord_intake.hearing import Hearing

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Person


async def test_calls_go_on_once_a_limit_for_all_of_them_has_passed(
    discord: Discord, anna: Person, general: Channel
) -> None:
    said = discord.says(anna, general, "hello")
    async with Connection(discord.token, discord.api_url) as connection:
        calls = await connection.calls()
        path = "/channels/{channel_id}/messages/{message_id}"
        where = {"channel_id": general.id, "message_id": said.id}
        discord.misbehave("429 global", "GET", f"/channels/{general.id}/messages/*", times=1, retry_after=1.0)
        with suppress(DiscordError):
            await calls.ask("GET", path, within=0.5, **where)
        discord.recover()
        found = await calls.ask("GET", path, within=5.0, **where)
        assert found["id"] == said.id


async def test_an_answer_that_is_no_json_does_not_end_the_platform(
    discord: Discord, anna: Person, general: Channel
) -> None:
    discord.misbehave("garbage", "GET", "/users/@me", times=2)
    async with Hearing(discord).running() as hearing:
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: hearing.of(Question), within=10)
