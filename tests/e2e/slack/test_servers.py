"""Servers that know as little of Slack as an answer needs: it is there everywhere, once, and with its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.slack_team import QUESTION, Transport, team, whole

if TYPE_CHECKING:
    from bot.settings import Settings
    from tests.doubles.slack import Message, Slack

WAIT = 60
_LACKING = (
    *("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update", "chat.delete", "chat.postEphemeral"),
    *("agents.sessions.setStatus", "assistant.threads.setStatus", "usergroups.list", "users.list"),
    *("users.conversations", "conversations.replies", "conversations.history", "conversations.open"),
    *("reactions.add", "views.publish", "views.open"),
)


def _answers(messages: list[Message]) -> list[Message]:
    return [one for one in messages if "Tuesdays at 14:00" in one.shown]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_server_that_knows_little_more_than_posts_gets_answers_everywhere(
    slack: Slack, settings: Settings, transport: Transport
) -> None:
    slack.misbehave("unknown_method", *_LACKING)
    anna = slack.person("Anna")
    general, elsewhere = slack.channel("general", anna), slack.channel("elsewhere", anna, bot=False)
    direct = slack.direct(anna)
    async with team(slack, settings, transport):
        asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
        slack.says(anna, general, QUESTION, thread=asked)
        await slack.until(lambda: len(_answers(slack.answers(general, asked))) == 2, within=WAIT)
        slack.commands(anna, general, "/ask", QUESTION)
        await slack.until(lambda: len(_answers(slack.seen(general))) == 3, within=WAIT)
        privately = slack.says(anna, direct, QUESTION)
        await slack.until(lambda: whole(slack.answers(direct, privately)), within=WAIT)
        slack.commands(anna, elsewhere, "/ask", QUESTION)
        await slack.until(lambda: _answers(slack.whispered(anna)), within=WAIT)
    assert all("deploying" in one.shown for one in _answers([*slack.seen(general), *slack.seen(direct)]))
    assert len(_answers([*slack.seen(general), *slack.seen(direct)])) == 4
