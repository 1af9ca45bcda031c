"""What stands in a thread before a question is read as people wrote it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from adapters.base import Person, Place, Question
from adapters.policies import Policies, Policy
from adapters.slack.base import Taken
from adapters.slack.errors import SlackError
from adapters.slack.facts import Facts
from adapters.slack.fetching import Wanted, fetched
from adapters.slack.lookback import LookBack
from adapters.slack.payload import when
from adapters.slack.reading import Reading
from adapters.slack.saying import said
from adapters.wishes import Served
from tests.adapters.slack_reading.workspaces import OneWorkspace
from tests.doubles.adapters import RecordingDesk
from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from tests.doubles.slack import Channel, Message, User
    from tests.doubles.slack.faults import Fault


def question(slack: Slack, message: Message, **other: Any) -> Question:  # noqa: ANN401 - whatever a question has
    workspace = f"slack:{slack.home.id}"
    name = f"{workspace}:{message.channel}:"
    place = Place(platform="slack", workspace=workspace, channel=message.channel, thread=message.root)
    given = Question(
        id=name + message.ts,
        conversation=name + message.root,
        place=place,
        asker=Person(id=message.user, name=message.user),
        text=said(message.text, slack.bot.id),
        asked_at=when(message.ts),
    )
    return replace(given, **other)


async def test_what_people_said_before_is_read_in_order(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    ben = slack.person("Ben")
    root = slack.says(anna, general, "We ship on <https://x.example/y|Friday> &amp; not before")
    reply = slack.says(ben, general, f"ok <@{anna.id}>, Friday it is", thread=root)
    asked = slack.says(anna, general, f"{slack.mention} when do we ship?", thread=root)
    slack.says(ben, general, "later words", thread=root)
    first, second = await reading.around(question(slack, asked))
    assert (first.author, first.text) == ("anna", "We ship on Friday & not before")
    assert (second.author, second.text) == ("ben", "ok @anna, Friday it is")
    assert first.id == f"slack:{slack.home.id}:{general.id}:{root.ts}"
    assert first.at == when(root.ts)
    link = f"https://acme.slack.com/archives/{general.id}/p"
    assert first.url == link + root.ts.replace(".", "")
    assert second.url == f"{link}{reply.ts.replace('.', '')}?thread_ts={root.ts}&cid={general.id}"


async def test_bots_hidden_messages_and_what_asks_are_left_out(
    slack: Slack, workspaces: OneWorkspace, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "the release")
    slack.says(slack.other_bot("Builds"), general, "build 7 is green", thread=root)
    slack.says(slack.other_bot("Old", app=None), general, "an old integration", thread=root)
    bot = await workspaces.of(slack.home.id)
    await bot.calls.ask("chat.postMessage", channel=general.id, thread_ts=root.ts, text="my own answer")
    slack.says(anna, general, f"{slack.mention} when is the release?", thread=root)
    asked = slack.says(anna, general, f"{slack.mention} when is the release?", thread=root)
    assert [one.text for one in await reading.around(question(slack, asked))] == ["the release"]


async def test_the_newest_thirty_of_a_long_thread_are_read(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "message 0")
    for number in range(1, 1_200):
        slack.says(anna, general, f"message {number}", thread=root)
    asked = slack.says(anna, general, f"{slack.mention} what now?", thread=root)
    found = await reading.around(question(slack, asked))
    assert [one.text for one in found] == [f"message {number}" for number in range(1_170, 1_200)]
    assert len(slack.called("conversations.replies")) == 2


async def test_a_question_about_a_message_reads_that_message(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "We ship on Friday")
    workspace = f"slack:{slack.home.id}"
    name = f"{workspace}:shortcut:{general.id}:{root.ts}:{anna.id}:V1"
    asked = question(slack, root, id=name, text="when do we ship?")
    assert [one.text for one in await reading.around(asked)] == ["We ship on Friday"]


async def test_the_message_that_is_asked_about_is_read_however_old_it_is(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "message 0")
    for number in range(1, 50):
        slack.says(anna, general, f"message {number}", thread=root)
    name = f"slack:{slack.home.id}:shortcut:{general.id}:{root.ts}:{anna.id}:V1"
    found = await reading.around(question(slack, root, id=name, text="what does this mean?"))
    assert [one.text for one in found] == ["message 0", *(f"message {number}" for number in range(21, 50))]


async def test_nothing_stands_before_a_question_that_opens_a_thread(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    slack.says(anna, general, "somebody else's business")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} how long?"))
    assert await reading.around(asked) == ()
    assert len(slack.called("conversations.replies")) == 1
    reading.heard(asked.id, files=False)
    assert await reading.around(asked) == ()
    assert len(slack.called("conversations.replies")) == 1


async def test_what_was_asked_elsewhere_first_reads_nothing(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "We ship on Friday")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    aside = replace(asked, follows=asked.conversation, first_asked_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert await reading.around(aside) == ()
    private = replace(asked.place, channel=anna.id, private_to=anna.id)
    assert await reading.around(replace(asked, place=private)) == ()
    assert await reading.around(replace(asked, place=replace(asked.place, thread=None))) == ()
    assert not slack.calls


async def test_files_of_the_question_and_of_the_thread_are_read(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    plan = slack.file(anna, "plan.md", b"# Plan\n\nWe ship on Friday.", "text/plain")
    photo = slack.file(anna, "photo.png", b"\x89PNG", "image/png")
    large = slack.file(anna, "large.txt", b"x" * 500_001)
    table = slack.file(anna, "table.csv", b"day,what\nFriday,ship\n", "text/csv")
    root = slack.says(anna, general, "the plan", files=[plan, photo, large])
    asked = slack.says(anna, general, f"{slack.mention} when do we ship?", thread=root, files=[table])
    first, own = await reading.around(question(slack, asked))
    assert [(one.name, one.media, one.content) for one in first.attached] == [
        ("plan.md", "text/markdown", plan.content)
    ]
    assert [(one.name, one.media) for one in own.attached] == [("table.csv", "text/csv")]
    assert not own.text
    alone = slack.says(anna, general, f"{slack.mention} when do we ship?", files=[plan])
    (only,) = await reading.around(question(slack, alone))
    assert [one.name for one in only.attached] == ["plan.md"]


async def test_files_are_left_where_the_channel_says_so(
    slack: Slack, workspaces: OneWorkspace, facts: Facts, anna: User, general: Channel
) -> None:
    plan = slack.file(anna, "plan.md", b"We ship on Friday.")
    root = slack.says(anna, general, "the plan", files=[plan])
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    policies = Policies(channels={f"slack:{slack.home.id}:channel:{general.id}": Policy(files=False)})
    reading = Reading(workspaces, facts, policies, workspaces.clock, patience=30)
    assert [one.attached for one in await reading.around(asked)] == [()]


async def test_a_file_that_slack_does_not_give_is_left_out(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    slack.installation.scopes.discard("files:read")  # Slack then shows its page to sign in, and says 200
    root = slack.says(anna, general, "the plan", files=[slack.file(anna, "plan.html", b"<p>Friday", "text/html")])
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    assert [(one.text, one.attached) for one in await reading.around(asked)] == [("the plan", ())]


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1/files-pri/x",
        "https://slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://files.slack.com@192.0.2.1/x",
        "https://user@files.slack.com/x",
        "http://files.slack.com/x",
        "file:///etc/passwd",
        "http://127.0.0.1:1/x",
        "//[",
    ],
)
async def test_no_other_server_is_shown_the_token(workspaces: OneWorkspace, slack: Slack, address: str) -> None:
    calls = (await workspaces.of(slack.home.id)).calls
    with pytest.raises(SlackError, match="not at Slack"):
        await fetched(Wanted(address=address, size=1), calls)


@pytest.mark.parametrize("fault", ["ratelimited", "error", "garbage", "invalid_auth", "dropped before"])
async def test_a_thread_that_slack_does_not_give_is_empty(
    slack: Slack, reading: Reading, anna: User, general: Channel, fault: Fault
) -> None:
    root = slack.says(anna, general, "We ship on Friday")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    slack.misbehave(fault, "conversations.replies", retry_after=60)
    assert await reading.around(asked) == ()


async def test_names_and_addresses_that_slack_does_not_give_are_done_without(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "We ship on Friday")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    slack.misbehave("error", "users.info", "auth.test")
    (found,) = await reading.around(asked)
    assert (found.author, found.url, found.text) == (anna.id, None, "We ship on Friday")


async def test_no_more_threads_are_read_than_slack_allows(
    slack: Slack, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "We ship on Friday")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    found = [len(await reading.around(asked)) for _ in range(80)]
    assert 0 < sum(found) < 80
    assert not slack.rates.violations


async def test_reading_leaves_no_more_to_itself_than_looking_back_left_it(
    slack: Slack, workspaces: OneWorkspace, reading: Reading, anna: User, general: Channel
) -> None:
    root = slack.says(anna, general, "We ship on Friday")
    asked = question(slack, slack.says(anna, general, f"{slack.mention} when?", thread=root))
    desk = RecordingDesk()
    desk.lately.append(Served(channel=general.id, conversation=asked.conversation, last_at=asked.asked_at))
    missed = LookBack(desk=desk, workspaces=workspaces, missed=_taken, clock=workspaces.clock)
    threads = (await workspaces.of(slack.home.id)).threads
    while threads.take(slack.clock.now()):
        pass
    assert await reading.around(asked) == ()
    assert not slack.called("conversations.replies")
    before = slack.clock.now()
    missed.since(None)
    looking = slack.tasks.start(missed.run())
    await slack.until(lambda: slack.called("conversations.replies"), within=20)
    looking.cancel()
    assert slack.clock.now() - before >= 4


async def _taken(payload: object, *, lately: bool) -> Taken:
    assert payload
    assert not lately
    return Taken()


async def test_an_app_that_is_sold_reads_what_it_may() -> None:
    async with Slack(commercial=True) as slack:
        workspaces = OneWorkspace(slack)
        ben = slack.person("Ben")
        channel = slack.channel("general", ben)
        root = slack.says(ben, channel, "message 0")
        for number in range(1, 40):
            slack.says(ben, channel, f"message {number}", thread=root)
        asked = question(slack, slack.says(ben, channel, f"{slack.mention} when?", thread=root))
        reading = Reading(workspaces, Facts(workspaces, workspaces.clock), Policies(), workspaces.clock, patience=30)
        assert (await reading.around(asked))[0].text == "message 0"
        assert await reading.around(asked) == ()
        assert slack.rates.violations["conversations.replies"] == 1
