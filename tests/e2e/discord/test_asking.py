"""What people do in Discord: ask, go on, edit, stop, ask again; one answer each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.policies import Policies, Policy
from tests.doubles.discord_team import (
    ANSWER,
    QUESTION,
    answer_id,
    answered,
    begun,
    counted,
    form,
    heard,
    said,
    shown,
    team,
    thread,
    whole,
)

if TYPE_CHECKING:
    from bot.settings import Settings
    from tests.doubles.discord import Channel, Discord, Guild, Person
    from tests.doubles.discord_team import Team

SLOWLY = 40
"""Characters after which the model waits: the first sentence is out."""
QUIET = 1 << 2
"""The flag of a message whose links show no previews."""


async def test_a_mention_is_answered_in_a_thread_of_its_own_with_footnotes(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    (answer,) = await said(discord, asked)
    there = thread(discord, asked)
    assert there.name.startswith("When do deploys happen")
    assert "Tuesdays at 14:00" in answer.shown
    assert "[1]" in answer.shown
    assert "Deploying" in answer.shown
    assert answer.flags & QUIET
    assert answer.pings == []
    assert discord.answers(general) == []
    assert len(bot.model.asked) == 1


async def test_an_answer_grows_while_it_is_written(discord: Discord, bot: Team, anna: Person, general: Channel) -> None:
    bot.model.after = SLOWLY
    bot.model.gate.clear()
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    there = await begun(discord, asked)
    await discord.until(lambda: "Tuesdays" in discord.answers(there)[0].shown, within=30)
    assert "Stop" in discord.answers(there)[0].buttons
    bot.model.gate.set()
    (answer,) = await said(discord, asked)
    assert "Maria" in answer.shown
    assert len(answer.edits) >= 1


async def test_what_follows_in_the_thread_needs_no_mention(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, asked)
    there = thread(discord, asked)
    discord.says(anna, there, "Who approves each deploy?")
    await counted(discord, there, 2)
    discord.says(anna, general, "Who approves each deploy?")
    discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await discord.until(lambda: len(bot.model.asked) == 3, within=30)
    assert discord.answers(general) == []


async def test_people_who_talk_in_a_thread_are_let_be_and_what_they_want_to_know_is_answered(
    discord: Discord, guild: Guild, bot: Team, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, asked)
    there = thread(discord, asked)
    for words in ("thanks 🙏", "👍", f"<@{ben.id}> are you coming to lunch?", "ok will do", "my umbrella is purple"):
        discord.says(anna, there, words)
    discord.says(ben, there, "and approval of each deploy by Maria")
    await counted(discord, there, 2)
    assert "Tuesdays" in discord.answers(there)[1].shown


async def test_a_direct_message_is_answered(discord: Discord, bot: Team, anna: Person) -> None:
    channel = discord.direct(anna)
    discord.says(anna, channel, QUESTION)
    await discord.until(lambda: whole(discord.answers(channel)), within=30)
    assert "Tuesdays" in discord.answers(channel)[0].shown


async def test_a_stranger_in_direct_messages_is_not_answered_and_costs_nothing(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    stranger = discord.person("Mallory")
    discord.says(stranger, discord.direct(stranger), QUESTION)
    await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
    assert all("Tuesdays" not in one.shown for one in discord.answers(discord.direct(stranger)))
    assert len(bot.model.asked) == 1


async def test_a_command_is_answered_where_everybody_reads(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    interaction = discord.commands(anna, general, "ask", question=QUESTION)
    await heard(discord, interaction)
    interaction_ = await answered(discord, interaction)
    assert "Tuesdays" in interaction_.shown
    assert not interaction.ephemeral
    assert interaction.refused == []
    assert len(bot.model.asked) == 1


async def test_a_private_command_is_answered_to_its_asker_alone(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    interaction = discord.commands(anna, general, "ask", question=QUESTION, private=True)
    interaction_ = await answered(discord, interaction)
    assert interaction.ephemeral
    assert "Tuesdays" in interaction_.shown
    assert discord.answers(general) == []
    assert discord.threads(general) == []


async def test_a_command_without_a_question_says_how_to_ask(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    for name in ("help", "usage", "privacy", "sources"):
        interaction = discord.commands(anna, general, name)
        await heard(discord, interaction)
        await shown(discord, interaction)
        assert interaction.ephemeral, name
    assert bot.model.asked == []


async def test_what_somebody_asked_before_is_suggested_to_them_alone(
    discord: Discord, guild: Guild, bot: Team, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    await said(discord, discord.says(anna, general, f"{discord.mention} {QUESTION}"))
    async with asyncio.timeout(30):
        suggested: list[str] = []
        while not suggested:  # what was asked is kept a moment after its answer stands
            typed = discord.types(anna, general, "ask", "question", "deploys")
            await heard(discord, typed)
            suggested = [choice["value"] for choice in typed.choices or []]
    assert suggested == [QUESTION]
    of_ben = discord.types(ben, general, "ask", "question", "deploys")
    await heard(discord, of_ben)
    assert of_ben.choices == []


async def test_a_message_can_be_asked_about(discord: Discord, bot: Team, anna: Person, general: Channel) -> None:
    message = discord.says(anna, general, "The deploy is late again.")
    opened = discord.asks_about(anna, message)
    opened_form = await form(discord, opened)
    sent = discord.submits(anna, opened_form, {"question": QUESTION})
    sent_ = await answered(discord, sent)
    assert "Tuesdays" in sent_.shown
    assert len(bot.model.asked) == 1


async def test_a_reply_to_an_answer_goes_on_without_a_mention(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    interaction = discord.commands(anna, general, "ask", question=QUESTION)
    answer = await answered(discord, interaction)
    asked = discord.says(anna, general, "And who approves each deploy?", replies_to=answer)
    await said(discord, asked)
    assert len(bot.model.asked) == 2


async def test_a_question_is_asked_again_by_the_button(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    (answer,) = await said(discord, asked)
    there = thread(discord, asked)
    discord.clicks(anna, answer, "Ask again")
    await counted(discord, there, 2)
    assert len(bot.model.asked) == 2


@pytest.mark.parametrize("how", ["button", "word"])
async def test_who_asked_stops_the_answer_and_what_it_costs(
    how: str, discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    bot.model.after = SLOWLY
    bot.model.gate.clear()
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    there = await begun(discord, asked)
    await discord.until(lambda: "Tuesdays" in discord.answers(there)[0].shown, within=30)
    if how == "button":
        discord.clicks(anna, discord.answers(there)[0], "Stop")
    else:
        discord.says(anna, there, "stop")
    await discord.until(lambda: bot.model.closed, within=30)
    await discord.until(lambda: whole(discord.answers(there)), within=30)
    assert "Maria" not in discord.answers(there)[0].shown
    assert len(bot.model.asked) == 1


async def test_an_edit_before_the_first_sentence_begins_anew_and_one_after_it_changes_nothing(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    bot.model.after = 0
    bot.model.gate.clear()
    asked = discord.says(anna, general, f"{discord.mention} What is a failed deploy?")
    await discord.until(lambda: len(bot.model.asked) == 1, within=30)
    discord.edits(asked, f"{discord.mention} {QUESTION}")
    await discord.until(lambda: len(bot.model.asked) == 2, within=30)
    bot.model.gate.set()
    await said(discord, asked)
    assert QUESTION in bot.model.asked[1].question
    discord.edits(asked, f"{discord.mention} And what else?")
    discord.unfurls(asked)
    later = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, later)
    assert len(bot.model.asked) == 3
    there = thread(discord, asked)
    assert len(discord.answers(there)) == 1


async def test_a_question_that_is_deleted_is_not_answered(
    discord: Discord, bot: Team, anna: Person, general: Channel
) -> None:
    bot.model.after = 0
    bot.model.gate.clear()
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await discord.until(lambda: len(bot.model.asked) == 1, within=30)
    discord.deletes(asked)
    await discord.until(lambda: bot.model.closed, within=30)
    bot.model.gate.set()
    later = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    await said(discord, later)
    assert ANSWER[:10] not in "".join(one.shown for one in discord.answers(general))


async def test_a_forum_post_is_answered_where_the_channel_says_so(
    discord: Discord, guild: Guild, settings: Settings, anna: Person, general: Channel
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    quiet = discord.channel("ideas", guild, kind="forum")
    policies = Policies(channels={f"discord:{guild.id}:channel:{forum.id}": Policy(answers="every question")})
    async with team(discord, settings, policies=policies) as bot:
        post = discord.posts(anna, forum, "Deploys", QUESTION)
        await discord.until(lambda: whole(discord.answers(post)), within=30)
        assert len(discord.answers(post)) == 1
        other = discord.posts(anna, quiet, "Deploys", QUESTION)
        mentioned = discord.posts(anna, quiet, "Deploys", f"{discord.mention} {QUESTION}")
        await discord.until(lambda: whole(discord.answers(mentioned)), within=30)
        assert discord.answers(other) == []
        assert len(bot.model.asked) == 2


async def test_every_way_to_rate_counts_once_for_each_person_and_can_be_withdrawn(
    discord: Discord, guild: Guild, bot: Team, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    (answer,) = await said(discord, asked)

    name = answer_id(answer)

    async def counted(votes: dict[str, int]) -> None:
        async with asyncio.timeout(30):
            while await bot.ratings.votes(name) != votes:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.02)

    discord.reacts(anna, answer, "👍")
    await counted({anna.id: 1})
    discord.unreacts(anna, answer, "👍")
    await counted({})
    discord.clicks(anna, answer, "👍")
    await counted({anna.id: 1})
    pressed = discord.clicks(ben, answer, "👎")
    pressed_form = await form(discord, pressed)
    await counted({anna.id: 1, ben.id: -1})
    sent = discord.submits(ben, pressed_form, {"why": "outdated", "comment": "It was on Monday."})
    await heard(discord, sent)
    assert (await bot.ratings.reasons(name))[ben.id].reason == "outdated"
    discord.clicks(anna, answer, "👎")
    await counted({anna.id: -1, ben.id: -1})


async def test_what_an_answer_rests_on_is_shown_to_who_asks_for_it(
    discord: Discord, guild: Guild, bot: Team, anna: Person, general: Channel
) -> None:
    ben = discord.person("Ben", guild)
    asked = discord.says(anna, general, f"{discord.mention} {QUESTION}")
    (answer,) = await said(discord, asked)
    pressed = discord.clicks(ben, answer, "Sources")
    await shown(discord, pressed, "Tuesdays at 14:00")
    assert pressed.ephemeral


async def test_buttons_work_after_a_restart(
    discord: Discord, settings: Settings, anna: Person, general: Channel
) -> None:
    async with team(discord, settings):
        again = discord.says(anna, general, f"{discord.mention} {QUESTION}")
        (answer,) = await said(discord, again)
    async with team(discord, settings) as bot:
        pressed = discord.clicks(anna, answer, "Sources")
        await shown(discord, pressed, "Tuesdays")
        pressed = discord.clicks(anna, answer, "👎")
        await form(discord, pressed)
        discord.clicks(anna, answer, "Ask again")
        await discord.until(lambda: len(bot.model.asked) == 1, within=30)
