"""Whatever one thing a server leaves out, each way to ask reaches the desk once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.base import Question
from adapters.policies import Policies, Policy
from adapters.slack import views
from adapters.slack.events import AskingAbout
from tests.adapters.slack_intake.hearing import Bot, hearing
from tests.doubles.slack_sparing import OPTIONAL, spare

if TYPE_CHECKING:
    from tests.doubles.slack import Channel, Slack, User


@pytest.fixture(params=OPTIONAL)
def lacking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    found: str = request.param
    spare(monkeypatch, {found})
    return found


async def test_each_way_to_ask_does_without_it(
    slack: Slack, transport: str, anna: User, general: Channel, lacking: str
) -> None:
    every = Policies(everywhere=Policy(answers="every question"))
    async with hearing(slack, Bot(slack, transport, policies=every)) as bot:
        mention = slack.says(anna, general, f"{slack.mention} how long?")
        below = slack.says(anna, general, "and why?", thread=mention)
        direct = slack.says(anna, slack.direct(anna), "how long?")
        slack.commands(anna, general, "/ask", "how long?")
        slack.asks_about(anna, mention, "ask_about")
        await slack.heard()
        if lacking == "trigger_id":
            await slack.until(lambda: slack.whispered(anna))
        else:
            await slack.until(lambda: bot.written.shown)
            (asking,) = bot.written.shown
            assert isinstance(asking, AskingAbout)
            calls = (await bot.installed.of(slack.home.id)).calls
            await calls.ask("views.open", trigger_id=asking.trigger, view=views.ask(asking.subject, asking.text))
            values = {views.QUESTION: {views.VALUE: {"type": "plain_text_input", "value": "why?"}}}
            await slack.heard(slack.submits(anna, values))
        here = f"slack:{slack.home.id}"
        said = {f"{here}:{one.channel}:{one.ts}" for one in (mention, below, direct)}
        others = bot.asked - said
        assert said <= bot.asked
        assert sorted(one.split(":")[2] for one in others) == ["command", "shortcut"][: 1 + (lacking != "trigger_id")]
        places = {one.place.private_to for one in bot.events if isinstance(one, Question) and one.id != direct.ts}
        assert places == {None, anna.id}
