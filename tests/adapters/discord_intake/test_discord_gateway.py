"""The gateway is heard by one process, whatever breaks; and what was said meanwhile is found."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.base import Question
from adapters.discord.calls import answered
from adapters.discord.errors import DiscordError, Misset
from adapters.discord.finding import BUDGET, Finding
from adapters.pacing import Bucket
from adapters.payload import text
from adapters.wishes import Served
from tests.adapters.discord_intake.hearing import Hearing, Lease, at_home
from tests.doubles.discord_junk import spoiled

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person

_PATIENCE = 30.0


def _texts(hearing: Hearing) -> list[str]:
    """What was asked, each question once, as the desk knows what it has."""
    known = {one.id: one.text for one in hearing.desk.events if isinstance(one, Question)}
    return list(known.values())


async def test_what_is_said_while_a_session_is_resumed_is_told_then(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    discord.gateway.drop()
    discord.says(anna, general, f"{discord.mention} how long do keys live?")
    await discord.until(lambda: discord.gateway.resumed)
    await discord.until(lambda: hearing.desk.events)

    assert _texts(hearing) == ["how long do keys live?"]
    assert discord.gateway.identified == 1


async def test_what_is_told_twice_is_one_question(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    discord.says(anna, general, f"{discord.mention} how long do keys live?")
    await discord.until(lambda: hearing.desk.events)
    discord.gateway.duplicate(5)
    discord.gateway.drop()
    await discord.until(lambda: len(hearing.desk.events) > 1)

    assert len({one.id for one in hearing.desk.events if isinstance(one, Question)}) == 1


async def test_what_was_said_before_a_new_session_is_found(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    discord.gateway.shut()
    discord.gateway.drop(resumable=False)
    discord.says(anna, general, f"{discord.mention} how long do keys live?")
    discord.says(anna, general, "what is for lunch?")
    discord.gateway.let_in()
    await discord.until(lambda: hearing.desk.events)

    assert _texts(hearing) == ["how long do keys live?"]
    assert discord.gateway.identified == 2


async def test_what_cannot_be_read_ends_nothing(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    for event in ("GUILD_CREATE", "GUILD_UPDATE", "CHANNEL_CREATE", "THREAD_CREATE", "MESSAGE_CREATE", "TYPING_START"):
        discord.gateway.send(event, {"id": "x", "guild_id": {}, "channels": 5})
    for event, payload in spoiled(2_000):
        if "\\ud800" not in json.dumps(payload):  # which is no JSON, and so ends a client
            discord.gateway.send(event, payload)
    discord.says(anna, general, f"{discord.mention} are you there?")
    await discord.until(lambda: "are you there?" in _texts(hearing), _PATIENCE)

    assert discord.gateway.identified == 1


async def test_without_the_privileged_intent_mentions_are_heard(
    discord: Discord, anna: Person, general: Channel
) -> None:
    discord.intents_granted.discard("message_content")
    async with Hearing(discord).running() as hearing:
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: hearing.desk.events)

        assert _texts(hearing) == ["how long do keys live?"]
        assert discord.gateway.refused == [4014]


async def test_a_token_that_is_none_ends_it_with_what_to_do(discord: Discord) -> None:
    hearing = Hearing(discord, token="none")
    async with hearing.adapter:
        with pytest.raises(Misset) as error:
            await hearing.adapter.run(hearing.desk)

    assert "DISCORD_TOKEN" in error.value.told


async def test_a_token_that_is_reset_ends_it_with_what_to_do(discord: Discord, general: Channel) -> None:
    hearing = Hearing(discord)
    with pytest.raises(ExceptionGroup) as errors:  # noqa: PT012 - the task group's, around the adapter
        async with hearing.adapter, asyncio.TaskGroup() as group:
            group.create_task(hearing.adapter.run(hearing.desk))
            await discord.until(lambda: hearing.ready)
            discord.gateway.close(4004)
            await discord.until(lambda: not hearing.ready)

    assert errors.group_contains(Misset)
    assert general.exists


async def test_a_client_that_is_ended_is_followed_by_another(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    discord.gateway.close(4010)
    await discord.until(lambda: discord.gateway.identified == 2)
    discord.says(anna, general, f"{discord.mention} are you there?")
    await discord.until(lambda: hearing.desk.events)

    assert _texts(hearing) == ["are you there?"]


async def test_a_server_that_names_no_gateway_is_heard_all_the_same(
    discord: Discord, anna: Person, general: Channel
) -> None:
    discord.misbehave("garbage", "GET", "/gateway/bot")
    async with Hearing(discord).running() as hearing:
        discord.says(anna, general, f"{discord.mention} are you there?")
        await discord.until(lambda: hearing.desk.events, _PATIENCE)


async def test_of_two_processes_one_hears_and_the_other_takes_over_without_a_gap(
    discord: Discord, anna: Person, general: Channel
) -> None:
    first = Hearing(discord)
    second = Hearing(discord, lease=first.elsewhere())
    async with second.adapter, asyncio.TaskGroup() as group:
        async with first.running():
            waiting = group.create_task(second.adapter.run(second.desk))
            discord.says(anna, general, f"{discord.mention} how long do keys live?")
            await discord.until(lambda: first.desk.events)
            assert discord.gateway.identified == 1
            assert second.desk.events == []
        discord.says(anna, general, f"{discord.mention} and certificates?")
        await discord.until(lambda: "and certificates?" in _texts(second))
        waiting.cancel()


async def test_who_lost_the_lease_hears_no_more(discord: Discord, hearing: Hearing) -> None:
    hearing.lease.shared["owner"] = "another"
    await discord.until(lambda: hearing.connection.gateway is None)

    assert discord.gateway.connected == 0


async def test_who_cannot_renew_the_lease_in_time_hears_no_more(discord: Discord, general: Channel) -> None:
    lease = Lease()
    lease.seconds = 1.0
    async with Hearing(discord, lease=lease).running() as hearing:
        lease.away = True
        await discord.until(lambda: hearing.connection.gateway is None)
        lease.away = False
        await discord.until(lambda: hearing.ready)

    assert general.exists
    assert "owner" not in lease.shared


async def test_what_was_heard_is_noted_only_once_all_was_looked_for(discord: Discord, hearing: Hearing) -> None:
    await discord.until(lambda: "heard" in hearing.lease.shared)

    heard = hearing.lease.shared["heard"]
    assert isinstance(heard, float)
    assert 0 <= hearing.clock.now() - heard < 300
    assert hearing.lease.noted[0] is None


async def test_at_a_start_what_nobody_answered_is_found(
    discord: Discord, guild: Guild, anna: Person, general: Channel
) -> None:
    discord.says(anna, general, f"{discord.mention} how long do keys live?")
    discord.says(anna, general, "what is for lunch?")
    hearing = Hearing(discord)
    at_home(hearing, anna.id, guild.id)
    direct = discord.direct(anna)
    discord.says(anna, direct, "and certificates?")
    talk = f"discord:{guild.id}:{direct.id}"
    before = datetime.fromtimestamp(discord.clock.now() - 60, UTC)
    hearing.desk.lately.append(Served(conversation=talk, channel=direct.id, last_at=before))
    async with hearing.running():
        await discord.until(lambda: len(_texts(hearing)) == 2)

    assert sorted(_texts(hearing)) == ["and certificates?", "how long do keys live?"]


async def test_what_the_bot_writes_while_it_looks_back_hides_nothing_that_is_older(
    discord: Discord, hearing: Hearing, guild: Guild, anna: Person
) -> None:
    direct = discord.direct(anna)
    discord.says(anna, direct, "and certificates?")
    discord.clock.move(60)
    began = discord.clock.now()
    discord.clock.move(60)
    discord.says(discord.bot, direct, "Keys live for 90 days.")
    lately = datetime.fromtimestamp(discord.clock.now() + 1, UTC)
    talk = f"discord:{guild.id}:{direct.id}"
    hearing.desk.lately.append(Served(conversation=talk, channel=direct.id, last_at=lately))

    async def found(answered: float) -> list[str]:
        finding = Finding(
            connection=hearing.connection,
            desk=hearing.desk,
            clock=hearing.clock,
            bucket=Bucket(BUDGET, hearing.clock.now()),
            oldest=began - 3_600,
            answered=answered,
        )
        return [text(one, "content") async for one in finding.said()]

    assert "and certificates?" in await found(began)
    assert "and certificates?" not in await found(discord.clock.now() + 1)


async def test_what_was_said_too_long_ago_is_let_be(discord: Discord, anna: Person, general: Channel) -> None:
    discord.clock.move(-8 * 3_600)
    discord.says(anna, general, f"{discord.mention} how long do keys live?")
    discord.clock.move(8 * 3_600)
    async with Hearing(discord).running() as hearing:
        await discord.until(lambda: "heard" in hearing.lease.shared)

        assert hearing.desk.events == []


async def test_a_client_that_is_deaf_for_minutes_is_followed_by_another(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    before = hearing.connection.gateway
    hearing.lease.seconds = 10_000.0
    discord.gateway.shut()
    discord.gateway.drop()
    await discord.until(lambda: not hearing.ready)
    hearing.clock.ahead += 200.0
    await discord.until(lambda: hearing.connection.gateway not in (before, None))
    discord.says(anna, general, f"{discord.mention} are you there?")
    discord.gateway.let_in()
    await discord.until(lambda: hearing.desk.events)

    assert _texts(hearing) == ["are you there?"]


async def test_an_adapter_ends_while_it_connects(discord: Discord, hearing: Hearing) -> None:
    discord.gateway.shut()
    discord.gateway.drop()
    await discord.until(lambda: not hearing.ready)


async def test_an_answer_that_is_no_json_does_not_end_the_platform(
    discord: Discord, anna: Person, general: Channel
) -> None:
    discord.misbehave("garbage", "GET", "/users/@me", times=2)
    async with Hearing(discord).running() as hearing:
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: hearing.of(Question))


async def test_guilds_are_asked_about_once_a_limit_for_all_calls_has_passed(
    discord: Discord, guild: Guild, anna: Person, hearing: Hearing
) -> None:
    known = hearing.connection.guild(guild.id)
    assert known is not None
    discord.misbehave("429 global", "GET", f"/guilds/{guild.id}/members/*", times=1, retry_after=1.0)
    with pytest.raises(DiscordError):
        await answered("member", known.fetch_member(int(anna.id)), within=0.3)
    found = await answered("member", known.fetch_member(int(anna.id)), within=_PATIENCE)
    assert str(found.id) == anna.id
