"""What people do at Discord does not keep others from being heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.facts import Facts

if TYPE_CHECKING:
    from tests.doubles.discord import Discord, Guild, Person


async def test_somebody_is_of_the_same_guild_whether_or_not_discord_answers(
    discord: Discord, guild: Guild, anna: Person
) -> None:
    from adapters.discord.connection import Connection
    from tests.adapters.discord_reading.looking import ItsClock

    second = discord.guild("Second")
    ben = discord.person("Ben", guild, second)
    with discord.redirected():
        async with Connection(discord.token, discord.api_url) as connection:
            facts = Facts(connection, ItsClock(discord), guilds=frozenset({guild.id, second.id}))
            discord.misbehave("503", "GET", f"/guilds/{min(guild.id, second.id)}/members/{ben.id}", times=5)
            try:
                first = await facts.home(ben.id)
            except Exception as error:
                first = repr(error)
            discord.recover()
            discord.clock.move(120)
            assert first == await facts.home(ben.id) or "Error" in str(first) or "Unsure" in str(first)


async def test_whoever_may_not_read_history_hears_nothing_of_a_channels_past(discord: Discord, guild: Guild) -> None:
    import discord as library

    from adapters.discord.connection import Connection
    from tests.adapters.discord_reading.looking import ItsClock, person, place

    usual = ["view_channel", "send_messages"]
    discord.permits(guild, *usual)  # everybody, without the history
    staff = discord.role("staff", guild, permissions=["read_message_history"])
    anna = discord.person("Anna", guild, roles=[staff])
    ben = discord.person("Ben", guild)
    secret = discord.channel("secret", guild, private_to=[anna, ben])
    with discord.redirected():
        async with Connection(discord.token, discord.api_url) as connection:
            facts = Facts(connection, ItsClock(discord), guilds=None)
            bens = await facts.audience(place(guild, secret), person(ben))
            annas = await facts.audience(place(guild, secret), person(anna))
            assert f"discord:{guild.id}:channel:{secret.id}" not in (bens.everyone | bens.asker)
            assert f"discord:{guild.id}:channel:{secret.id}" not in annas.everyone, annas
    assert library
