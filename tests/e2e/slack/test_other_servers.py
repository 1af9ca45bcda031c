"""Servers that speak as Slack does, but say less, or other things: whoever asks is answered all the same."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING, Any

import pytest

from bot.inbox import Inbox
from tests.doubles.slack.api import Api
from tests.doubles.slack.delivery import Delivery
from tests.doubles.slack.errors import Refused
from tests.doubles.slack_sparing import OPTIONAL, spare, without
from tests.doubles.slack_team import HANDBOOK, QUESTION, known, team, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.settings import Settings
    from tests.doubles.slack import Channel, Slack, User
    from tests.doubles.slack.api import Call
    from tests.doubles.slack.delivery import Sent
    from tests.doubles.slack.records import Installation, Json
    from tests.doubles.slack_team import Team, Transport

WAIT = 30


def told(slack: Slack, change: Callable[[Json], None]) -> None:
    """Change each envelope of an event."""
    envelope = slack.emit._envelope

    def changed(installation: Installation, event: Json, channel: Channel | None) -> Json:
        made: Json = copy.deepcopy(envelope(installation, event, channel))
        change(made)
        return made

    slack.emit._envelope = changed  # type: ignore[method-assign]


def answering(monkeypatch: pytest.MonkeyPatch, method: str, change: Callable[[Json], Json]) -> None:
    """Have Slack answer a method otherwise."""
    answer = Api.answer

    def changed(api: Api, call: Call, token: str | None) -> Json:
        found: Json = answer(api, call, token)
        return change(found) if call.method == method else found

    monkeypatch.setattr(Api, "answer", changed)


def without_methods(monkeypatch: pytest.MonkeyPatch, *methods: str) -> None:
    answer = Api.answer

    def lacking(api: Api, call: Call, token: str | None) -> Json:
        if call.method in methods:
            raise Refused("unknown_method")
        found: Json = answer(api, call, token)
        return found

    monkeypatch.setattr(Api, "answer", lacking)


async def everything(slack: Slack) -> None:
    """Ask in each way but one by a form, and be answered."""
    anna = slack.person("Anna")
    general, direct = slack.channel("general", anna), slack.direct(anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: _answered(slack, general, asked), within=WAIT)
    slack.says(anna, general, QUESTION, thread=asked)
    alone = slack.says(anna, direct, QUESTION)
    await slack.until(lambda: _answered(slack, direct, alone), within=WAIT)
    await slack.until(lambda: len(_good(slack, general, asked)) == 2, within=WAIT)
    before = set(slack.seen(general)[-1].ts)
    slack.commands(anna, general, "/footnote", QUESTION)

    def commanded() -> bool:
        return sum("Tuesdays" in one.shown for one in slack.seen(general) if one.ts not in before) == 3

    await slack.until(commanded, within=WAIT)


def _answered(slack: Slack, channel: Channel, asked: Any) -> bool:  # noqa: ANN401 - a message
    return whole(slack.answers(channel, asked)) and bool(_good(slack, channel, asked))


def _good(slack: Slack, channel: Channel, asked: Any) -> list[Any]:  # noqa: ANN401 - the same
    return [one for one in slack.answers(channel, asked) if "Tuesdays" in one.shown]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_server_that_says_only_what_is_needed(
    slack: Slack, settings: Settings, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare(monkeypatch, OPTIONAL)
    async with team(slack, settings, transport):
        await everything(slack)


async def test_another_companys_envelope_and_another_bot_in_it(slack: Slack, settings: Settings) -> None:
    def foreign(made: Json) -> None:
        made["team_id"] = "T0OTHER"
        made["authorizations"][0]["user_id"] = "U0INSTALLER"

    told(slack, foreign)
    async with team(slack, settings):
        await everything(slack)


async def test_a_token_that_names_another_workspace_than_the_envelopes(
    slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, "auth.test", lambda found: {**found, "team_id": "T0ORG"})
    async with team(slack, settings):
        await everything(slack)


async def test_somebody_of_another_workspace_of_the_organisation(slack: Slack, settings: Settings) -> None:
    told(slack, lambda made: made["event"].update(team="T0GRID"))
    async with team(slack, settings):
        await everything(slack)


@pytest.mark.parametrize("named", [True, False])
async def test_another_companys_mention_is_refused_in_words_and_costs_nothing(
    slack: Slack, tmp_path: Path, *, named: bool
) -> None:
    settings = await known(tmp_path, slack, {frozenset({"public"}): {"deploying.md": HANDBOOK}})
    fields = set() if named else {"team", "user_team", "source_team"}
    told(slack, lambda made: made.update(event=without(made["event"], fields)))
    other = slack.workspace("Other", installed=False)
    olaf = slack.person("Olaf", other)
    shared = slack.channel("shared", slack.person("Anna"), olaf, shared_with=(other,))
    async with team(slack, settings) as bot:
        asked = slack.says(olaf, shared, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: slack.answers(shared, asked) or slack.whispered(olaf), within=WAIT)
        (said,) = [*slack.answers(shared, asked), *slack.whispered(olaf)]
        assert "only members of this workspace" in said.shown
        assert bot.model.asked == []


@pytest.mark.parametrize("lacking", [("users.info", "users.list"), ("conversations.info",), ("conversations.members",)])
async def test_where_nobody_says_who_reads_what_is_public_is_answered(
    slack: Slack, tmp_path: Path, lacking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = await known(tmp_path, slack, {frozenset({"public"}): {"deploying.md": HANDBOOK}})
    without_methods(monkeypatch, *lacking)
    async with team(slack, settings):
        anna = slack.person("Anna")
        here, direct = slack.channel("general", anna), slack.direct(anna)
        asked, alone = (slack.says(anna, one, f"{slack.mention} {QUESTION}") for one in (here, direct))
        await slack.until(lambda: _answered(slack, here, asked), within=WAIT)
        await slack.until(lambda: _answered(slack, direct, alone), within=WAIT)


async def test_where_nobody_says_who_reads_what_is_private_is_not(
    slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_methods(monkeypatch, "users.info", "users.list")
    async with team(slack, settings):
        anna = slack.person("Anna")
        general = slack.channel("general", anna)
        asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
        await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
        assert not _good(slack, general, asked)


@pytest.mark.parametrize("accepts", [True, False])
async def test_how_to_ask_is_said_whatever_an_acknowledgement_may_carry(
    slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, accepts: bool
) -> None:
    send = Delivery.send

    def sending(delivery: Delivery, sent: Sent) -> Sent:
        sent.accepts_response = accepts
        return send(delivery, sent)

    monkeypatch.setattr(Delivery, "send", sending)
    async with team(slack, settings):
        anna = slack.person("Anna")
        general = slack.channel("general", anna)
        slack.commands(anna, general, "/footnote", "help")
        await slack.until(lambda: slack.whispered(anna), within=WAIT)
        (said,) = slack.whispered(anna)
        assert "/footnote how long" in said.shown


async def test_a_stop_of_nothing_is_told_so_and_one_of_something_is_not(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=WAIT)
    inbox = Inbox(bot.database, bot.turns)
    async with asyncio.timeout(WAIT):
        while await inbox.owed():
            await slack.heard()
    slack.says(anna, general, f"{slack.mention} stop", thread=asked)
    await slack.until(lambda: len(slack.answers(general, asked)) == 2, within=WAIT)
    assert "Nothing that you asked is being answered here." in slack.answers(general, asked)[1].shown
    bot.model.after = 40
    bot.model.gate.clear()
    slow = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: slack.answers(general, slow), within=WAIT)
    stop = slack.says(anna, general, f"{slack.mention} stop", thread=slow)
    await slack.heard()
    await slack.until(lambda: bot.model.closed == len(bot.model.asked) == 2, within=WAIT)
    assert await inbox.asked(f"slack:{slack.home.id}:{general.id}:{stop.ts}") is None
    assert len(slack.answers(general, slow)) == 1


async def test_a_question_about_a_message_where_the_bot_is_not_brings_what_it_says(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    elsewhere = slack.channel("elsewhere", anna, bot=False)
    said = slack.says(anna, elsewhere, "The deploy is late again. Who approves each deploy on Tuesdays?")
    slack.asks_about(anna, said, "ask_about")
    await slack.until(lambda: slack.modal(anna), within=WAIT)
    await slack.heard(_submitted(slack, anna, "What does this mean?"))
    direct = slack.direct(anna)
    await slack.until(lambda: any("Tuesdays at 14:00" in one.shown for one in slack.seen(direct)), within=WAIT)
    assert "The deploy is late again." in slack.seen(direct)[0].shown


def _submitted(slack: Slack, user: User, words: str) -> Sent:
    return slack.submits(user, {"question": {"value": {"type": "plain_text_input", "value": words}}})
