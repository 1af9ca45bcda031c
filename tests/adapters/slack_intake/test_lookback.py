"""Looking back: what was asked while nobody heard is found, once, politely, and nothing else is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.base import Question
from adapters.pacing import Bucket
from adapters.payload import at
from adapters.policies import Policies, Policy
from adapters.slack.finding import BUDGET, Finding
from adapters.wishes import Served
from tests.adapters.slack_intake.hearing import Bot, Failing, Installed, hearing
from tests.doubles.adapters import RecordingDesk
from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from adapters.policies import Answers
    from tests.doubles.slack import Channel, Message, User


def name(slack: Slack, said: Message) -> str:
    return f"slack:{slack.home.id}:{said.channel}:{said.ts}"


@pytest.fixture
async def earlier(slack: Slack, anna: User, general: Channel) -> dict[str, Message]:
    """What was said while nothing of the app was there."""
    root = slack.says(anna, general, "does anybody know?")
    mentioned = slack.says(anna, general, f"{slack.mention} how long?")
    said = {
        "root": root,
        "mention": mentioned,
        "mention in a thread": slack.says(anna, general, f"{slack.mention} really?", thread=root),
        "direct": slack.says(anna, slack.direct(anna), "hello?"),
        "stop": slack.says(anna, general, "stop", thread=mentioned),
        "bot": slack.says(slack.other_bot("Deploy"), general, f"{slack.mention} done"),
    }
    while not all(sent.lost for sent in slack.sent):  # until Slack has given up delivering it
        slack.clock.move(60)
        await asyncio.sleep(0)
    return said


async def test_what_was_asked_before_the_start_is_asked_now(
    slack: Slack, transport: str, earlier: dict[str, Message]
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        wanted = {name(slack, earlier[one]) for one in ("mention", "mention in a thread", "direct")}
        await slack.until(lambda: bot.asked == wanted, 20.0)
    assert all(isinstance(event, Question) for event in bot.events)
    assert not slack.rates.violations


async def test_a_start_does_not_answer_what_was_said_before_every_question_was_wanted(
    slack: Slack, earlier: dict[str, Message]
) -> None:
    policies = Policies(everywhere=Policy(answers="every question"))
    async with hearing(slack, Bot(slack, "sockets", policies=policies)) as bot:
        await slack.until(lambda: name(slack, earlier["direct"]) in bot.asked, 20.0)
    assert name(slack, earlier["root"]) not in bot.asked


async def test_a_follow_up_in_a_thread_that_was_answered_in_is_found(
    slack: Slack, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "how long?")
    slack.clock.move(8 * 3600.0)
    follows = slack.says(anna, general, "and then?", thread=root)
    slack.clock.move(-8 * 3600.0 + 400)
    bot = Bot(slack, "sockets")
    bot.desk.lately.append(Served(conversation=name(slack, root), channel=general.id, last_at=datetime.now(UTC)))
    async with hearing(slack, bot):
        await slack.until(lambda: name(slack, follows) in bot.asked, 20.0)


async def test_what_was_said_long_ago_is_let_be(slack: Slack, anna: User, general: Channel) -> None:
    slack.clock.move(-7 * 3600.0)
    old = slack.says(anna, general, f"{slack.mention} how long?")
    slack.clock.move(7 * 3600.0)
    new = slack.says(anna, general, f"{slack.mention} how short?")
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        await slack.until(lambda: name(slack, new) in bot.asked, 20.0)
    assert name(slack, old) not in bot.asked


async def test_a_mention_in_an_old_thread_that_the_bot_never_answered_in_is_found(
    slack: Slack, anna: User, general: Channel
) -> None:
    slack.clock.move(-9 * 3600.0)
    root = slack.says(anna, general, f"{slack.mention} how long?")
    reply = slack.says(anna, general, f"{slack.mention} how short?", thread=root)
    slack.clock.move(9 * 3600.0)
    mentioned = slack.says(anna, general, f"{slack.mention} how wide?", thread=root)
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        await slack.until(lambda: name(slack, mentioned) in bot.asked, 20.0)
    assert bot.asked.isdisjoint({name(slack, root), name(slack, reply)})
    assert len(slack.called("conversations.history")) == 1


async def test_a_question_that_an_edit_made_is_not_asked_twice(slack: Slack, anna: User, general: Channel) -> None:
    edited = slack.says(anna, general, "how long?")
    slack.edits(edited, f"{slack.mention} how long?")
    last = slack.says(anna, slack.direct(anna), "hello?")
    bot = Bot(slack, "sockets")
    bot.desk.lately.append(Served(conversation=name(slack, edited), channel=general.id, last_at=datetime.now(UTC)))
    async with hearing(slack, bot):
        await slack.until(lambda: name(slack, last) in bot.asked, 20.0)
    assert name(slack, edited) not in bot.asked


async def test_slack_that_has_had_enough_is_let_be_and_heard_on(earlier_commercial: Slack) -> None:
    slack = earlier_commercial
    ben = slack.person("Ben")
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        await slack.until(lambda: any(call.error for call in slack.called("conversations.history")), 20.0)
        said = slack.says(ben, slack.direct(ben), "hello?")
        await slack.until(lambda: name(slack, said) in bot.asked)
    assert len([call for call in slack.called("conversations.history") if call.error]) == 1


@pytest.fixture
async def earlier_commercial() -> object:
    async with Slack(commercial=True) as slack:
        anna = slack.person("Anna")
        for number in range(5):
            slack.says(anna, slack.channel(f"c{number}", anna), f"{slack.mention} how long?")
        yield slack


async def test_a_look_that_the_desk_could_not_keep_is_done_again(slack: Slack, earlier: dict[str, Message]) -> None:
    async with hearing(slack, Bot(slack, "sockets", then=Failing(1))) as bot:
        wanted = {name(slack, earlier[one]) for one in ("mention", "mention in a thread", "direct")}
        await slack.until(lambda: bot.asked >= wanted and len(bot.events) > len(wanted), 20.0)


@pytest.fixture
async def party(slack: Slack, anna: User, general: Channel) -> dict[str, Message]:
    """A talk in which the bot was mentioned late, all of it while nothing of the app was there."""
    root = slack.says(anna, general, "where do we have the summer party?")
    return {
        "root": root,
        "before": slack.says(anna, general, "who knows where it was last year?", thread=root),
        "mention": slack.says(anna, general, f"{slack.mention} do you know?", thread=root),
        "after": slack.says(anna, general, "and how many came?", thread=root),
    }


@pytest.mark.parametrize("answers", ["follow-up", "every question"])
async def test_what_was_said_in_a_thread_before_the_bot_was_asked_there_is_let_be(
    slack: Slack, party: dict[str, Message], answers: Answers
) -> None:
    async with hearing(slack, Bot(slack, "sockets", policies=Policies(everywhere=Policy(answers=answers)))) as bot:
        await slack.until(lambda: name(slack, party["after"]) in bot.asked, 20.0)
    assert bot.asked == {name(slack, party[one]) for one in ("mention", "after")}


async def test_a_new_database_answers_nothing_that_was_answered(slack: Slack, anna: User, general: Channel) -> None:
    answered = slack.says(anna, general, f"{slack.mention} how long?")
    replied(slack, answered, general)
    direct = slack.says(anna, slack.direct(anna), "hello?")
    replied(slack, direct, slack.direct(anna))
    missed = slack.says(anna, general, f"{slack.mention} how short?", thread=answered)
    talked = slack.says(anna, general, f"{slack.mention} how wide?")
    slack.says(anna, general, "hm, no idea", thread=talked)
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        await slack.until(lambda: {name(slack, missed), name(slack, talked)} <= bot.asked, 20.0)
        last = slack.says(anna, general, f"{slack.mention} how deep?")
        await slack.until(lambda: name(slack, last) in bot.asked)
    assert bot.asked == {name(slack, one) for one in (missed, talked, last)}


def replied(slack: Slack, asked: Message, channel: Channel) -> Message:
    bot = slack.installation.bot
    ts = slack.state.ts()
    said = type(asked)(ts=ts, channel=channel.id, user=bot.id, team=bot.team, text="90 days.", thread_ts=asked.ts)
    said.bot = slack.installation
    channel.add(said)
    return said


class Counted:
    """A clock that passes when somebody sleeps, and remembers for how long each time."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._slept = 0.0
        self.naps: list[float] = []

    def now(self) -> float:
        return self._slack.clock.now() + self._slept

    async def sleep(self, seconds: float, /) -> None:
        self.naps.append(seconds)
        self._slept += seconds


