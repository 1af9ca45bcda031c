"""Commands, buttons and forms are kept, and answered in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.base import Again, Declined, Explained, Question, Rated, Stopped, WantedPrivately
from adapters.discord import kit
from adapters.discord.acting import ASK, QUESTION
from adapters.discord.commands import commands, differ, synced
from tests.adapters.discord_intake.hearing import Hearing, at_home
from tests.doubles.discord_payloads import ANSWER

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Message, Person
    from tests.doubles.discord.interactions import Asked


class _No(Declined):
    told = "That is too long."


@pytest.fixture
async def shown(discord: Discord, anna: Person, general: Channel) -> Message:
    """A message at which buttons are pressed, as a forger may."""
    return discord.says(anna, general, "nothing")


async def test_a_question_by_command_is_kept_with_its_ticket_and_deferred(
    discord: Discord, guild: Guild, anna: Person, general: Channel, hearing: Hearing
) -> None:
    asked = discord.commands(anna, general, "ask", question="how long do keys live?")
    await discord.until(lambda: asked.acknowledged)

    (question,) = hearing.desk.events
    assert isinstance(question, Question)
    assert question.id == f"discord:{guild.id}:interaction:{asked.id}"
    assert hearing.tickets.tickets[question.id].token == asked.token
    assert asked.acknowledged is not None
    assert (asked.acknowledged.type, asked.ephemeral) == (5, False)


async def test_a_private_question_is_deferred_for_its_asker_alone(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    asked = discord.commands(anna, general, "ask", question="how long?", private=True)
    await discord.until(lambda: asked.acknowledged)

    (question,) = hearing.desk.events
    assert isinstance(question, Question)
    assert question.place.private_to == anna.id
    assert asked.ephemeral


async def test_where_the_bot_does_not_see_the_channel_a_question_is_private(
    discord: Discord, guild: Guild, anna: Person, hearing: Hearing
) -> None:
    hearing.facts.seen = False
    closed = discord.channel("closed", guild, private_to=[anna])
    asked = discord.commands(anna, closed, "ask", question="how long?")
    await discord.until(lambda: asked.acknowledged)

    (question,) = hearing.desk.events
    assert isinstance(question, Question)
    assert question.place.private_to == anna.id
    assert asked.ephemeral


async def test_where_nobody_says_what_the_bot_may_do_a_channel_that_it_can_look_up_is_seen(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing.facts.seen = None
    monkeypatch.setattr("adapters.discord.interacting.sees", lambda _: None)
    asked = discord.commands(anna, general, "ask", question="how long?")
    await discord.until(lambda: asked.acknowledged)
    assert not asked.ephemeral


async def test_a_question_that_cannot_be_kept_is_said_to_be_lost_in_time(
    discord: Discord, anna: Person, general: Channel
) -> None:
    async def then(_: object) -> None:
        raise OSError("the database is away")

    async with Hearing(discord, then=then).running() as hearing:
        asked = discord.commands(anna, general, "ask", question="how long?")
        await discord.until(lambda: asked.acknowledged)

        assert "nothing comes of it" in hearing.pages.said[0]
        assert asked.ephemeral


async def test_what_the_desk_declines_is_told(discord: Discord, anna: Person, general: Channel) -> None:
    async def then(_: object) -> None:
        raise _No

    async with Hearing(discord, then=then).running() as hearing:
        asked = discord.commands(anna, general, "ask", question="how long?")
        await discord.until(lambda: asked.acknowledged)

        assert hearing.pages.said == [_No.told]


async def test_a_hundred_commands_at_once_are_all_deferred(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    asked = [discord.commands(anna, general, "ask", question=f"how long is {number}?") for number in range(100)]
    await discord.until(lambda: all(one.acknowledged for one in asked))

    assert len(hearing.desk.events) == 100
    assert not any(one.refused for one in asked)


async def test_in_direct_messages_a_command_is_of_its_persons_guild(
    discord: Discord, guild: Guild, anna: Person, hearing: Hearing
) -> None:
    at_home(hearing, anna.id, guild.id)
    asked = discord.commands(anna, discord.direct(anna), "ask", question="how long?")
    await discord.until(lambda: asked.acknowledged)

    (question,) = hearing.desk.events
    assert isinstance(question, Question)
    assert question.id == f"discord:{guild.id}:interaction:{asked.id}"
    assert question.place.private_to == anna.id


async def test_a_strangers_command_is_answered_by_a_sentence(discord: Discord, anna: Person, hearing: Hearing) -> None:
    asked = discord.commands(anna, discord.direct(anna), "ask", question="how long?")
    await discord.until(lambda: asked.acknowledged)

    assert "find you in none" in hearing.pages.said[0]
    assert hearing.desk.events == []


async def test_pages_and_suggestions_are_asked_for(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    discord.commands(anna, general, "usage")
    discord.types(anna, general, "ask", "question", "how lo")
    discord.asks_about(anna, discord.says(anna, general, "keys live a year"))
    await discord.until(lambda: hearing.pages.paged and hearing.pages.suggested and hearing.pages.asked_about)

    assert hearing.pages.paged[0].page == "usage"
    assert hearing.pages.suggested[0].typed == "how lo"
    assert hearing.pages.asked_about[0].text == "keys live a year"


async def test_stop_is_heard_and_changes_nothing_to_be_seen(
    discord: Discord, guild: Guild, anna: Person, shown: Message, hearing: Hearing
) -> None:
    question = f"discord:{guild.id}:{shown.channel.id}:{shown.id}"
    asked = discord.presses(anna, shown, kit.custom(kit.STOP, question))
    await discord.until(lambda: asked.acknowledged)

    (stopped,) = hearing.of(Stopped)
    assert isinstance(stopped, Stopped)
    assert (stopped.question, stopped.person.id) == (question, anna.id)
    assert asked.acknowledged is not None
    assert asked.acknowledged.type == 6


async def test_an_accepted_offer_is_answered_for_its_asker_alone(
    discord: Discord, guild: Guild, anna: Person, shown: Message, hearing: Hearing
) -> None:
    question = f"discord:{guild.id}:{shown.channel.id}:{shown.id}"
    asked = discord.presses(anna, shown, kit.custom(kit.PRIVATELY, question))
    await discord.until(lambda: asked.acknowledged)

    (wanted,) = hearing.of(WantedPrivately)
    assert isinstance(wanted, WantedPrivately)
    assert wanted.place.private_to == anna.id
    assert hearing.tickets.tickets[f"{question}:private"].private
    assert asked.ephemeral


async def test_asking_again_is_answered_by_a_message_of_its_own(
    discord: Discord, anna: Person, shown: Message, hearing: Hearing
) -> None:
    asked = discord.presses(anna, shown, kit.custom(kit.AGAIN, ANSWER))
    await discord.until(lambda: asked.acknowledged)

    (again,) = hearing.of(Again)
    assert isinstance(again, Again)
    assert again.question in hearing.tickets.tickets
    assert asked.acknowledged is not None
    assert (asked.acknowledged.type, asked.ephemeral) == (5, False)


async def test_thumbs_are_kept_before_anything_is_shown(
    discord: Discord, anna: Person, shown: Message, hearing: Hearing
) -> None:
    up = discord.presses(anna, shown, kit.custom(kit.UP, ANSWER))
    await discord.until(lambda: up.acknowledged)
    discord.presses(anna, shown, kit.custom(kit.DOWN, ANSWER))
    await discord.until(lambda: hearing.pages.disliked_by)

    assert [one.vote for one in hearing.desk.events if isinstance(one, Rated)] == [1, -1]
    assert up.ephemeral


async def test_a_button_that_means_nothing_is_said_to(
    discord: Discord, anna: Person, shown: Message, hearing: Hearing
) -> None:
    asked = discord.presses(anna, shown, "f:other:1")
    await discord.until(lambda: asked.acknowledged)

    assert "means nothing" in hearing.pages.said[0]


async def test_quotes_are_shown(discord: Discord, anna: Person, shown: Message, hearing: Hearing) -> None:
    discord.presses(anna, shown, kit.custom(kit.QUOTES, ANSWER))
    await discord.until(lambda: hearing.pages.quoted)

    assert hearing.pages.quoted[0].answer == ANSWER
    assert hearing.of(Explained) == []


async def test_commands_are_told_once(discord: Discord, anna: Person, general: Channel, hearing: Hearing) -> None:
    await discord.until(lambda: discord.called("PUT", "/applications/*/commands"))

    assert not await synced(hearing.connection)
    assert len(discord.called("PUT", "/applications/*/commands")) == 1
    assert not differ([*reversed(commands())])
    assert differ(commands()[1:])
    assert differ([{**commands()[0], "description": "other"}, *commands()[1:]])
    assert differ(None)


def fills_in(discord: Discord, asking: Asked, message: Message) -> None:
    """Send the form that asks about a message."""
    fields = [{"type": 1, "components": [{"type": 4, "custom_id": QUESTION, "value": "is that so?"}]}]
    data = {"custom_id": kit.custom(ASK, f"{message.channel.id}:{message.id}"), "components": fields}
    discord.gateway.send("INTERACTION_CREATE", {**asking.payload, "id": "1450000000000000999", "type": 5, "data": data})


async def test_a_form_that_another_process_opened_is_to_be_opened_anew_where_the_bot_cannot_read_its_message(
    discord: Discord, anna: Person, general: Channel, shown: Message, hearing: Hearing
) -> None:
    hearing.facts.seen = False
    asking = discord.asks_about(anna, discord.says(anna, general, "something else"))
    await discord.until(lambda: hearing.pages.asked_about)
    fills_in(discord, asking, shown)
    await discord.until(lambda: hearing.pages.said)
    assert "once more" in hearing.pages.said[0]
    assert not hearing.desk.events


async def test_what_a_form_is_about_comes_with_the_question_where_the_bot_cannot_read_it(
    discord: Discord, anna: Person, shown: Message, hearing: Hearing
) -> None:
    hearing.facts.seen = False
    asking = discord.asks_about(anna, shown)
    await discord.until(lambda: hearing.pages.asked_about)
    fills_in(discord, asking, shown)
    await discord.until(lambda: hearing.desk.events)

    (question,) = hearing.desk.events
    assert isinstance(question, Question)
    assert question.text == "is that so?\n\nThis is about the message: “nothing”"
    assert question.place.private_to == anna.id
