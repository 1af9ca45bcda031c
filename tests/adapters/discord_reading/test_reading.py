"""What was said before a question is read as people wrote it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from adapters.base import Question
from adapters.discord.errors import DiscordError
from adapters.discord.facts import Facts
from adapters.discord.fetching import Wanted, fetched
from adapters.discord.payload import when
from adapters.discord.read import read
from adapters.discord.reading import Reading
from adapters.policies import Policies, Policy
from tests.adapters.discord_reading.looking import ItsClock, payload

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.discord.connection import Connection
    from adapters.messages import Said
    from tests.doubles.discord import Channel, Discord, Guild, Message, Person


class Look:
    """Reads around what was asked by a message, as the adapter reads that message."""

    def __init__(self, discord: Discord, connection: Connection, guild: Guild) -> None:
        clock = ItsClock(discord)
        self.facts = Facts(connection, clock, guilds=None)
        self.reading = Reading(connection, self.facts, clock, patience=30)
        self.connection, self.guild = connection, guild
        self._discord = discord

    async def question(self, message: Message, **other: Any) -> Question:  # noqa: ANN401 - whatever a question has
        given = payload(self._discord, message)
        spot = await self.facts.spot(self.guild.id, message.channel.id) if given.get("guild_id") else None
        (asked,) = read("MESSAGE_CREATE", given, await self.connection.who(), when(message.id), spot)
        assert isinstance(asked, Question), asked
        if not given.get("guild_id"):  # as the intake does it, which finds out where its person is at home
            home = f"discord:{self.guild.id}"
            own, talk = (one.replace("discord:@me", home) for one in (asked.id, asked.conversation))
            asked = replace(asked, id=own, conversation=talk, place=replace(asked.place, workspace=home))
        return replace(asked, **other)

    async def around(self, message: Message, **other: Any) -> list[Said]:  # noqa: ANN401 - whatever a question has
        return list(await self.reading.around(await self.question(message, **other)))

    async def words(self, message: Message, **other: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - whatever a question has
        return [(one.author, one.text) for one in await self.around(message, **other)]


@pytest.fixture
async def look(discord: Discord, connection: Connection, guild: Guild) -> Look:
    return Look(discord, connection, guild)


@pytest.fixture
async def ben(discord: Discord, guild: Guild) -> Person:
    return discord.person("Ben", guild)


async def test_a_mention_in_a_channel_reads_nothing_of_what_people_say_there(
    discord: Discord, look: Look, general: Channel, anna: Person, ben: Person
) -> None:
    discord.says(ben, general, "What a day")
    asked = discord.says(anna, general, f"{discord.mention} how long do keys live?")
    assert await look.around(asked) == []


async def test_what_a_question_replies_to_is_read_back_to_where_it_began(
    discord: Discord, look: Look, general: Channel, anna: Person, ben: Person
) -> None:
    first = discord.says(ben, general, f"Keys live 90 days, {anna.mention}")
    second = discord.says(anna, general, "Since when?", replies_to=first)
    discord.says(ben, general, "Lunch?")
    asked = discord.says(ben, general, f"{discord.mention} is that right?", replies_to=second)
    one, other = await look.around(asked)
    assert (one.author, one.text, other.text) == ("Ben", "Keys live 90 days, @Anna", "Since when?")
    assert (one.id, one.at) == (f"discord:{look.guild.id}:{general.id}:{first.id}", when(first.id))
    assert one.url == f"https://discord.com/channels/{look.guild.id}/{general.id}/{first.id}"


async def test_replies_are_followed_ten_messages_back(
    discord: Discord, look: Look, general: Channel, anna: Person
) -> None:
    last = discord.says(anna, general, "0")
    for number in range(1, 13):
        last = discord.says(anna, general, str(number), replies_to=last)
    asked = discord.says(anna, general, f"{discord.mention} and?", replies_to=last)
    assert [words for _, words in await look.words(asked)] == [str(number) for number in range(3, 13)]


async def test_the_newest_thirty_of_a_thread_are_read_and_the_message_that_it_was_made_of(
    discord: Discord, look: Look, general: Channel, anna: Person, ben: Person
) -> None:
    root = discord.says(ben, general, "We ship on Friday")
    thread = discord.thread(anna, general, "Friday", message=root)
    for number in range(40):
        discord.says(ben, thread, f"word {number}")
    asked = discord.says(anna, thread, f"{discord.mention} when do we ship?")
    discord.says(ben, thread, "later words")
    found = [words for _, words in await look.words(asked)]
    assert found == ["We ship on Friday", *(f"word {number}" for number in range(11, 40))]


async def test_the_beginning_of_a_long_thread_is_fetched_by_itself(
    discord: Discord, look: Look, general: Channel, anna: Person, ben: Person
) -> None:
    root = discord.says(ben, general, "We ship on Friday")
    thread = discord.thread(anna, general, "Friday", message=root)
    for number in range(110):
        discord.says(ben, thread, f"word {number}")
    asked = discord.says(anna, thread, f"{discord.mention} when do we ship?")
    found = [words for _, words in await look.words(asked)]
    assert (found[0], found[-1], len(found)) == ("We ship on Friday", "word 109", 30)


async def test_a_post_is_read_with_its_title_and_its_first_message(
    discord: Discord, look: Look, guild: Guild, anna: Person, ben: Person
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(ben, forum, "Keys of the door", "How long do they live?")
    asked = discord.says(anna, post, f"{discord.mention} do you know?")
    (said,) = await look.around(asked)
    assert (said.author, said.text) == ("Ben", "Keys of the door\nHow long do they live?")
    assert said.id == f"discord:{guild.id}:{post.id}:{post.id}"


async def test_a_posts_first_message_that_asks_is_read_by_its_title_alone(
    discord: Discord, look: Look, guild: Guild, anna: Person
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(anna, forum, "Keys of the door", f"{discord.mention} how long do they live?")
    assert await look.words(discord.message(post.id)) == [("Anna", "Keys of the door")]


async def test_a_post_whose_first_message_is_gone_keeps_its_title(
    discord: Discord, look: Look, guild: Guild, anna: Person, ben: Person
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(ben, forum, "Keys of the door", "How long do they live?")
    discord.deletes(discord.message(post.id))
    asked = discord.says(anna, post, f"{discord.mention} do you know?")
    assert await look.words(asked) == [("somebody", "Keys of the door")]


async def test_what_bots_and_the_bot_itself_say_is_left_out(
    discord: Discord, look: Look, guild: Guild, general: Channel, anna: Person
) -> None:
    other = discord.person("Robot", guild, bot=True)
    thread = discord.thread(anna, general, "Keys")
    discord.says(other, thread, "Beep")
    discord.world.create_message(int(thread.id), int(discord.me), "90 days. [1]")
    discord.says(anna, thread, "They live too long")
    asked = discord.says(anna, thread, f"{discord.mention} how long?")
    assert await look.words(asked) == [("Anna", "They live too long")]


async def test_in_a_direct_message_only_what_is_replied_to_is_read(
    discord: Discord, look: Look, guild: Guild, general: Channel, anna: Person
) -> None:
    assert general.exists
    direct = discord.direct(anna)
    first = discord.says(anna, direct, "Keys live 90 days")
    discord.says(anna, direct, "Hm")
    asked = discord.says(anna, direct, "is that right?", replies_to=first)
    (said,) = await look.around(asked)
    assert said.text == "Keys live 90 days"
    assert said.id == f"discord:{guild.id}:{direct.id}:{first.id}"
    assert said.url == f"https://discord.com/channels/@me/{direct.id}/{first.id}"


async def test_a_question_about_a_message_reads_that_one_first(
    discord: Discord, look: Look, general: Channel, anna: Person, ben: Person
) -> None:
    thread = discord.thread(anna, general, "Keys")
    discord.says(ben, thread, "Once upon a time")
    meant = discord.says(ben, thread, "Keys live 90 days")
    later = discord.says(ben, thread, "Lunch?")
    asked = discord.says(anna, thread, f"{discord.mention} is that right?")
    name = f"discord:{look.guild.id}:about:{thread.id}:{meant.id}:{asked.id}"
    found = [words for _, words in await look.words(asked, id=name, text="is that right?")]
    assert found == ["Keys live 90 days", "Once upon a time", "Lunch?"]
    assert later.id in [one.id.rpartition(":")[2] for one in await look.around(asked, id=name)]


async def test_a_forged_name_lets_nobody_read_what_stands_elsewhere(
    discord: Discord, look: Look, general: Channel, anna: Person, ben: Person
) -> None:
    secret = discord.channel("secret", look.guild, private_to=[ben])
    meant = discord.says(ben, secret, "Nobody knows this")
    asked = discord.says(anna, general, f"{discord.mention} is that right?")
    for name in (f"about:{secret.id}:{meant.id}:{asked.id}", f"{secret.id}:{meant.id}", "about", "1", ":::", "x:y:z"):
        assert await look.around(asked, id=f"discord:{look.guild.id}:{name}") == []


async def test_what_is_asked_by_a_command_in_a_thread_reads_what_was_said_before_it(
    discord: Discord, look: Look, guild: Guild, general: Channel, anna: Person
) -> None:
    thread = discord.thread(anna, general, "Keys")
    discord.says(anna, thread, "They live too long")
    asked = discord.says(anna, thread, f"{discord.mention} how long?")
    discord.says(anna, thread, "later words")
    name = f"discord:{guild.id}:interaction:{asked.id}"
    assert await look.words(asked, id=name, text="how long?") == [("Anna", "They live too long")]


async def test_a_question_that_follows_on_another_conversation_reads_nothing(
    discord: Discord, look: Look, general: Channel, anna: Person
) -> None:
    first = discord.says(anna, general, "Keys live 90 days")
    asked = discord.says(anna, general, f"{discord.mention} is that right?", replies_to=first)
    assert await look.around(asked, follows="discord:1:2") == []


async def test_a_message_that_came_with_nothing_needs_no_call(
    discord: Discord, look: Look, general: Channel, anna: Person
) -> None:
    asked = discord.says(anna, general, f"{discord.mention} how long do keys live?")
    question = await look.question(asked)
    look.reading.heard(question.id, bare=True)
    before = len(discord.called("GET", "/channels/*"))
    assert await look.reading.around(question) == ()
    assert len(discord.called("GET", "/channels/*")) == before


async def test_what_cannot_be_read_is_left_out(discord: Discord, look: Look, general: Channel, anna: Person) -> None:
    thread = discord.thread(anna, general, "Keys")
    asked = discord.says(anna, thread, f"{discord.mention} how long?")
    question = await look.question(asked)
    discord.misbehave("429 banned", "GET", "/channels/*")
    assert await look.reading.around(question) == ()


@pytest.fixture
async def files(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[TestServer]:
    """A server of Discord's own for files: that which is called."""

    async def content(request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        return web.Response(body=b"Keys live 90 days.")

    async def elsewhere(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/keys.md"})

    application = web.Application()
    application.router.add_get("/keys.md", content)
    application.router.add_get("/moved.md", elsewhere)
    server = TestServer(application)
    async with server:
        monkeypatch.setattr("adapters.discord.fetching.Route", _Here(str(server.make_url(""))))
        yield server


class _Here:
    def __init__(self, base: str) -> None:
        self.BASE = base.rstrip("/")


async def test_files_are_read_where_the_channels_policy_says_so(
    discord: Discord, look: Look, general: Channel, anna: Person, files: TestServer
) -> None:
    asked = discord.says(anna, general, f"{discord.mention} how long do they live?")
    address = str(files.make_url("/keys.md"))
    kinds = (("keys.md", address), ("keys.png", address), ("away.md", "https://files.example/keys.md"))
    asked.kept.attachments = [
        {"id": str(number), "filename": name, "size": 18, "url": url, "content_type": "text/markdown"}
        if name.endswith("md")
        else {"id": str(number), "filename": name, "size": 18, "url": url, "content_type": "image/png"}
        for number, (name, url) in enumerate(kinds, 1)
    ]
    (said,) = await look.around(asked)
    (file,) = said.attached
    assert (file.name, file.media, file.content) == ("keys.md", "text/markdown", b"Keys live 90 days.")
    assert said.text == ""
    without = Reading(look.connection, look.facts, ItsClock(discord), policies=Policies(everywhere=Policy(files=False)))
    assert await without.around(await look.question(asked)) == ()


async def test_a_file_is_fetched_whole_and_from_discord_alone(files: TestServer) -> None:
    assert Route.BASE
    address = str(files.make_url("/keys.md"))
    assert await fetched(Wanted(address=address, size=18)) == b"Keys live 90 days."
    for wrong in (
        Wanted(address=address, size=17),
        Wanted(address=address, size=19),
        Wanted(address=str(files.make_url("/moved.md")), size=18),
        Wanted(address=str(files.make_url("/gone.md")), size=18),
        Wanted(address="http://cdn.discordapp.com/keys.md", size=18),
        Wanted(address="https://cdn.discordapp.com.example/keys.md", size=18),
        Wanted(address="https://you@cdn.discordapp.com/keys.md", size=18),
        Wanted(address="https://[", size=18),
    ):
        with pytest.raises(DiscordError):
            await fetched(wrong)
