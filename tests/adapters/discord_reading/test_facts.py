"""Who reads where on Discord, by the double's channels and permissions; the same with the gateway and without it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from adapters.audience import NOBODY, PUBLIC
from adapters.base import Place
from adapters.discord.base import Spot
from adapters.discord.errors import DiscordError
from adapters.discord.events import DIRECT
from adapters.discord.facts import Facts
from tests.adapters.discord_reading.conftest import hearing
from tests.adapters.discord_reading.looking import ItsClock, comes, of, person, place, reads

if TYPE_CHECKING:
    from adapters.discord.connection import Connection
    from tests.doubles.discord import Channel, Discord, Guild, Person


async def test_a_public_channels_readers_hold_their_guild_and_that_channel(
    facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    everyone = {PUBLIC, *of(guild, "", f"channel:{general.id}")}
    found = await reads(facts, place(guild, general), anna, everyone, of(guild, f"person:{anna.id}"))
    assert found.why is None


async def test_what_the_asker_may_read_elsewhere_is_theirs_alone(
    discord: Discord, facts: Facts, guild: Guild, general: Channel
) -> None:
    admins = discord.role("admins", guild)
    ben = discord.person("Ben", guild, roles=[admins])
    secret = discord.channel("secret", guild, private_to=[admins])
    discord.channel("others", guild, private_to=[])
    everyone = {PUBLIC, *of(guild, "", f"channel:{general.id}")}
    own = of(guild, f"channel:{secret.id}", f"group:{admins.id}", f"person:{ben.id}")
    await reads(facts, place(guild, general), ben, everyone, own)


async def test_a_private_channel_proves_no_role_as_administrators_see_it_too(
    discord: Discord, facts: Facts, guild: Guild, general: Channel
) -> None:
    team = discord.role("team", guild)
    ben = discord.person("Ben", guild, roles=[team])
    secret = discord.channel("secret", guild, private_to=[team])
    everyone = {PUBLIC, *of(guild, "", f"channel:{secret.id}")}
    own = of(guild, f"channel:{general.id}", f"group:{team.id}", f"person:{ben.id}")
    await reads(facts, place(guild, secret), ben, everyone, own)


async def test_somebody_may_be_let_into_a_channel_by_name_or_because_they_run_the_guild(
    discord: Discord, facts: Facts, guild: Guild, anna: Person
) -> None:
    bosses = discord.role("bosses", guild, permissions=["administrator"])
    boss = discord.person("Boss", guild, roles=[bosses])
    secret = discord.channel("secret", guild, private_to=[anna])
    everyone = {PUBLIC, *of(guild, "", f"channel:{secret.id}")}
    await reads(facts, place(guild, secret), anna, everyone, of(guild, f"person:{anna.id}"))
    own = of(guild, f"group:{bosses.id}", f"person:{boss.id}")
    await reads(facts, place(guild, secret), boss, everyone, own)


async def test_whoever_no_longer_sees_a_channel_holds_nothing_of_it(
    discord: Discord, facts: Facts, guild: Guild, general: Channel
) -> None:
    team = discord.role("team", guild)
    ben = discord.person("Ben", guild, roles=[team])
    secret = discord.channel("secret", guild, private_to=[team])
    where = place(guild, secret)
    own = of(guild, f"channel:{general.id}", f"group:{team.id}", f"person:{ben.id}")
    await reads(facts, where, ben, {PUBLIC, *of(guild, "", f"channel:{secret.id}")}, own)
    discord.takes(ben, team)
    discord.clock.move(61)
    own = of(guild, "", f"channel:{general.id}", f"person:{ben.id}")
    found = await reads(facts, where, ben, {PUBLIC}, own)
    assert found.why == "it is not known who reads here"


async def test_a_channel_that_is_closed_meanwhile_is_so_at_once_or_within_half_a_minute(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    where, own = place(guild, general), of(guild, f"person:{anna.id}")
    await reads(facts, where, anna, {PUBLIC, *of(guild, "", f"channel:{general.id}")}, own)
    discord.overwrites(general, guild, deny=["view_channel"])
    discord.clock.move(31)
    await reads(facts, where, anna, {PUBLIC}, own | of(guild, ""))


async def test_a_channel_that_is_gone_is_read_by_anybody(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    discord.deletes_channel(general)
    await reads(facts, place(guild, general), anna, {PUBLIC}, of(guild, "", f"person:{anna.id}"))


async def test_where_somebody_may_see_what_is_said_but_not_what_was_the_channel_is_not_held(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    muted = discord.role("muted", guild)
    discord.overwrites(general, muted, deny=["read_message_history"])
    own = of(guild, f"channel:{general.id}", f"person:{anna.id}")
    await reads(facts, place(guild, general), anna, {PUBLIC, *of(guild, "")}, own)
    lurker = discord.person("Lurker", guild, roles=[muted])
    own = of(guild, f"group:{muted.id}", f"person:{lurker.id}")
    await reads(facts, place(guild, general), lurker, {PUBLIC, *of(guild, "")}, own)


async def test_threads_and_posts_are_read_as_their_channel(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(anna, forum, "Keys", "How long do they live?")
    thread = discord.thread(anna, general, "Keys")
    hidden = discord.thread(anna, general, "Keys", private=True)
    both = of(guild, f"channel:{general.id}", f"channel:{forum.id}")
    for channel, within in ((general, thread), (general, hidden), (forum, post)):
        here = of(guild, f"channel:{channel.id}")
        own = (both - here) | of(guild, f"person:{anna.id}")
        await reads(facts, place(guild, channel, thread=within.id), anna, {PUBLIC, *of(guild, ""), *here}, own)


async def test_a_thread_that_is_known_to_stand_elsewhere_is_read_by_anybody(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    secret = discord.channel("secret", guild, private_to=[anna])
    thread = discord.thread(anna, secret, "Keys")
    await comes(lambda: facts.spot(guild.id, thread.id), Spot(sort="thread", channel=secret.id, thread=thread.id))
    own = of(guild, "", f"channel:{general.id}", f"channel:{secret.id}", f"person:{anna.id}")
    await reads(facts, place(guild, general, thread=thread.id), anna, {PUBLIC}, own)


async def test_a_direct_message_is_read_by_its_person_alone(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    where = place(guild, discord.direct(anna), private_to=anna)
    everyone = {PUBLIC, *of(guild, "", f"channel:{general.id}", f"person:{anna.id}")}
    await reads(facts, where, anna, everyone, set())
    ben = discord.person("Ben", guild)
    assert await facts.audience(where, person(ben)) == NOBODY


async def test_strangers_hold_nothing_and_it_is_said_why(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    stranger = discord.person("Stranger")
    found = await reads(facts, place(guild, general), stranger, {PUBLIC}, set())
    assert found.why == "whoever asks is no member of this server, or has not agreed to its rules yet"
    await reads(facts, place(guild, general, private_to=stranger), stranger, {PUBLIC}, set())
    discord.leaves(anna, guild)
    discord.clock.move(61)
    await reads(facts, place(guild, general), anna, {PUBLIC}, set())


async def test_whoever_has_not_agreed_to_a_guilds_rules_is_a_stranger(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    discord.world.guilds[int(guild.id)].members[int(anna.id)].pending = True
    await reads(facts, place(guild, general), anna, {PUBLIC}, set())
    assert await facts.member(guild.id, anna.id) is False
    assert await facts.home(anna.id) is None


async def test_a_channel_of_another_guild_is_none_of_this_one(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    other = discord.guild("Other")
    elsewhere = discord.channel("elsewhere", other)
    discord.joins(anna, other)
    own = of(guild, "", f"channel:{general.id}", f"person:{anna.id}")
    await reads(facts, place(guild, elsewhere), anna, {PUBLIC}, own)


@pytest.mark.parametrize("workspace", ["discord:1", "discord:@me", "discord:", "discord:x", "discord:9" * 9])
async def test_a_guild_that_nobody_knows_has_no_members(
    facts: Facts, general: Channel, anna: Person, workspace: str
) -> None:
    where = Place(platform="discord", workspace=workspace, channel=general.id)
    found = await facts.audience(where, person(anna))
    assert found.everyone | found.asker <= {PUBLIC}


async def test_a_guild_that_is_not_named_has_only_strangers(
    discord: Discord, connection: Connection, guild: Guild, general: Channel, anna: Person
) -> None:
    facts = Facts(connection, ItsClock(discord), guilds=frozenset({"1"}))
    found = await facts.audience(place(guild, general), person(anna))
    assert (found.everyone, found.asker, found.why) == (
        frozenset({PUBLIC}),
        frozenset(),
        "DISCORD_GUILDS does not name this server",
    )
    assert await facts.home(anna.id) is None
    assert await facts.allowed(guild.id) is False
    assert await facts.allowed("1") is True


async def test_while_discord_does_not_answer_anybody_reads(
    discord: Discord, calling: Connection, guild: Guild, general: Channel, anna: Person
) -> None:
    await calling.client()
    facts = Facts(calling, ItsClock(discord), guilds=frozenset({guild.id}))
    discord.misbehave("429 banned", "GET", "/guilds/*")
    found = await facts.audience(place(guild, general), person(anna))
    assert (found.everyone, found.asker) == (frozenset({PUBLIC}), frozenset())
    assert await facts.member(guild.id, anna.id) is None
    assert await facts.can(guild.id, general.id, "send_messages") is None
    with pytest.raises(DiscordError):
        await facts.home(anna.id)


async def test_it_says_what_a_channel_is(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    voice = discord.channel("talk", guild, kind="voice")
    news = discord.channel("news", guild, kind="announcement")
    post = discord.posts(anna, forum, "Keys", "How long do they live?")
    thread = discord.thread(anna, general, "Keys")
    hidden = discord.thread(anna, general, "Keys", private=True)
    discord.world.add_thread_member(int(hidden.id), int(discord.me))
    for one, wanted in (
        (general, Spot(sort="text", channel=general.id)),
        (news, Spot(sort="text", channel=news.id)),
        (voice, Spot(sort="voice", channel=voice.id)),
        (forum, Spot(sort="unknown", channel=forum.id)),
        (post, Spot(sort="post", channel=forum.id, thread=post.id)),
        (thread, Spot(sort="thread", channel=general.id, thread=thread.id)),
        (hidden, Spot(sort="private thread", channel=general.id, thread=hidden.id)),
    ):
        await comes(partial(facts.spot, guild.id, one.id), wanted)
    direct = discord.direct(anna)
    assert await facts.spot(DIRECT, direct.id) == Spot(sort="direct", channel=direct.id)
    with pytest.raises(DiscordError):
        await facts.spot(guild.id, direct.id)
    with pytest.raises(DiscordError):
        await facts.spot(guild.id, "1")


async def test_a_persons_home_is_the_first_guild_that_they_are_in(
    discord: Discord, connection: Connection, guild: Guild, general: Channel, anna: Person
) -> None:
    assert general.exists
    other = discord.guild("Other")
    ben = discord.person("Ben", other, guild)
    facts = Facts(connection, ItsClock(discord), guilds=frozenset({guild.id, other.id}))
    first = min(guild.id, other.id, key=int)
    await comes(lambda: facts.home(ben.id), first)
    assert await facts.home(anna.id) == guild.id
    assert await facts.home(discord.person("Stranger").id) is None


async def test_it_says_what_the_bot_may_do(
    discord: Discord, facts: Facts, guild: Guild, general: Channel, anna: Person
) -> None:
    mute = discord.channel("mute", guild, without=["send_messages"])
    thread = discord.thread(anna, mute, "Keys")
    hidden = discord.channel("hidden", guild, private_to=[anna], bot=False)
    for channel, wanted in ((general, True), (mute, False), (hidden, False)):
        await comes(partial(facts.can, guild.id, channel.id, "view_channel", "send_messages"), wanted)
    await comes(lambda: facts.can(guild.id, thread.id, "send_messages_in_threads"), True)
    assert not await facts.can(guild.id, "1", "send_messages")


async def test_what_anybody_may_add_answers_only_where_it_was_first_until_guilds_are_named(
    discord: Discord, connection: Connection, guild: Guild, anna: Person
) -> None:
    discord.clock.move(60)
    other = discord.guild("Other")
    discord.joins(anna, other)
    application = (await connection.client()).application
    assert application is not None
    clock = ItsClock(discord)
    facts = Facts(connection, clock, guilds=None)
    cases: tuple[tuple[bool, frozenset[str] | None, tuple[str | None, str | None]], ...] = (
        (False, None, (None, None)),
        (True, frozenset({other.id}), ("DISCORD_GUILDS does not name this server", None)),
        (True, None, (None, "it is only for the server that it joined first, until DISCORD_GUILDS names its servers")),
    )
    for public, named, wanted in cases:
        application.bot_public = public
        facts = Facts(connection, clock, guilds=named)

        async def why(facts: Facts = facts) -> tuple[str | None, str | None]:
            return await facts.why_not(guild.id), await facts.why_not(other.id)

        await comes(why, wanted)
    assert (await facts.allowed(guild.id), await facts.allowed(other.id)) == (True, False)
    assert await facts.home(anna.id) == guild.id


async def test_what_anybody_may_add_answers_in_the_only_guild_that_it_is_in(
    connection: Connection, guild: Guild, facts: Facts
) -> None:
    application = (await connection.client()).application
    assert application is not None
    application.bot_public = True
    assert await facts.allowed(guild.id)


async def test_where_it_was_first_nobody_else_comes_after_it(
    connection: Connection, discord: Discord, guild: Guild
) -> None:
    application = (await connection.client()).application
    assert application is not None
    application.bot_public = True
    kept: dict[str, str] = {}

    async def settled(first: str) -> str:
        return kept.setdefault("first", first)

    assert await Facts(connection, ItsClock(discord), guilds=None, settled=settled).allowed(guild.id)
    kept["first"] = "1"  # it left that one since
    assert not await Facts(connection, ItsClock(discord), guilds=None, settled=settled).allowed(guild.id)


async def test_where_nobody_can_say_which_was_first_none_is(
    connection: Connection, discord: Discord, guild: Guild
) -> None:
    application = (await connection.client()).application
    assert application is not None
    application.bot_public = True

    async def away(_: str) -> str:
        raise OSError

    facts = Facts(connection, ItsClock(discord), guilds=None, settled=away)
    with pytest.raises(DiscordError):
        await facts.allowed(guild.id)


async def test_while_the_gateway_is_lost_what_it_told_counts_no_more(
    discord: Discord, calling: Connection, guild: Guild, general: Channel, anna: Person
) -> None:
    facts = Facts(calling, ItsClock(discord), guilds=None)
    async with hearing(discord) as client:
        calling.gateway = client
        assert calling.guild(guild.id) is not None
        discord.gateway.shut()
        discord.gateway.drop()
        await discord.until(lambda: calling.guild(guild.id) is None)
        discord.overwrites(general, guild, deny=["view_channel"])
        own = of(guild, "", f"person:{anna.id}")
        await reads(facts, place(guild, general), anna, {PUBLIC}, own)
        discord.gateway.let_in()
        await discord.until(lambda: calling.guild(guild.id) is not None)
        discord.overwrites(general, guild, allow=["view_channel"])
        everyone = {PUBLIC, *of(guild, "", f"channel:{general.id}")}
        await reads(facts, place(guild, general), anna, everyone, of(guild, f"person:{anna.id}"))
        calling.gateway = None


async def test_a_kind_of_channel_that_is_new_hides_no_other(
    discord: Discord, calling: Connection, guild: Guild, general: Channel, anna: Person
) -> None:
    strange = discord.channel("strange", guild)
    strange.stored.type = 99
    facts = Facts(calling, ItsClock(discord), guilds=None)
    everyone = {PUBLIC, *of(guild, "", f"channel:{general.id}")}
    await reads(facts, place(guild, general), anna, everyone, of(guild, f"person:{anna.id}"))
    own = of(guild, "", f"person:{anna.id}")
    await reads(facts, place(guild, strange), anna, {PUBLIC}, own)
