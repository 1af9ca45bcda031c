"""What goes wrong between the bot and Discord: nothing is lost, and nothing is said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.discord_team import (
    HANDBOOK,
    QUESTION,
    Slowly,
    answer_id,
    answered,
    begun,
    counted,
    finished,
    heard,
    known,
    said,
    team,
    thread,
    whole,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.discord import Channel, Discord, Guild, Person
    from tests.doubles.discord.faults import Fault
    from tests.doubles.discord_team import Team

MESSAGES = "/channels/*/messages"


def once(text: str) -> None:
    """See that each sentence of the answer stands there once."""
    assert text.count("Tuesdays at 14:00") == 1, text
    assert text.count("Maria approves") == 1, text


@pytest.mark.parametrize(
    ("fault", "method", "path"),
    [
        (fault, method, path)
        for fault in ("dropped before", "dropped after", "500", "503", "429", "429 hidden")
        for method, path in (("POST", MESSAGES), ("PATCH", f"{MESSAGES}/*"), ("POST", "/channels/*/messages/*/threads"))
    ],
)
async def test_a_call_that_fails_once_costs_no_answer_and_doubles_none(  # noqa: PLR0913, PLR0917 - fixtures
    fault: Fault, method: str, path: str, discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    discord.misbehave(fault, method, path, times=1)
    bot.model.after = 40
    bot.model.gate.clear()
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await begun(discord, asked)
    bot.model.gate.set()
    await discord.until(lambda: whole(discord.answers(thread(discord, asked))), within=60)
    once("".join(one.shown for one in discord.answers(thread(discord, asked))))
    assert discord.answers(general) == []


@pytest.mark.parametrize("fault", ["dropped before", "dropped after", "500"])
async def test_a_command_whose_answer_is_lost_on_the_way_is_answered_once(
    fault: Fault, discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    discord.misbehave(fault, "PATCH", "/webhooks/*/*/messages/*", times=1)
    interaction = discord.commands(anna, general, "ask", question=QUESTION)
    answer = await answered(discord, interaction)
    once(answer.shown + "".join(one.shown for one in interaction.followups))


async def test_a_command_that_takes_longer_than_its_token_is_answered_in_the_channel(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    bot.model.after = 0
    bot.model.gate.clear()
    discord.commands(anna, general, "ask", question=QUESTION)
    await discord.until(lambda: len(bot.model.asked) == 1, within=30)
    discord.clock.move(16 * 60)
    bot.model.gate.set()
    await discord.until(lambda: whole(discord.answers(general)), within=60)
    once("".join(one.shown for one in discord.answers(general) if finished(one)))


async def test_a_private_command_that_takes_longer_is_answered_directly_and_never_in_the_channel(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    bot.model.after = 0
    bot.model.gate.clear()
    discord.commands(anna, general, "ask", question=QUESTION, private=True)
    await discord.until(lambda: len(bot.model.asked) == 1, within=30)
    discord.clock.move(16 * 60)
    bot.model.gate.set()
    await discord.until(lambda: whole(discord.answers(discord.direct(anna))), within=60)
    once("".join(one.shown for one in discord.answers(discord.direct(anna))))
    assert discord.answers(general) == []


async def test_what_is_said_while_the_gateway_is_lost_is_answered_once_it_resumes(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    discord.gateway.drop()
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    (answer,) = await said(discord, asked)
    once(answer.shown)
    assert discord.gateway.resumed >= 1


async def test_what_resuming_brings_twice_is_answered_once(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, asked)
    discord.gateway.duplicate(20)
    discord.gateway.drop()
    later = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, later)
    assert len(bot.model.asked) == 2
    assert len(discord.answers(thread(discord, asked))) == 1


async def test_what_is_said_before_a_new_session_is_found_by_looking_back(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    before = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, before)
    there = thread(discord, before)
    discord.gateway.drop(resumable=False)
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    discord.says(anna, there, "Who approves each deploy?")
    (answer,) = await said(discord, asked)
    once(answer.shown)
    await counted(discord, there, 2)
    assert len(bot.model.asked) == 3


async def test_what_is_said_while_no_bot_runs_is_answered_by_the_next_one(
    discord: Discord, settings: Settings, anna: Person, general: Channel
) -> None:
    directly = discord.direct(anna)
    async with team(discord, settings):
        await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
        discord.says(anna, directly, QUESTION)
        await counted(discord, directly, 1)
    discord.clock.move(120)
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    discord.says(anna, directly, QUESTION)
    discord.says(anna, directly, "Who approves each deploy?")
    async with team(discord, settings) as bot:
        (answer,) = await said(discord, asked)
        once(answer.shown)
        await counted(discord, directly, 3)
        assert len(bot.model.asked) == 3


async def test_a_thread_that_is_deleted_lets_the_answer_stand_in_its_channel(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    bot.model.after = 40
    bot.model.gate.clear()
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await begun(discord, asked)
    discord.deletes_channel(thread(discord, asked))
    bot.model.gate.set()
    await discord.until(lambda: whole(discord.answers(general)), within=60)
    once("".join(one.shown for one in discord.answers(general)))


async def test_where_the_bot_may_make_no_thread_it_replies_in_the_channel(
    discord: Discord, guild: Guild, bot: Team, anna: Person
) -> None:
    narrow = discord.channel("narrow", guild, without=["create_public_threads"])
    asked = discord.says(anna, narrow, f"{discord.mention} {QUESTION}")
    await discord.until(lambda: whole(discord.answers(narrow)), within=30)
    (answer,) = discord.answers(narrow)
    once(answer.shown)
    assert answer.replies_to == asked.id


async def test_where_the_bot_may_not_write_its_asker_is_told_directly(
    discord: Discord, guild: Guild, bot: Team, anna: Person
) -> None:
    mute = discord.channel(
        "mute", guild, without=["send_messages", "create_public_threads", "send_messages_in_threads"]
    )
    discord.says(anna, mute, f"{discord.mention} {QUESTION}")
    await discord.until(lambda: discord.answers(discord.direct(anna)), within=30)
    assert "mute" in discord.answers(discord.direct(anna))[0].shown or mute.id in (
        discord.answers(discord.direct(anna))[0].content
    )
    assert discord.answers(mute) == []


async def test_without_the_content_of_messages_all_but_unmentioned_follow_ups_works(
    discord: Discord, settings: Settings, anna: Person, general: Channel
) -> None:
    discord.intents_granted.discard("message_content")
    async with team(discord, settings) as bot:
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        await said(discord, asked)
        discord.says(anna, thread(discord, asked), "Who approves each deploy?")
        discord.says(anna, discord.direct(anna), QUESTION)
        await discord.until(lambda: whole(discord.answers(discord.direct(anna))), within=30)
        interaction = discord.commands(anna, general, "ask", question=QUESTION)
        await answered(discord, interaction)
        assert len(bot.model.asked) == 3


async def test_of_two_processes_one_listens_and_both_answer(
    discord: Discord, settings: Settings, anna: Person, general: Channel
) -> None:
    async with team(discord, settings) as first, team(discord, settings) as second:
        questions = [discord.says(anna, general, f"{discord.mention} {QUESTION}") for _ in range(6)]
        command = discord.commands(anna, general, "ask", question=QUESTION)
        for asked in questions:
            (answer,) = await said(discord, asked)
            once(answer.shown)
        await answered(discord, command)
        assert command.refused == []
        assert len(first.model.asked) + len(second.model.asked) == 7
        assert discord.gateway.identified == 1


async def test_a_gateway_that_is_lost_with_its_process_is_taken_over(
    discord: Discord, settings: Settings, anna: Person, general: Channel
) -> None:
    async with team(discord, settings) as second:
        async with team(discord, settings):
            await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
        asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        (answer,) = await said(discord, asked)
        once(answer.shown)
        assert second.model.asked


async def test_thirty_conversations_at_once_are_answered_within_discords_rates(
    discord: Discord, guild: Guild, settings: Settings, anna: Person, general: Channel
) -> None:
    async with team(discord, settings, model=Slowly(size=3)):
        channels = [discord.channel(f"c{number}", guild) for number in range(30)]
        asked = [discord.says(anna, channel, f"{discord.mention} {QUESTION}") for channel in channels]
        for one in asked:
            (answer,) = await said(discord, one)
            once(answer.shown)
    assert not discord.rates.violations


async def test_a_guild_that_nobody_named_is_not_answered_where_some_are_named(
    discord: Discord, guild: Guild, settings: Settings, anna: Person, general: Channel
) -> None:
    other = discord.guild("Elsewhere")
    mallory = discord.person("Mallory", other)
    there = discord.channel("there", other)
    narrowed = settings.model_copy(
        update={"discord": settings.discord.model_copy(update={"guilds": frozenset({guild.id})})}
    )
    async with team(discord, narrowed) as bot:
        discord.says(mallory, there, f"{discord.mention} {QUESTION}")
        interaction = discord.commands(mallory, there, "ask", question=QUESTION)
        await heard(discord, interaction)
        await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
        assert len(bot.model.asked) == 1


async def test_in_a_private_channel_only_what_its_readers_may_read_is_said(
    discord: Discord, guild: Guild, anna: Person, general: Channel, tmp_path: Path
) -> None:
    leads = discord.channel("leads", guild, private_to=[anna])
    secret = frozenset({f"discord:{guild.id}:channel:{leads.id}"})
    settings = await known(tmp_path, discord, guild, {secret: {"deploying.md": HANDBOOK}})
    async with team(discord, settings):
        openly = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        closed = discord.says(anna, leads, f"{discord.mention} {QUESTION}")
        (answer,) = await said(discord, closed)
        once(answer.shown)
        await begun(discord, openly)
        await discord.until(lambda: any(finished(one) for one in discord.answers(thread(discord, openly))), within=30)
        shown = "".join(one.shown for one in discord.answers(thread(discord, openly)))
        assert "Tuesdays" not in shown
        await discord.until(lambda: discord.answers(discord.direct(anna)), within=30)
        offer = discord.answers(discord.direct(anna))[0]
        assert "Tuesdays" not in offer.shown
        discord.clicks(anna, offer, offer.buttons[0])
        await discord.until(lambda: whole(discord.answers(discord.direct(anna))), within=30)
        assert "Tuesdays" in "".join(one.shown for one in discord.answers(discord.direct(anna)))
        assert answer_id(answer)