async def test_the_first_calls_are_made_at_once_where_it_is_likeliest_and_the_others_within_the_budget(
    slack: Slack, anna: User
) -> None:
    slack.rates.enforced = False  # the clocks differ
    channels = [slack.channel(f"c{number}", anna) for number in range(25)]
    said = [slack.says(anna, channel, f"{slack.mention} how long?") for channel in channels]
    clock, desk = Counted(slack), RecordingDesk()
    when = datetime.fromtimestamp(clock.now(), UTC)
    served = said[7]
    desk.lately.append(Served(conversation=name(slack, served), channel=served.channel, last_at=when))
    workspace = await Installed(slack, clock).of(slack.home.id)
    finding = Finding(
        workspace=workspace, desk=desk, clock=clock, bucket=Bucket(BUDGET, clock.now()),
        oldest=clock.now() - 3600, answered=clock.now(),
    )  # fmt: skip
    begun = clock.now()
    times = [(str(at_of(payload)), clock.now() - begun) async for payload in finding.said()]
    assert times[0][0] == served.channel
    assert {channel for channel, _ in times} == {channel.id for channel in channels}
    assert sum(since < 1 for _, since in times) >= 13
    assert all(nap <= 2.1 for nap in clock.naps)
    assert len(clock.naps) >= 10


def at_of(payload: object) -> object:
    return at(payload, "event", "channel")
