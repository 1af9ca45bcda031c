"""Who reads where beside a guild's own people, and what of a channel's past; and whose guild is somebody's home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.audience import PUBLIC
from adapters.discord.errors import DiscordError
from adapters.discord.facts import Facts
from tests.adapters.discord_reading.looking import ItsClock, comes, discoverable, of, place, reads

if TYPE_CHECKING:
    from adapters.discord.connection import Connection
    from tests.doubles.discord import Channel, Discord, Guild, Person


@pytest.fixture
def open_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    discoverable(monkeypatch)


@pytest.mark.usefixtures("open_to_all")
class TestInAServerThatAnybodyMayLookInto:
    async def test_what_everybody_sees_is_read_by_anybody(
        self, facts: Facts, guild: Guild, general: Channel, anna: Person
    ) -> None:
        own = of(guild, "", f"channel:{general.id}", f"person:{anna.id}")
        found = await reads(facts, place(guild, general), anna, {PUBLIC}, own)
        assert found.why == "anybody may look into this server without joining it"

    async def test_a_private_channel_is_read_by_its_own_people(
        self, discord: Discord, facts: Facts, guild: Guild, anna: Person
    ) -> None:
        secret = discord.channel("secret", guild, private_to=[anna])
        everyone = {PUBLIC, *of(guild, "", f"channel:{secret.id}")}
        await reads(facts, place(guild, secret), anna, everyone, of(guild, f"person:{anna.id}"))


async def test_a_voice_channels_chat_may_be_read_by_a_guest(
    discord: Discord, facts: Facts, guild: Guild, anna: Person
) -> None:
    lounge = discord.channel("lounge", guild, kind="voice")
    own = of(guild, "", f"channel:{lounge.id}", f"person:{anna.id}")
    found = await reads(facts, place(guild, lounge), anna, {PUBLIC}, own)
    assert found.why == "it is not known who reads here"


async def test_a_channel_is_not_held_where_somebody_is_let_in_by_name_who_may_not_read_its_past(
    discord: Discord, facts: Facts, guild: Guild
) -> None:
    discord.permits(guild, "view_channel", "send_messages")
    staff = discord.role("staff", guild, permissions=["read_message_history"])
    anna = discord.person("Anna", guild, roles=[staff])
    ben = discord.person("Ben", guild)
    secret = discord.channel("secret", guild, private_to=[anna, ben])
    own = of(guild, f"channel:{secret.id}", f"group:{staff.id}", f"person:{anna.id}")
    await reads(facts, place(guild, secret), anna, {PUBLIC, *of(guild, "")}, own)
    await reads(facts, place(guild, secret), ben, {PUBLIC, *of(guild, "")}, of(guild, f"person:{ben.id}"))
    discord.overwrites(secret, guild, allow=["read_message_history"], deny=["view_channel"])
    discord.clock.move(60)
    held = {PUBLIC, *of(guild, "", f"channel:{secret.id}")}
    await reads(facts, place(guild, secret), ben, held, of(guild, f"person:{ben.id}"))


async def test_nobody_is_given_another_home_because_one_guild_cannot_be_asked(
    discord: Discord, connection: Connection, guild: Guild, general: Channel
) -> None:
    assert general.exists
    other = discord.guild("Other")
    ben = discord.person("Ben", guild, other)
    facts = Facts(connection, ItsClock(discord), guilds=frozenset({guild.id, other.id}))
    first = min(guild.id, other.id, key=int)
    discord.misbehave("503", "GET", f"/guilds/{first}/members/{ben.id}", times=50)
    with pytest.raises(DiscordError):
        await facts.home(ben.id)
    discord.recover()
    discord.clock.move(120)
    await comes(lambda: facts.home(ben.id), first)


async def test_a_home_stays_the_same_until_its_person_leaves_it(
    discord: Discord, connection: Connection, guild: Guild, general: Channel
) -> None:
    assert general.exists
    other = discord.guild("Other")
    first, second = sorted((guild, other), key=lambda one: int(one.id))
    ben = discord.person("Ben", second)
    facts = Facts(connection, ItsClock(discord), guilds=frozenset({first.id, second.id}))
    await comes(lambda: facts.home(ben.id), second.id)
    discord.joins(ben, first)
    discord.clock.move(120)
    assert await facts.member(first.id, ben.id)
    assert await facts.home(ben.id) == second.id
    discord.leaves(ben, second)
    discord.clock.move(120)
    assert await facts.home(ben.id) == first.id
