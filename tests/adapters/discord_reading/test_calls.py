"""Calls to Discord that nobody waits for any more."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.discord.connection import Connection
from adapters.discord.errors import DiscordError, Limited, Unsure

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Person
    from tests.doubles.discord.faults import Fault


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
            await calls.ask("GET", path, within=0.3, **where)
        discord.recover()
        found = await calls.ask("GET", path, within=20.0, **where)
        assert found["id"] == said.id


@pytest.mark.parametrize("fault", ["429", "429 global"])
async def test_what_nobody_waits_for_any_more_is_not_sent_again_once_a_limit_has_passed(
    discord: Discord, general: Channel, fault: Fault
) -> None:
    async with Connection(discord.token, discord.api_url) as connection:
        calls = await connection.calls()
        path = "/channels/{channel_id}/messages"
        discord.misbehave(fault, "POST", f"/channels/{general.id}/messages", times=1, retry_after=1.0)
        with pytest.raises(Limited):
            await calls.ask("POST", path, within=0.3, channel_id=general.id, json={"content": "old"})
        made = await calls.ask("POST", path, within=20.0, channel_id=general.id, json={"content": "new"})
        await discord.until(lambda: not connection._flights._tasks)
        assert [one.id for one in discord.answers(general)] == [made["id"]]


@pytest.mark.parametrize("fault", ["429 by its body", "429 by its header"])
async def test_a_limit_that_discords_library_does_not_wait_for_is_waited_for_where_there_is_time(
    discord: Discord, general: Channel, fault: Fault
) -> None:
    async with Connection(discord.token, discord.api_url) as connection:
        calls = await connection.calls()
        path, where = "/channels/{channel_id}/messages", {"channel_id": general.id}
        discord.misbehave(fault, "POST", f"/channels/{general.id}/messages", times=2, retry_after=0.3)
        made = await calls.ask("POST", path, within=20.0, json={"content": "once"}, **where)
        assert [one.id for one in discord.answers(general)] == [made["id"]]
        discord.misbehave(fault, "POST", f"/channels/{general.id}/messages", times=1, retry_after=30.0)
        with pytest.raises(Limited) as limited:
            await calls.ask("POST", path, within=20.0, json={"content": "later"}, **where)
        assert limited.value.seconds == 30.0


async def test_what_may_have_been_done_before_a_limit_is_not_taken_for_undone(
    discord: Discord, general: Channel
) -> None:
    async with Connection(discord.token, discord.api_url) as connection:
        calls = await connection.calls()
        path = f"/channels/{general.id}/messages"
        discord.misbehave("502", "POST", path, times=1)
        discord.misbehave("429", "POST", path, retry_after=20.0)
        with pytest.raises(Unsure):
            await calls.ask(
                "POST", "/channels/{channel_id}/messages", within=3.0, channel_id=general.id, json={"content": "old"}
            )
