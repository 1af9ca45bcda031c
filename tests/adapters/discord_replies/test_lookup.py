"""Finding what the bot posted, among what others say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.discord import kit, lookup
from adapters.discord.contents import Content

if TYPE_CHECKING:
    from tests.doubles.discord_stage import Stage


async def test_a_message_is_found_by_its_key_below_many_that_came_later(stage: Stage) -> None:
    calls, me = await stage.connection.calls(), (await stage.connection.who()).me
    since = datetime.fromtimestamp(stage.clock.now(), UTC)
    path = "/channels/{channel_id}/messages"
    body = Content(lines=["Here."]).body("the-key")
    made = await calls.ask("POST", path, json=body, channel_id=stage.general.id)
    for at in range(230):
        stage.discord.says(stage.anna, stage.general, f"message {at} f:more:the-key")
    assert await lookup.found(calls, me, stage.general.id, since, "the-key") == made["id"]
    assert await lookup.found(calls, me, stage.general.id, since, "another") is None
    assert await lookup.found(calls, me, stage.general.id, since + timedelta(hours=1), "the-key") is None


async def test_a_key_in_what_somebody_else_posted_is_none(stage: Stage) -> None:
    calls = await stage.connection.calls()
    since = datetime.fromtimestamp(stage.clock.now(), UTC)
    body = Content(rows=kit.keyed([], "k")).body()
    await calls.ask("POST", "/channels/{channel_id}/messages", json=body, channel_id=stage.general.id)
    assert await lookup.found(calls, "1", stage.general.id, since, "k") is None
