"""What the adapter does with what happens in Slack, by both transports."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.base import (
    Again,
    Declined,
    Deleted,
    Edited,
    Explained,
    Halted,
    MessageRef,
    Question,
    Rated,
    Stopped,
    Wanted,
    WantedPrivately,
)
from adapters.policies import Policies, Policy
from adapters.slack import answers, views
from adapters.slack.events import Arrived, AskingAbout, Disliked, HomeOpened, QuotesWanted, Spot
from adapters.slack.intake import Intake
from adapters.wishes import Served
from tests.adapters.slack_intake.hearing import Bot, Failing, hearing
from tests.doubles.adapters import NOON
from tests.doubles.slack import Message, Slack
from tests.doubles.slack_junk import junk, spoiled_payloads

if TYPE_CHECKING:
    from adapters.policies import Answers
    from tests.doubles.slack import Channel, User
    from tests.doubles.slack.records import Installation

LATE = datetime(2100, 1, 1, tzinfo=UTC)


class NotKept(Declined):
    told = "That answer is <not> kept."


def name(slack: Slack, said: Message) -> str:
    return f"slack:{slack.home.id}:{said.channel}:{said.ts}"


def answered_by_bot(slack: Slack, channel: Channel, root: Message, blocks: list[dict[str, object]]) -> Message:
    """An answer of the bot's that has these blocks."""
    bot = slack.installation.bot
    said = Message(
        ts=slack.state.ts(), channel=channel.id, user=bot.id, team=bot.team, text="90 days.", thread_ts=root.ts
    )
    said.blocks = blocks
    said.bot = slack.installation
    channel.add(said)
    return said


