"""Commands, buttons and forms reach discord.py's client, and what it answers is seen; deadlines are Discord's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord as library
import pytest
from discord.http import Route

if TYPE_CHECKING:
    from tests.adapters.discord_double.conftest import Bot
    from tests.doubles.discord import Channel, Discord, Message, Person
    from tests.doubles.discord.interactions import Asked

COMMANDS = [
    {
        "name": "ask",
        "type": 1,
        "description": "Ask a question.",
        "options": [
            {"name": "question", "type": 3, "description": "What", "required": True, "autocomplete": True},
            {"name": "private", "type": 5, "description": "Only for me"},
        ],
    },
    {"name": "Ask about this", "type": 3},
]
FORM = {
    "custom_id": "f:about:1",
    "title": "Ask about this",
    "components": [
        {
            "type": 18,
            "label": "Your question",
            "component": {"type": 4, "custom_id": "question", "style": 2, "max_length": 500},
        }
    ],
}


async def register(bot: Bot) -> Any:  # noqa: ANN401
    return await bot.http.bulk_upsert_global_commands(int(bot.application_id or 0), COMMANDS)


async def back(bot: Bot, asked: Asked, body: dict[str, Any], **params: str) -> Any:  # noqa: ANN401
    route = Route("POST", "/interactions/{id}/{token}/callback", id=asked.id, token=asked.token)
    return await bot.http.request(route, json=body, params=params)


async def hook(bot: Bot, method: str, asked: Asked, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
    route = Route(method, f"/webhooks/{bot.application_id}/{asked.token}{path}")
    sent: dict[str, Any] = {} if body is None else {"json": body}
    return await bot.http.request(route, **sent)


async def refused(code: int, what: Any) -> None:  # noqa: ANN401
    with pytest.raises(library.HTTPException) as error:
        await what
    assert error.value.code == code


async def test_commands_are_registered_and_kept(discord: Discord, bot: Bot) -> None:
    first = await register(bot)
    assert [each["id"] for each in await register(bot)] == [each["id"] for each in first]
    known = await bot.http.get_global_commands(int(discord.application))
    assert [each["name"] for each in known] == ["ask", "Ask about this"]


async def test_a_command_is_answered_as_the_library_does(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    await register(bot)
    asked = discord.commands(anna, general, "ask", question="How long?", private=True)
    await discord.until(lambda: bot.interactions)
    told = bot.interactions[0]
    assert told.data is not None
    assert told.data["options"][0]["value"] == "How long?"  # type: ignore[typeddict-item]
    await told.response.defer(ephemeral=True, thinking=True)
    assert asked.acknowledged is not None
    assert (asked.acknowledged.type, asked.ephemeral) == (5, True)
    assert asked.original is not None
    assert asked.original.loading
    await told.edit_original_response(content="90 days.")
    await told.followup.send("More.", ephemeral=True)
    assert asked.original.content == "90 days."
    assert asked.original.flags == 64
    assert [one.content for one in asked.followups] == ["More."]
    assert [one.content for one in discord.whispered(anna)] == ["90 days.", "More."]
    assert not discord.messages(general)


async def test_a_public_answer_is_told_of_and_can_be_replied_to(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    asked = discord.commands(anna, general, "ask", question="How long?")
    await back(bot, asked, {"type": 5})
    await hook(bot, "PATCH", asked, "/messages/@original", {"content": "90 days."})
    original = asked.original
    assert original is not None
    discord.says(anna, general, "Why?", replies_to=original)
    await discord.until(lambda: len(bot.heard) == 2)
    session = next(iter(discord.gateway.sessions.values()))
    told = [each["d"] for each in session.told if each["t"] == "MESSAGE_CREATE"]
    assert [each["type"] for each in told] == [20, 19]
    assert told[1]["referenced_message"]["interaction_metadata"]["id"] == asked.id
    assert told[1]["mentions"][0]["id"] == discord.me


async def test_a_second_answer_and_a_late_one_are_refused(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    asked = discord.commands(anna, general, "ask", question="How long?")
    await back(bot, asked, {"type": 5})
    await refused(40060, back(bot, asked, {"type": 5}))
    late = discord.commands(anna, general, "ask", question="How long?")
    discord.clock.move(3)
    await refused(10062, back(bot, late, {"type": 5}))
    assert (asked.refused, late.refused, late.acknowledged) == ([40060], [10062], None)
    await refused(10015, hook(bot, "PATCH", late, "/messages/@original", {"content": "90 days."}))


async def test_a_token_is_good_for_a_quarter_of_an_hour(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    asked = discord.commands(anna, general, "ask", question="How long?")
    told = await back(bot, asked, {"type": 5}, with_response="true")
    assert asked.original is not None
    assert told["interaction"]["response_message_id"] == asked.original.id
    discord.clock.move(899)
    await hook(bot, "PATCH", asked, "/messages/@original", {"content": "90 days."})
    discord.clock.move(1)
    await refused(50027, hook(bot, "PATCH", asked, "/messages/@original", {"content": "91 days."}))
    await refused(50027, hook(bot, "POST", asked, "", {"content": "91 days."}))


async def test_what_is_typed_gets_suggestions(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    await register(bot)
    asked = discord.types(anna, general, "ask", "question", "How")
    await back(bot, asked, {"type": 8, "data": {"choices": [{"name": "How long?", "value": "How long?"}]}})
    assert asked.choices == [{"name": "How long?", "value": "How long?"}]


async def test_a_button_opens_a_form_that_is_sent(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    message = await answered(discord, general, bot)
    clicked = discord.clicks(anna, message, "👎")
    await discord.until(lambda: bot.interactions)
    assert bot.interactions[0].message is not None
    assert str(bot.interactions[0].message.id) == message.id
    await back(bot, clicked, {"type": 9, "data": FORM})
    assert clicked.modal is not None
    assert [each["label"] for each in clicked.fields] == ["Your question"]
    sent = discord.submits(anna, clicked.modal, {"Your question": "Why?"})
    await discord.until(lambda: len(bot.interactions) == 2)
    data: Any = bot.interactions[1].data
    assert data["components"][0]["component"]["value"] == "Why?"
    await back(bot, sent, {"type": 4, "data": {"content": "Thanks.", "flags": 64}})
    assert [one.content for one in discord.whispered(anna)] == ["Thanks."]


async def test_a_message_is_asked_about(discord: Discord, anna: Person, general: Channel, bot: Bot) -> None:
    await register(bot)
    said = discord.says(anna, general, "Keys live for 90 days.")
    asked = discord.asks_about(anna, said)
    await discord.until(lambda: bot.interactions)
    data: Any = bot.interactions[0].data
    assert data["resolved"]["messages"][said.id]["content"] == "Keys live for 90 days."
    await back(bot, asked, {"type": 9, "data": FORM})
    assert asked.modal is not None


async def test_a_command_of_commands_is_given_by_both_its_names(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    discord.commands(anna, discord.direct(anna), "footnote usage", days=7)
    await discord.until(lambda: bot.interactions)
    data: Any = bot.interactions[0].data
    days = {"name": "days", "type": 4, "value": 7}
    assert (data["name"], data["options"]) == ("footnote", [{"name": "usage", "type": 1, "options": [days]}])
    assert bot.interactions[0].guild_id is None


async def test_a_forged_button_is_heard_as_any_other(
    discord: Discord, anna: Person, general: Channel, bot: Bot
) -> None:
    message = await answered(discord, general, bot)
    asked = discord.presses(anna, message, "f:stop:somebody-else's")
    await back(bot, asked, {"type": 6})
    assert asked.acknowledged is not None
    assert asked.original == message


async def answered(discord: Discord, channel: Channel, bot: Bot) -> Message:
    rows = [{"type": 1, "components": [{"type": 2, "style": 2, "emoji": {"name": "👎"}, "custom_id": "f:down:1"}]}]
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
    await bot.http.request(route, json={"content": "90 days.", "components": rows})
    return discord.answers(channel)[0]
