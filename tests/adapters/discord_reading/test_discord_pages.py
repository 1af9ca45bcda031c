"""What Discord shows to one person alone: forms, sources, the commands' pages, suggestions, and a greeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import pytest

from adapters.base import Turn
from adapters.discord import kit, views
from adapters.discord.acting import interaction
from adapters.discord.errors import DiscordError
from adapters.discord.events import AskingAbout, Commanded, Disliked, PageWanted, Pressed, QuotesWanted, Suggesting
from adapters.discord.pages import Pages
from adapters.parts import Citation
from adapters.spending import Allowance, Spending
from adapters.telling import REASONS, WITHHELD
from adapters.wishes import History, Past
from tests.adapters.discord_reading.conftest import hearing
from tests.adapters.discord_reading.looking import ItsClock
from tests.doubles.adapters import RecordingDesk

if TYPE_CHECKING:
    from adapters.discord.connection import Connection
    from tests.doubles.discord import Channel, Discord, Guild, Person
    from tests.doubles.discord.interactions import Asked

T = TypeVar("T")

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
CITED = Citation(
    number=1, title="Keys", url="https://docs.example/keys", quote="Keys live 90 days. @everyone", document="keys.md"
)
PROMPT = "How long do keys live?"


class Show:
    """Reads an interaction as the adapter does, and shows what it wants."""

    def __init__(self, discord: Discord, connection: Connection) -> None:
        self.desk = RecordingDesk()
        self.pages = Pages(connection, ItsClock(discord), lambda: NOW)
        self._connection = connection

    async def read(self, asked: Asked, kind: type[T]) -> T:
        found = interaction(asked.payload, await self._connection.who(), NOW)
        assert isinstance(found, kind), found
        return found

    async def page(self, asked: Asked) -> list[str]:
        await self.pages.page(self.desk, await self.read(asked, PageWanted))
        return shown(asked)


def shown(asked: Asked) -> list[str]:
    """What is seen of the answer, by its person alone and with nothing that calls or unfolds."""
    messages = [one for one in (asked.original, *asked.followups) if one is not None]
    assert messages
    for one in messages:
        assert one.ephemeral
        assert one.flags & kit.SUPPRESS_EMBEDS
        assert not one.pings
        assert 0 < len(one.content) <= kit.MESSAGE_LIMIT
    return [one.shown for one in messages]


def turn(question: str, answer: str = "a1") -> Turn:
    return Turn(answer=answer, question=question, text="90 days. [1]", verdict="answered", asked_at=NOW)


def past(question: str, conversation: str = "c1") -> Past:
    return Past(conversation=conversation, first_question=question, turns=1, last_at=NOW)


@pytest.fixture
async def show(discord: Discord, calling: Connection) -> Show:
    return Show(discord, calling)


async def test_help_and_privacy_are_said_at_once(discord: Discord, show: Show, general: Channel, anna: Person) -> None:
    asked = discord.commands(anna, general, "help")
    (words,) = await show.page(asked)
    assert "/ask" in words
    assert "Sources" in words
    assert asked.acknowledged is not None
    assert asked.acknowledged.type == 4
    (words,) = await show.page(discord.commands(anna, general, "privacy"))
    assert "everybody who reads it may read" in words


async def test_limits_are_told_in_words(discord: Discord, show: Show, general: Channel, anna: Person) -> None:
    allowance = Allowance(of="person", unit="questions", used=3, limit=10, resets_at=NOW)
    show.desk.spending = Spending(allowances=(allowance,))
    (words,) = await show.page(discord.commands(anna, general, "usage"))
    assert words.startswith("Today you have used 3 of 10 questions (30 %).")


async def test_the_sources_of_the_last_answer_here_are_shown_with_their_passages(
    discord: Discord, show: Show, guild: Guild, general: Channel, anna: Person
) -> None:
    thread = discord.thread(anna, general, "Keys")
    show.desk.turns[f"discord:{guild.id}:{thread.id}"] = (turn("Who?", "a0"), turn(PROMPT))
    show.desk.citations["a1"] = (CITED,)
    asked = discord.commands(anna, thread, "sources")
    (words,) = await show.page(asked)
    assert words.startswith(f"Asked last: {PROMPT}")
    assert "Keys live 90 days." in words
    assert asked.original is not None
    assert "](<https://docs.example/keys>)" in asked.original.content
    assert asked.acknowledged is not None
    assert asked.acknowledged.type == 5


async def test_in_a_channel_the_sources_are_those_of_what_one_asked_last(
    discord: Discord, show: Show, general: Channel, anna: Person
) -> None:
    show.desk.past = (past(PROMPT, "elsewhere"), past("Who?", "older"))
    others = replace(turn("Who leaves?", "a2"), asker="1")
    show.desk.turns["elsewhere"] = (replace(turn(PROMPT), asker=anna.id), others)
    show.desk.citations["a1"] = (CITED,)
    (words,) = await show.page(discord.commands(anna, general, "sources"))
    assert "Keys live 90 days." in words
    looked = [one for one in show.desk.wishes if isinstance(one, History)]
    assert [one.place.private_to for one in looked] == [anna.id, anna.id]


async def test_where_nothing_was_answered_or_nothing_may_be_shown_that_is_said(
    discord: Discord, show: Show, guild: Guild, general: Channel, anna: Person
) -> None:
    assert await show.page(discord.commands(anna, general, "sources")) == [views.UNANSWERED]
    thread = discord.thread(anna, general, "Keys")
    show.desk.turns[f"discord:{guild.id}:{thread.id}"] = (turn(PROMPT),)
    (words,) = await show.page(discord.commands(anna, thread, "sources"))
    assert words.endswith(WITHHELD)
    show.desk.turns[f"discord:{guild.id}:{thread.id}"] = (replace(turn(PROMPT), verdict="unknown"),)
    assert await show.page(discord.commands(anna, thread, "sources")) == [views.SOURCELESS]


async def test_what_the_desk_cannot_say_now_is_said_to_be_so(
    discord: Discord, show: Show, general: Channel, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    for method in ("usage", "history", "conversations", "quoted"):
        monkeypatch.setattr(show.desk, method, broken)
    assert await show.page(discord.commands(anna, general, "usage")) == [views.UNKNOWN]
    assert await show.page(discord.commands(anna, general, "sources")) == [views.UNKNOWN]
    asked = discord.types(anna, general, "ask", "question", "keys")
    await show.pages.suggest(show.desk, await show.read(asked, Suggesting))
    assert asked.choices == []


async def test_an_answers_quotes_come_to_whoever_presses_its_button(
    discord: Discord, show: Show, general: Channel, anna: Person
) -> None:
    message = discord.says(anna, general, "an answer")
    show.desk.citations["a1"] = (CITED,)
    asked = discord.presses(anna, message, kit.custom(kit.QUOTES, "a1"))
    await show.pages.quotes(show.desk, await show.read(asked, QuotesWanted))
    (words,) = shown(asked)
    assert "Keys live 90 days." in words
    assert "@everyone" not in words


async def test_many_quotes_take_several_messages_and_what_has_no_room_is_counted(
    discord: Discord, show: Show, general: Channel, anna: Person
) -> None:
    message = discord.says(anna, general, "an answer")
    show.desk.citations["a1"] = tuple(
        Citation(number=n, title=f"Page {n}", url=None, quote="*word* " * 90, document="d") for n in range(1, 31)
    )
    asked = discord.presses(anna, message, kit.custom(kit.QUOTES, "a1"))
    await show.pages.quotes(show.desk, await show.read(asked, QuotesWanted))
    pages = shown(asked)
    assert len(pages) == views.PAGES
    assert pages[-1].splitlines()[-1].startswith("and ")
    said = sum(page.count("Page ") for page in pages)
    assert pages[-1].endswith(f"and {30 - said} more")


async def test_the_form_about_a_message_asks_the_question(
    discord: Discord, show: Show, guild: Guild, general: Channel, anna: Person
) -> None:
    message = discord.says(anna, general, "Keys live 90 days, see https://docs.example/" + "x" * 300)
    asked = discord.asks_about(anna, message)
    await show.pages.ask_about(await show.read(asked, AskingAbout))
    sent = discord.submits(anna, asked, {"Question": "Is that right?"})
    found = await show.read(sent, Commanded)
    assert found.question.text == "Is that right?"
    assert found.question.id == f"discord:{guild.id}:about:{general.id}:{message.id}:{sent.id}"


@pytest.mark.parametrize("reason", REASONS)
async def test_the_form_after_a_thumb_down_asks_for_a_reason(
    discord: Discord, show: Show, general: Channel, anna: Person, reason: str
) -> None:
    message = discord.says(anna, general, "an answer")
    asked = discord.presses(anna, message, kit.custom(kit.DOWN, "a1"))
    await show.pages.disliked(await show.read(asked, Disliked))
    values = {"What is wrong with it?": reason, "What would have been right?": "30 days"}
    sent = discord.submits(anna, asked, values)
    explained = (await show.read(sent, Pressed)).event
    assert (explained.answer, explained.reason, explained.comment) == ("a1", reason, "30 days")  # type: ignore[union-attr]


async def test_earlier_questions_are_suggested_that_have_the_words_that_are_typed(
    discord: Discord, show: Show, general: Channel, anna: Person
) -> None:
    show.desk.past = (
        past(PROMPT),
        past("Who has\nkeys?"),
        past(PROMPT),
        past("x" * 101),
        past("Lunch?"),
        past(" "),
        past(PROMPT.upper()),
    )
    for typed, wanted in (
        ("keys", [PROMPT, "Who has keys?"]),
        ("LIVE key", [PROMPT]),
        ("", [PROMPT, "Who has keys?", "Lunch?"]),
        ("doors", []),
    ):
        asked = discord.types(anna, general, "ask", "question", typed)
        await show.pages.suggest(show.desk, await show.read(asked, Suggesting))
        assert asked.choices is not None
        assert [one["value"] for one in asked.choices] == wanted


async def test_at_most_as_many_are_suggested_as_discord_takes() -> None:
    assert len(views.choices([past(f"key {n}") for n in range(50)], "key")) == 25


async def test_a_sentence_is_said_to_its_person_alone_and_calls_nobody(
    discord: Discord, show: Show, general: Channel, anna: Person
) -> None:
    asked = discord.commands(anna, general, "help")
    ticket = (await show.read(asked, PageWanted)).ticket
    await show.pages.say(ticket, "Not now, @everyone.")
    (words,) = shown(asked)
    assert words.replace("\u2060", "") == "Not now, @everyone."
    await show.pages.say(ticket, "A second first answer is none.")
    assert len(shown(asked)) == 1


async def test_an_interaction_that_is_over_raises(discord: Discord, show: Show, general: Channel, anna: Person) -> None:
    asked = discord.commands(anna, general, "help")
    discord.clock.move(4)
    with pytest.raises(DiscordError):
        await show.page(asked)


async def test_the_bot_says_hello_once_where_everybody_reads_and_it_may_write(
    discord: Discord, calling: Connection, guild: Guild, anna: Person
) -> None:
    secret = discord.channel("a-secret", guild, private_to=[anna])
    mute = discord.channel("b-mute", guild, without=["send_messages"])
    general = discord.channel("c-general", guild)
    pages = Pages(calling, ItsClock(discord), lambda: NOW)
    await pages.introduce(guild.id)  # hears nothing, so that it cannot know where
    async with hearing(discord) as client:
        calling.gateway = client
        await pages.introduce(guild.id)
        await pages.introduce(guild.id)
        await pages.introduce("1")
        calling.gateway = None
    assert not discord.answers(secret)
    assert not discord.answers(mute)
    (hello,) = discord.answers(general)
    assert hello.content.startswith(f"Hello! Mention {discord.mention} with a question")
    assert not hello.pings
