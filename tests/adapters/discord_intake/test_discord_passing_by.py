"""What people say and do among themselves keeps nobody waiting, and the bot out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import Declined, Halted, Question, Rated
from adapters.discord.connection import Connection
from adapters.policies import Policies, Policy
from bot.errors import NotYours
from tests.adapters.discord_intake.hearing import Hearing

if TYPE_CHECKING:
    import pytest

    from adapters.base import Event
    from adapters.discord.events import Where
    from tests.doubles.discord import Channel, Discord, Guild, Person


async def test_a_thumb_that_is_taken_from_a_persons_message_keeps_nobody_waiting(
    discord: Discord, anna: Person, general: Channel
) -> None:
    async def then(event: Event) -> None:
        if isinstance(event, Rated):
            raise Declined("That is no answer of mine.")

    async with Hearing(discord, then=then).running() as hearing:
        said = discord.says(anna, general, "ok")
        for _ in range(5):
            discord.reacts(anna, said, "\N{THUMBS UP SIGN}")
            discord.unreacts(anna, said, "\N{THUMBS UP SIGN}")
        discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: hearing.of(Question), within=40)

        assert len(hearing.of(Rated)) == 5  # each was handed to the desk once


async def test_an_overheard_question_that_is_declined_has_nothing_looked_for(
    discord: Discord, anna: Person, general: Channel
) -> None:
    async def then(event: Event) -> None:
        if isinstance(event, Question):
            raise Declined("That is too long.")

    policies = Policies(everywhere=Policy(answers="every question"))
    async with Hearing(discord, then=then, policies=policies).running() as hearing:
        before = len(discord.called("GET", "/channels/*/messages"))
        discord.says(anna, general, "how long do keys live?")
        await discord.until(lambda: hearing.of(Question))
        noted = len(hearing.lease.noted)
        await discord.until(lambda: len(hearing.lease.noted) > noted + 20, within=30)

        assert len(discord.called("GET", "/channels/*/messages")) == before
        assert hearing.lease.noted[-1] is not None
        assert discord.answers(general) == []


async def test_where_the_bot_is_not_meant_to_be_it_says_so_to_who_calls_it_and_not_to_a_bare_stop(
    discord: Discord, guild: Guild, anna: Person, general: Channel
) -> None:
    async with Hearing(discord).running() as hearing:
        hearing.facts.shut.add(guild.id)
        thread = discord.thread(anna, general, "Lunch")
        discord.says(anna, thread, "stop")
        called = discord.says(anna, thread, f"{discord.mention} hello?")
        await discord.until(lambda: discord.answers(thread))

        assert [one.replies_to for one in discord.answers(thread)] == [called.id]


async def test_a_stop_that_is_not_ones_own_is_answered_only_where_it_calls_the_bot(
    discord: Discord, anna: Person, general: Channel
) -> None:
    async def then(event: Event) -> None:
        if isinstance(event, Halted):
            raise NotYours("Only who asked can stop an answer.")

    async with Hearing(discord, then=then).running() as hearing:
        thread = discord.thread(anna, general, "Lunch")
        discord.says(anna, thread, "stop")
        called = discord.says(anna, thread, f"{discord.mention} stop")
        await discord.until(lambda: discord.answers(thread))

        assert len(hearing.of(Halted)) == 2
        assert [one.replies_to for one in discord.answers(thread)] == [called.id]


async def test_an_answer_that_makes_no_sense_ends_nothing(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = 0

    async def who(_: Connection) -> Where:
        nonlocal broken
        broken += 1
        raise TypeError("string indices must be integers")

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "who", who)
        discord.commands(anna, general, "ask", question="how long do keys live?")
        await discord.until(lambda: broken)
    discord.says(anna, general, f"{discord.mention} and certificates?")
    await discord.until(lambda: hearing.of(Question))


async def test_commands_are_told_again_where_the_answer_makes_no_sense(
    discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = 0

    async def synced(_: Connection) -> None:
        nonlocal times
        times += 1
        if times < 3:
            raise LookupError("id")

    monkeypatch.setattr("adapters.discord.adapter.synced", synced)
    async with Hearing(discord).running():
        await discord.until(lambda: times == 3, within=30)
