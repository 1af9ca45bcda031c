"""Who may read what: a channel, a private one, a direct message, a shared channel, guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.slack import Clock, Slack
from tests.doubles.slack_team import HANDBOOK, QUESTION, Slowly, known, team, whole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.doubles.slack import Channel, Message, User
    from tests.doubles.slack_team import Team

SECRET = "# Salaries\n\nThe salary of the wombat keeper is 41,000 euros a year.\n"
ASKED = "What is the salary of the wombat keeper?"
SAID = "The salary of the wombat keeper is 41,000 euros a year. [1]"
WAIT = 30


class Town:
    """A workspace with a private channel whose document the others may not read."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.anna, self.ben = slack.person("Anna"), slack.person("Ben")
        self.board = slack.channel("board", self.anna, kind="private")
        self.general = slack.channel("general", self.anna, self.ben)


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack(clock=Clock(runs=True)) as slack:
        yield slack


@pytest.fixture
def town(slack: Slack) -> Town:
    return Town(slack)


@pytest.fixture
async def bot(slack: Slack, town: Town, tmp_path: Path) -> AsyncGenerator[Team]:
    here = f"slack:{slack.home.id}"
    documents = {
        frozenset({here}): {"deploying.md": HANDBOOK},
        frozenset({f"{here}:channel:{town.board.id}"}): {"salaries.md": SECRET},
    }
    settings = await known(tmp_path, slack, documents)
    async with team(slack, settings, model=Slowly(SAID)) as bot:
        yield bot


async def _asked(slack: Slack, user: User, channel: Channel, text: str) -> list[Message]:
    asked = slack.says(user, channel, text)
    await slack.until(lambda: whole(slack.answers(channel, asked)), within=WAIT)
    return slack.answers(channel, asked)


def _direct(slack: Slack, town: Town) -> list[Message]:
    return slack.seen(slack.direct(town.anna))


async def test_a_private_channels_document_answers_there(slack: Slack, bot: Team, town: Town) -> None:
    answers = await _asked(slack, town.anna, town.board, f"{slack.mention} {ASKED}")
    assert "41,000" in answers[0].shown


async def test_where_others_read_it_is_offered_to_its_reader_alone_in_private(
    slack: Slack, bot: Team, town: Town
) -> None:
    answers = await _asked(slack, town.anna, town.general, f"{slack.mention} {ASKED}")
    assert all("41,000" not in one.shown for one in answers)
    assert "41,000" not in str([one.shown for one in slack.seen(town.general)])
    await slack.until(lambda: any(b["action_id"] == "privately" for o in _direct(slack, town) for b in o.buttons), WAIT)
    assert "41,000" not in str([one.shown for one in _direct(slack, town)])
    direct = slack.direct(town.anna)
    await slack.until(lambda: slack.seen(direct), within=WAIT)
    (offer,) = slack.seen(direct)
    assert offer.text.startswith(f"In <#{town.general.id}> you asked: “{ASKED[:10]}")
    await slack.heard(slack.clicks(town.anna, answers[0], "again"))
    await slack.until(lambda: len([one for one in slack.seen(town.general) if whole([one])]) == 2, within=WAIT)
    await slack.heard(slack.clicks(town.anna, offer, "privately"))
    await slack.until(lambda: whole(slack.answers(direct, offer)[1:]), within=WAIT)
    assert "41,000" in slack.answers(direct, offer)[1].shown
    assert [one for one in slack.seen(direct) if not one.is_reply] == [offer]
    await slack.until(lambda: not offer.buttons, within=WAIT)


async def test_in_a_direct_message_the_asker_reads_what_they_may(slack: Slack, bot: Team, town: Town) -> None:
    answers = await _asked(slack, town.ben, slack.direct(town.ben), ASKED)
    assert "41,000" not in str([one.shown for one in answers])


async def test_in_a_shared_channel_only_what_is_public_is_read(slack: Slack, bot: Team, town: Town) -> None:
    other = slack.workspace("Other", installed=False)
    shared = slack.channel("shared", town.anna, shared_with=(other,))
    answers = await _asked(slack, town.anna, shared, f"{slack.mention} {QUESTION}")
    assert "Tuesdays" not in answers[0].shown
    assert "only what is public, because this channel is shared with another company." in answers[0].shown


async def test_where_a_guest_reads_too_an_abstention_says_so(slack: Slack, bot: Team, town: Town) -> None:
    town.general.members.append(slack.person("Gil", guest="single").id)
    answers = await _asked(slack, town.anna, town.general, f"{slack.mention} {QUESTION}")
    assert "Tuesdays" not in answers[0].shown
    assert "only what is public, because a guest is in this channel." in answers[0].shown


async def test_a_guest_is_refused(slack: Slack, bot: Team, town: Town) -> None:
    guest = slack.person("Gil", guest="single")
    town.general.members.append(guest.id)
    asked = slack.says(guest, town.general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: slack.whispered(guest, town.general), within=WAIT)
    assert bot.model.asked == []
    assert slack.answers(town.general, asked) == []
