"""What goes wrong in Slack, and what people see of it: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.slack import facts
from tests.doubles.slack_team import HANDBOOK, QUESTION, Slowly, known, team, whole

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.slack import Message, Slack
    from tests.doubles.slack.faults import Fault
    from tests.doubles.slack_team import Team

WAIT = 60
_MORE = " A failed deploy is rolled back within 10 minutes. [1]"


async def test_thirty_conversations_stream_at_once_without_one_call_too_many(
    slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_WITHIN", 900.0)  # by a clock that is moved faster than a busy machine works
    people = [slack.person(f"P{number}") for number in range(30)]
    model = Slowly(size=3)
    async with team(slack, settings, model=model):
        asked = []
        for person in people:
            channel = slack.channel(person.name, person)
            asked.append((channel, slack.says(person, channel, f"{slack.mention} {QUESTION}")))
        async with asyncio.timeout(60):
            while not all(whole(slack.answers(*one)) for one in asked):
                slack.clock.move(0.5)
                await _breath(slack)
        said = ["".join(said.shown for said in slack.answers(*one)) for one in asked]
        assert [text for text in said if "Maria" not in text] == []
    assert not slack.rates.violations


async def _breath(slack: Slack) -> None:
    """Let what is due happen."""
    await asyncio.sleep(0.02)


async def test_a_stream_that_outlives_its_time_goes_on_in_another_message(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    bot.model.text = f"Deploys happen on Tuesdays at 14:00. [1] Maria approves each deploy. [1]{_MORE}"
    bot.model.after = 60
    bot.model.gate.clear()
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: "Tuesdays" in str([one.shown for one in slack.answers(general, asked)]), within=WAIT)
    slack.clock.move(290)
    bot.model.gate.set()
    await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
    shown = " ".join(one.shown for one in slack.answers(general, asked))
    assert shown.count("Tuesdays at 14:00") == 1
    assert shown.count("Maria approves") == 1
    assert shown.count("rolled back") == 1


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.startStream", "chat.stopStream", "chat.appendStream"])
@pytest.mark.parametrize("fault", ["dropped after", "dropped before", "error", "ratelimited"])
async def test_an_answer_whose_call_was_lost_stands_once(
    slack: Slack, settings: Settings, method: str, fault: Fault
) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    async with team(slack, settings) as bot:
        if method != "chat.postMessage":
            bot.model.after = 60
            bot.model.gate.clear()
        slack.misbehave(fault, method, times=1, retry_after=1)
        asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        if method != "chat.postMessage":
            await slack.until(lambda: slack.called("chat.startStream"), within=WAIT)
            slack.clock.move(4)
            bot.model.gate.set()
        for _ in range(400):
            if whole(slack.answers(general, asked)):
                break
            slack.clock.move(0.5)
            await _breath(slack)
        shown = " ".join(one.shown for one in slack.answers(general, asked))
        assert shown.count("Tuesdays at 14:00") == 1
        assert shown.count("Maria approves") == 1


@pytest.mark.parametrize("unknown", ["startStream", "sessions"])
async def test_a_server_without_the_newest_methods_gets_an_answer_all_the_same(
    slack: Slack, settings: Settings, unknown: str
) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    methods = {
        "startStream": ("chat.startStream",),
        "sessions": ("agents.sessions.setStatus", "assistant.threads.setStatus"),
    }[unknown]
    slack.misbehave("unknown_method", *methods)
    async with team(slack, settings):
        asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)


async def test_what_was_open_when_it_ended_is_answered_when_it_is_back(slack: Slack, settings: Settings) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    model = Slowly()
    model.after = 0
    model.gate.clear()
    async with team(slack, settings, model=model):
        asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: model.asked, within=WAIT)
    async with team(slack, settings):
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
    shown = " ".join(one.shown for one in slack.answers(general, asked))
    assert shown.count("Tuesdays at 14:00") == 1


async def test_what_was_asked_while_it_was_away_is_found_and_answered(slack: Slack, settings: Settings) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    async with team(slack, settings):
        first = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: whole(slack.answers(general, first)), within=WAIT)
    subscribed = set(slack.state.app.subscriptions)
    slack.state.app.subscriptions.clear()  # what Slack never delivers
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    follows = slack.says(anna, general, "Who approves each deploy?", thread=first)
    slack.state.app.subscriptions |= subscribed
    async with team(slack, settings):
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
        await slack.until(lambda: len(slack.answers(general, first)) == 2, within=WAIT)
    assert len(slack.answers(general, asked)) == 1
    assert follows.root == first.ts


async def test_sockets_that_break_or_fall_silent_lose_nothing(slack: Slack, settings: Settings) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    async with team(slack, settings):
        await slack.sockets.drop()
        first = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: slack.sockets.open, within=WAIT)
        slack.clock.move(61)
        await slack.until(lambda: whole(slack.answers(general, first)), within=WAIT)
        slack.sockets.deafen(pings=True)
        second = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        for _ in range(60):
            if whole(slack.answers(general, second)):
                break
            slack.clock.move(30)
            await _breath(slack)
        assert whole(slack.answers(general, second))
        assert len(slack.answers(general, second)) == 1


async def test_a_rate_limited_start_loses_nothing(slack: Slack, settings: Settings) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    slack.misbehave("ratelimited", "auth.test", times=3, retry_after=1)
    async with team(slack, settings):
        asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        for _ in range(100):
            if whole(slack.answers(general, asked)):
                break
            slack.clock.move(0.5)
            await _breath(slack)
        assert whole(slack.answers(general, asked))


async def test_what_was_said_in_the_thread_is_read_and_footnoted(slack: Slack, settings: Settings) -> None:
    anna, ben = slack.person("Anna"), slack.person("Ben")
    general = slack.channel("general", anna, ben)
    root = slack.says(ben, general, "The release party of the wombat project is on Friday at 18:00.")
    async with team(slack, settings, model=Slowly("The release party is on Friday at 18:00. [1]")):
        asked = slack.says(
            anna, general, f"{slack.mention} When is the release party of the wombat project?", thread=root
        )
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
    (answer,) = slack.answers(general, root)
    assert "Friday at 18:00" in answer.shown
    assert "ben in this thread" in answer.shown


async def test_a_file_of_the_thread_is_read_for_its_questions(slack: Slack, settings: Settings) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    file = slack.file(
        anna, "wombats.md", b"# Wombats\n\nThe wombat house opens at 07:30 every morning.\n", "text/markdown"
    )
    async with team(slack, settings, model=Slowly("The wombat house opens at 07:30 every morning. [1]")):
        asked = slack.says(anna, general, f"{slack.mention} When does the wombat house open?", files=[file])
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
    assert "07:30" in slack.answers(general, asked)[0].shown
    assert HANDBOOK[:5] not in slack.answers(general, asked)[0].shown


async def test_a_new_home_leaves_alone_what_was_answered_and_said_before_and_answers_what_was_missed(
    slack: Slack, settings: Settings, tmp_path: Path
) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    talk = slack.says(anna, general, "Where do we have the summer party?")
    slack.says(anna, general, "Who approves each deploy?", thread=talk)
    async with team(slack, settings):
        first = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: whole(slack.answers(general, first)), within=WAIT)
    missed = slack.says(anna, general, f"{slack.mention} {QUESTION}", thread=talk)
    again = slack.says(anna, general, f"{slack.mention} {QUESTION}", thread=first)
    document = {frozenset({f"slack:{slack.home.id}"}): {"deploying.md": HANDBOOK}}
    async with team(slack, await known(tmp_path / "new", slack, document)) as bot:
        await slack.until(lambda: len(slack.answers(general, first)) == 2, within=WAIT)
        await slack.until(lambda: whole(slack.answers(general, talk)), within=WAIT)
        await slack.until(lambda: whole(slack.answers(general, first)[1:]), within=WAIT)
        assert await bot.work.desk.answers_in("slack", f"slack:{slack.home.id}", _name(slack, talk)) == _at(missed)
        assert await bot.work.desk.answers_in("slack", f"slack:{slack.home.id}", _name(slack, first)) == _at(again)
    assert len(slack.answers(general, talk)) == 1


def _name(slack: Slack, said: Message) -> str:
    return f"slack:{slack.home.id}:{said.channel}:{said.ts}"


def _at(said: Message) -> datetime:
    return datetime.fromtimestamp(float(said.ts), UTC)