async def test_a_mention_is_safe_before_it_is_acknowledged(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    acknowledged: list[bool] = []

    async def looks(_: object) -> None:
        acknowledged.append(any(sent.acknowledged for sent in slack.sent))

    async with hearing(slack, Bot(slack, transport, then=looks)) as bot:
        said = slack.says(anna, general, f"{slack.mention} how long do keys live?")
        await slack.heard()
    assert acknowledged[0] is False
    question = next(event for event in bot.events if isinstance(event, Question))
    assert (question.id, question.text, question.asker.id) == (name(slack, said), "how long do keys live?", anna.id)
    assert bot.asked == {name(slack, said)}
    assert {sent.event for sent in slack.sent} == {"app_mention", "message"}


async def test_the_same_envelope_three_times_is_one_question(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        slack.says(anna, general, f"{slack.mention} how long?")
        first = slack.sent[0]
        await slack.heard()
        for _ in range(2):
            sent = slack.delivery.send(type(first)(type=first.type, payload=first.payload))
            await slack.heard(sent)
    assert len(bot.asked) == 1


async def test_what_the_desk_could_not_keep_comes_again(slack: Slack, transport: str, anna: User) -> None:
    async with hearing(slack, Bot(slack, transport, then=Failing(1))) as bot:
        slack.says(anna, slack.direct(anna), "how long?")
        (sent,) = slack.sent
        if transport == "sockets":  # an envelope that is not acknowledged fails by time alone
            await slack.until(lambda: sent.attempts)
            slack.clock.move(3)
        await slack.heard(sent)
        assert (sent.attempts, sent.acknowledged) == (2, True)
    assert len(bot.events) == 2
    assert len(bot.asked) == 1


async def test_a_direct_message_is_a_question_that_only_its_asker_reads(
    slack: Slack, transport: str, anna: User
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        slack.says(anna, slack.direct(anna), "how long?")
        await slack.heard()
    (question,) = bot.events
    assert isinstance(question, Question)
    assert question.place.private_to == anna.id


@pytest.mark.parametrize(
    ("policy", "root", "reply", "elsewhere"),
    [
        ("mention", False, False, False),
        ("silent", False, False, False),
        ("follow-up", False, True, False),
        ("every question", True, True, True),
    ],
)
async def test_what_is_said_without_a_mention_is_a_question_as_the_channel_has_it(  # noqa: PLR0913 - a table's columns
    slack: Slack, anna: User, general: Channel, policy: Answers, *, root: bool, reply: bool, elsewhere: bool
) -> None:
    async with hearing(slack, Bot(slack, "sockets", policies=Policies(everywhere=Policy(answers=policy)))) as bot:
        asked = slack.says(anna, general, f"{slack.mention} how long?")
        other = slack.says(anna, general, "who knows?")
        await slack.heard()
        follows = slack.says(anna, general, "and then?", thread=asked)
        beside = slack.says(anna, general, "nobody?", thread=other)
        await slack.heard()
    expected = [(asked, True), (other, root), (follows, reply), (beside, elsewhere)]
    assert bot.asked == {name(slack, said) for said, counts in expected if counts}


async def test_what_people_say_to_each_other_is_answered_under_no_policy(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    eve = slack.person("Eve")
    policies = Policies(everywhere=Policy(answers="every question"))
    async with hearing(slack, Bot(slack, transport, policies=policies)) as bot:
        asked = slack.says(anna, general, f"{slack.mention} how long?")
        for words in ("thanks :pray:", ":+1:", "ok will do", f"<@{eve.id}> are you coming to lunch?"):
            slack.says(anna, general, words, thread=asked)
            slack.says(anna, general, words)
        await slack.heard()
    assert bot.asked == {name(slack, asked)}


async def test_what_was_said_before_the_bot_was_asked_is_no_follow_up(
    slack: Slack, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        root = slack.says(anna, general, "where do we have the summer party?")
        before = slack.says(anna, general, "who plans it?", thread=root)
        await slack.heard()
        asked = slack.says(anna, general, f"{slack.mention} do you know?", thread=root)
        await slack.heard()
        late = next(sent for sent in slack.sent if sent.payload["event"]["ts"] == before.ts)
        again = slack.delivery.send(type(late)(type=late.type, payload=late.payload))
        await slack.heard(again)
    assert bot.asked == {name(slack, asked)}


async def test_edits_deletions_stops_and_thumbs_reach_the_desk(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        asked = slack.says(anna, general, f"{slack.mention} how long?")
        answer = answered_by_bot(slack, general, asked, [])
        await slack.heard()
        slack.edits(asked, f"{slack.mention} how short?")
        slack.says(anna, general, "stop", thread=asked)
        slack.reacts(anna, answer, "+1")
        await slack.heard()
        slack.unreacts(anna, answer, "+1")
        slack.deletes(asked)
        await slack.heard()
    target = MessageRef(platform="slack", workspace=f"slack:{slack.home.id}", channel=general.id, message=answer.ts)
    assert [event.text for event in bot.events if isinstance(event, Edited)] == ["how short?"] * 2
    assert [event.conversation for event in bot.events if isinstance(event, Halted)] == [name(slack, asked)]
    assert [event.question for event in bot.events if isinstance(event, Deleted)] == [name(slack, asked)]
    votes = [(event.target, event.vote) for event in bot.events if isinstance(event, Rated)]
    assert votes == [(target, 1), (target, 0)]


async def test_below_what_the_bot_said_first_goes_on_what_that_answers(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    bot = Bot(slack, transport)
    async with hearing(slack, bot):
        root = answered_by_bot(slack, general, slack.says(anna, general, "x"), [])
        root.thread_ts = None
        bot.desk.below[root.ts] = command = f"slack:{slack.home.id}:command:1"
        bot.desk.lately.append(Served(conversation=command, channel=general.id, last_at=NOON - timedelta(days=9_000)))
        said = [slack.says(anna, general, words, thread=root) for words in ("and how wide?", "stop")]
        said.append(slack.says(anna, general, f"{slack.mention} how long?", thread=root))
        await slack.heard()
    assert bot.asked == {name(slack, said[0]), name(slack, said[2])}
    assert [type(event) for event in bot.events].count(Halted) == 1
    assert {event.conversation for event in bot.events if isinstance(event, Question | Halted)} == {command}


async def test_stop_in_direct_messages_ends_what_was_asked_there_last(slack: Slack, transport: str, anna: User) -> None:
    bot = Bot(slack, transport)
    async with hearing(slack, bot):
        slack.says(anna, slack.direct(anna), "stop")
        await slack.heard()
        for conversation, channel in (("c1", "C1"), ("c2", slack.direct(anna).id), ("c3", slack.direct(anna).id)):
            workspace = f"slack:{slack.home.id}:"
            bot.desk.lately.append(Served(conversation=workspace + conversation, channel=channel, last_at=LATE))
        said = slack.says(anna, slack.direct(anna), "stop")
        await slack.heard()
    first, second = bot.events
    assert isinstance(first, Question)
    assert isinstance(second, Halted)
    assert second.conversation.endswith(":c2")
    assert second.ask is not None
    assert second.ask.id == name(slack, said)


async def test_bots_start_nothing_and_outsiders_only_by_a_mention(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    elsewhere = slack.workspace("Other", installed=False)
    stranger = slack.person("Stranger", elsewhere)
    shared = slack.channel("shared", anna, stranger, shared_with=(elsewhere,))
    all_of_them = Policies(everywhere=Policy(answers="every question"))
    async with hearing(slack, Bot(slack, transport, policies=all_of_them)) as bot:
        slack.says(slack.other_bot("Deploy"), general, f"{slack.mention} done")
        slack.says(stranger, shared, "hello?")
        mention = slack.says(stranger, shared, f"{slack.mention} hello?")
        await slack.heard()
        assert all(sent.acknowledged for sent in slack.sent)
    assert bot.asked == {f"slack:{slack.home.id}:{shared.id}:{mention.ts}"}


async def test_somebody_of_another_workspace_of_the_organisation_is_heard(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    envelope = slack.emit._envelope

    def elsewhere(installation: Installation, event: dict[str, Any], channel: Channel | None) -> dict[str, Any]:
        made = envelope(installation, event, channel)
        made["event"] = {**made["event"], "team": "T0GRID"}
        return made

    slack.emit._envelope = elsewhere  # type: ignore[method-assign]
    every = Policies(everywhere=Policy(answers="every question"))
    async with hearing(slack, Bot(slack, transport, policies=every)) as bot:
        said = slack.says(anna, general, "how long?")
        await slack.heard()
        assert bot.asked == {f"slack:{slack.home.id}:{general.id}:{said.ts}"}


async def test_buttons_reach_the_desk_and_forms_open_after_the_acknowledgement(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    buttons: list[dict[str, object]] = [
        {"type": "actions", "elements": [_button(action, "a1")]}
        for action in (answers.STOP, answers.WANT, answers.QUOTES, answers.AGAIN)
    ]
    votes = dict(answers.rating("a1"))
    async with hearing(slack, Bot(slack, transport)) as bot:
        asked = slack.says(anna, general, "how long?")
        answer = answered_by_bot(slack, general, asked, [*buttons, votes])
        for action in (answers.STOP, answers.WANT, answers.QUOTES, answers.AGAIN):
            await slack.heard(slack.clicks(anna, answer, action))
        await slack.heard(slack.clicks(anna, answer, answers.RATE, "-a1"))
        await slack.until(lambda: len(bot.written.shown) == 2)
    kinds = [type(event) for event in bot.events if not isinstance(event, Question)]
    assert kinds == [Stopped, Wanted, Again, Rated]
    assert [type(shown) for shown in bot.written.shown] == [QuotesWanted, Disliked]


async def test_an_offer_is_accepted_beneath_it_in_direct_messages(slack: Slack, transport: str, anna: User) -> None:
    direct = slack.direct(anna)
    async with hearing(slack, Bot(slack, transport)) as bot:
        root = slack.says(anna, direct, "hello")
        await slack.heard()
        offer = answered_by_bot(slack, direct, root, [{"type": "actions", "elements": [_button("privately", "q1")]}])
        offer.thread_ts = None
        await slack.heard(slack.clicks(anna, offer, "privately"))
        await slack.until(lambda: bot.written.shown)
    wanted = bot.events[-1]
    assert isinstance(wanted, WantedPrivately)
    assert (wanted.question, wanted.conversation) == ("q1", name(slack, offer))
    assert (wanted.place.channel, wanted.place.thread, wanted.place.private_to) == (direct.id, offer.ts, anna.id)


async def test_a_reaction_that_says_no_is_a_vote_and_then_asked_for_its_reason(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        answer = answered_by_bot(slack, general, slack.says(anna, general, "how long?"), [])
        slack.reacts(anna, answer, "+1")
        slack.reacts(anna, answer, "-1")
        await slack.until(lambda: bot.written.shown)
    (asked,) = bot.written.shown
    assert asked == bot.events[-1]


async def test_the_wish_to_say_why_is_no_vote(slack: Slack, transport: str, anna: User, general: Channel) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        root = slack.says(anna, general, "how long?")
        button = answered_by_bot(slack, general, root, [dict(answers.explaining(views.showing(general.id, root.ts)))])
        await slack.heard(slack.clicks(anna, button, answers.WHY))
        await slack.until(lambda: bot.written.shown)
    assert [type(shown) for shown in bot.written.shown] == [Disliked]
    assert bot.events == []


async def test_who_may_not_stop_an_answer_is_told_so_once(slack: Slack, transport: str, anna: User) -> None:
    ben = slack.person("Ben")
    general = slack.channel("general", anna, ben)

    async def not_theirs(event: object) -> None:
        if isinstance(event, Halted | Stopped):
            raise NotKept

    async with hearing(slack, Bot(slack, transport, then=not_theirs)):
        root = slack.says(anna, general, f"{slack.mention} how long?")
        slack.says(ben, general, f"{slack.mention} stop", thread=root)
        await slack.heard()
        await slack.until(lambda: slack.whispered(ben, general))
        stop = answered_by_bot(slack, general, root, [{"type": "actions", "elements": [_button("stop", "q1")]}])
        await slack.heard(slack.clicks(ben, stop, "stop"))
        await slack.until(lambda: len(slack.whispered(ben, general)) == 2)
    assert {one.root for one in slack.whispered(ben)} == {root.ts}


async def test_a_command_is_asked_in_the_channel_where_the_bot_is_and_of_its_asker_alone_elsewhere(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    away = slack.channel("away", anna, bot=False)
    async with hearing(slack, Bot(slack, transport)) as bot:
        # Bolt reads a form with this word in it as if it were empty.
        await slack.heard(slack.commands(anna, general, "/ask", "what is the payload?"))
        await slack.heard(slack.commands(anna, away, "/ask", "how long?"))
        usage = await slack.heard(slack.commands(anna, away, "/ask", " "))
    here, alone = bot.events
    assert isinstance(here, Question)
    assert isinstance(alone, Question)
    assert (here.text, here.place.channel, here.place.private_to) == ("what is the payload?", general.id, None)
    assert (alone.place.channel, alone.place.private_to, alone.place.thread) == (anna.id, anna.id, None)
    assert set(bot.written.responses) == {alone.id}
    assert usage.answer is not None
    assert "/ask" in usage.answer["text"]


async def test_what_cannot_be_kept_and_comes_only_once_is_tried_and_then_told(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    failing = Failing(1)
    async with hearing(slack, Bot(slack, transport, then=failing)) as bot:
        assert (await slack.heard(slack.commands(anna, general, "/ask", "how long?"))).answer is None
        assert len(bot.events) == 2
        failing.left = 1_000
        told = await slack.heard(slack.commands(anna, general, "/ask", "how long?"))
        assert told.answer is not None
        assert told.answer["response_type"] == "ephemeral"
        answer = answered_by_bot(
            slack, general, slack.says(anna, general, "x"), [{"type": "actions", "elements": [_button("stop", "q1")]}]
        )
        await slack.heard(slack.clicks(anna, answer, "stop"))
        await slack.until(lambda: len(slack.whispered(anna, general)) == 2)


async def test_a_store_that_hangs_is_told_of_in_one_line(slack: Slack, anna: User, general: Channel) -> None:
    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    async with hearing(slack, Bot(slack, "sockets", then=hang)):
        with capture_logs() as logs:
            slack.commands(anna, general, "/ask", "how long?")
            while not any(line["event"] == "not taken in" for line in logs):
                slack.clock.move(0.5)
                await asyncio.sleep(0.01)
    (line,) = [line for line in logs if line["event"] == "not taken in"]
    assert (line["why"], line["exc_info"]) == ("it took too long to be kept", None)


async def test_a_button_may_be_pressed_before_its_answer_is_kept(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, transport, then=Failing(2, NotKept(NotKept.told)))) as bot:
        root = slack.says(anna, general, "how long?")
        answer = answered_by_bot(slack, general, root, [{"type": "actions", "elements": [_button("again", "a1")]}])
        await slack.heard(slack.clicks(anna, answer, "again"))
    assert [type(event) for event in bot.events] == [Again] * 3
    assert slack.whispered(anna) == []


async def test_what_the_desk_declines_is_acknowledged_and_told(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    declines = Failing(1_000, NotKept(NotKept.told))
    async with hearing(slack, Bot(slack, transport, then=declines)) as bot:
        asked = slack.says(anna, general, f"{slack.mention} how long?")
        await slack.heard()
        answer = answered_by_bot(slack, general, asked, [{"type": "actions", "elements": [_button("again", "a1")]}])
        await slack.heard(slack.clicks(anna, answer, "again"))
        await slack.until(lambda: len(slack.whispered(anna, general)) == 2)
        assert all(sent.acknowledged and sent.attempts == 1 for sent in slack.sent)
    assert {said.text for said in slack.whispered(anna)} == {"That answer is &lt;not&gt; kept."}
    assert bot.asked == {name(slack, asked)}
    assert len(slack.whispered(anna)) == 2


@settings(max_examples=200, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.one_of(spoiled_payloads(), junk))
def test_no_payload_breaks_it(payload: object) -> None:
    async def take() -> None:
        slack = Slack()
        bot = Bot(slack, "signed", known=False)
        bot.installed.patience = 0.1  # nobody answers
        async with asyncio.TaskGroup() as group:
            intake = Intake(
                desk=bot.desk,
                beside=group.create_task,
                workspaces=bot.installed,
                facts=bot.written,
                policies=Policies(everywhere=Policy(answers="every question")),
                replying=bot.written,
                pages=bot.written,
                clock=bot.clock,
                now=lambda: NOON,
            )
            assert (await intake.take(payload, redelivered=False)).status == 200
            assert (await intake.missed(payload, lately=True)).status == 200

    asyncio.run(take())


async def test_a_form_says_what_became_of_it(slack: Slack, transport: str, anna: User, general: Channel) -> None:
    failing = Failing(0, NotKept(NotKept.told))
    async with hearing(slack, Bot(slack, transport, then=failing)) as bot:
        said = slack.says(anna, general, "It broke.")
        shortcut = slack.asks_about(anna, said, "ask_about")
        await slack.heard(shortcut)
        await slack.until(lambda: bot.written.shown)
        (asking,) = bot.written.shown
        assert isinstance(asking, AskingAbout)
        client = (await bot.installed.of(slack.home.id)).calls
        await client.ask("views.open", trigger_id=asking.trigger, view=views.ask(asking.subject, asking.text))
        values = {views.QUESTION: {views.VALUE: {"type": "plain_text_input", "value": "why?"}}}
        failing.left = 1
        refused = await slack.heard(slack.submits(anna, values))
        assert refused.answer == {"response_action": "errors", "errors": {views.QUESTION: NotKept.told}}
        taken = await slack.heard(slack.submits(anna, values))
        assert taken.answer is None
        again = slack.asks_about(anna, said, "ask_about")
        await slack.heard(again)
        await client.ask(
            "views.open", trigger_id=again.payload["trigger_id"], view=views.reason("a1", Spot(channel=general.id))
        )
        chosen = {"type": "radio_buttons", "selected_option": {"value": "wrong"}}
        await slack.heard(slack.submits(anna, {views.WHY: {views.VALUE: chosen}}))
        await slack.until(lambda: slack.whispered(anna, general))
    assert [one.shown for one in slack.whispered(anna)] == ["Thank you. I will pass it on."]
    *_, question, explained = bot.events
    assert isinstance(question, Question)
    assert question.place.thread == said.ts
    assert isinstance(explained, Explained)


async def test_a_form_about_a_message_where_the_bot_is_not_is_answered_to_its_asker_alone(
    slack: Slack, anna: User
) -> None:
    away = slack.channel("away", anna, bot=False)
    async with hearing(slack, Bot(slack, "sockets")) as bot:
        said = slack.says(anna, away, "It broke.")
        sent = slack.asks_about(anna, said, "ask_about")
        await slack.heard(sent)
        calls = (await bot.installed.of(slack.home.id)).calls
        view = views.ask(f"{away.id} {said.ts} {said.ts}", "It broke.")
        await calls.ask("views.open", trigger_id=sent.payload["trigger_id"], view=view)
        values = {views.QUESTION: {views.VALUE: {"type": "plain_text_input", "value": "why?"}}}
        await slack.heard(slack.submits(anna, values))
    (question,) = bot.events
    assert isinstance(question, Question)
    assert (question.place.channel, question.place.private_to) == (anna.id, anna.id)
    assert question.conversation == question.id


async def test_pages_show_after_the_acknowledgement_and_their_failure_is_nobodys(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        bot.written.fails = True
        slack.opens_home(anna)
        slack.joins(slack.installation.bot, general)
        await slack.heard()
        await slack.until(lambda: len(bot.written.shown) == 2)
        slack.says(anna, general, f"{slack.mention} still there?")
        await slack.heard()
    assert {type(shown) for shown in bot.written.shown} == {HomeOpened, Arrived}
    assert len(bot.asked) == 1


async def test_who_reads_is_forgotten_when_it_changes(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    other = slack.workspace("Other", installed=False)
    team = f"slack:{slack.home.id}"
    async with hearing(slack, Bot(slack, transport)) as bot:
        slack.joins(slack.person("Ben"), general)
        slack.shares(general, other)
        slack.changes(anna)
        slack.leaves(slack.installation.bot, general)
        await slack.heard()
    assert bot.written.changes.count((team, general.id)) == 3
    assert (team, None) in bot.written.changes


async def test_a_workspace_that_removes_the_app_is_forgotten(slack: Slack, transport: str) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        other = slack.emit.in_workspace(
            slack.home.id, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0OTHER"]}}
        )
        for sent in other:
            await slack.heard(sent)
        assert bot.installed.forgotten == []
        slack.uninstalls(slack.home)
        await slack.heard()
    assert set(bot.installed.forgotten) == {slack.home.id}


async def test_nothing_is_lost_while_slack_does_not_say_who_the_bot_is(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    slack.misbehave("ratelimited", "auth.test")
    async with hearing(slack, Bot(slack, transport, known=False)) as bot:
        said = slack.says(anna, general, f"{slack.mention} how long?")
        await slack.heard()
        assert all(sent.acknowledged for sent in slack.sent)
    assert bot.asked == {name(slack, said)}


async def test_a_thread_that_was_answered_before_this_process_goes_on(
    slack: Slack, transport: str, anna: User, general: Channel
) -> None:
    async with hearing(slack, Bot(slack, transport)) as bot:
        root = slack.says(anna, general, "how long?")
        bot.desk.lately.append(Served(conversation=name(slack, root), channel=general.id, last_at=NOON))
        follows = slack.says(anna, general, "and then?", thread=root)
        await slack.heard()
    assert bot.asked == {name(slack, follows)}


def _button(action: str, value: str) -> dict[str, object]:
    text = {"type": "plain_text", "text": action}
    return {"type": "button", "action_id": action, "value": value, "text": text}
