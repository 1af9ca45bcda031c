"""What Slack's double writes has the shape of what Slack writes: the keys and types of ``tests/payloads/slack``.

Those payloads were written by hand from Slack's published types and samples, and know nothing of the double.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from tests.doubles.slack import Channel, Message, User

PAYLOADS = Path(__file__).parents[2] / "payloads" / "slack"
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "reason",
    "private_metadata": "a-9",
    "title": {"type": "plain_text", "text": "What was wrong?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "said", "multiline": True},
        }
    ],
}
STOP = {"type": "plain_text", "text": "Stop", "emoji": True}
ACTIONS = {"type": "actions", "elements": [{"type": "button", "action_id": "stop", "text": STOP, "value": "q-17"}]}
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "rated",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
        }
    ],
}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "It is open from nine."}}


class Scene:
    """Two people, a channel, and what they do there."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.anna: User = slack.person("Anna")
        self.ben: User = slack.person("Ben")
        self.general: Channel = slack.channel("general", self.anna, self.ben)
        self.private: Channel = slack.channel("hush", self.anna, kind="private")
        self.neighbours = slack.workspace("Neighbours", installed=False)
        self.client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])

    def asks(self) -> Message:
        return self.slack.says(self.anna, self.general, f"{self.slack.mention} when is it open?")

    async def answers(self, block: dict[str, Any] | None = None) -> Message:
        question = self.asks()
        blocks = [SECTION, block] if block else None
        await self.client.chat_postMessage(
            channel=self.general.id, text="It is open from nine.", thread_ts=question.ts, blocks=blocks
        )
        return self.slack.answers(self.general, question)[0]

    def last(self, event: str) -> dict[str, Any]:
        return next(sent.payload for sent in self.slack.sent[::-1] if sent.event == event)


@pytest.fixture
async def scene() -> AsyncGenerator[Scene]:
    async with Slack() as slack:
        yield Scene(slack)


def shape(value: object) -> object:
    """Keys and types, whatever the values; of a list, the shapes that occur in it."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(inner), sort_keys=True) for inner in value})
    return type(value).__name__


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return found


async def _mention_in_thread(scene: Scene) -> None:
    scene.slack.says(scene.anna, scene.general, f"{scene.slack.mention} when is it open?", thread=scene.asks())


async def _context(scene: Scene) -> None:
    team = {"team_id": scene.slack.home.id}
    scene.slack.looks_at(scene.anna, {"type": "slack#/types/channel_id", "value": scene.general.id, **team})
    scene.slack.says(scene.anna, scene.slack.direct(scene.anna), "what does it say?")


async def _connect(scene: Scene) -> None:
    shared = scene.slack.channel("shared", scene.anna, shared_with=(scene.neighbours,))
    scene.slack.says(scene.slack.person("Cleo", scene.neighbours), shared, "hello from next door")


async def _home(scene: Scene) -> None:
    await scene.client.views_publish(user_id=scene.anna.id, view={"type": "home", "blocks": [SECTION]})
    scene.slack.opens_home(scene.anna)


async def _stopped(scene: Scene) -> None:
    question, slack = scene.asks(), scene.slack
    where: dict[str, Any] = {
        "thread_ts": question.ts,
        "recipient_user_id": scene.anna.id,
        "recipient_team_id": slack.home.id,
    }
    await scene.client.chat_startStream(channel=scene.general.id, **where)
    await scene.client.agents_sessions_setStatus(
        channel_id=scene.general.id, thread_ts=question.ts, status="processing"
    )
    slack.stops(scene.anna, scene.general, question)


async def _share(scene: Scene) -> None:
    scene.slack.shares(scene.general, scene.neighbours)


async def _unshare(scene: Scene) -> None:
    await _share(scene)
    scene.slack.unshares(scene.general, scene.neighbours)


async def _regroup(scene: Scene) -> None:
    scene.slack.regroups(scene.slack.group("pickers", scene.ben), add=[scene.anna], remove=[scene.ben])


async def _reaction(scene: Scene) -> None:
    answer = await scene.answers()
    scene.slack.reacts(scene.ben, answer, "thumbsup")
    scene.slack.unreacts(scene.ben, answer, "thumbsup")


async def _invited(scene: Scene) -> None:
    scene.slack.joins(scene.slack.bot, scene.slack.channel("new", scene.anna, bot=False), invited_by=scene.anna)


async def _answered(scene: Scene) -> None:
    await scene.answers()


def _does(deed: Callable[[Scene], object]) -> Callable[[Scene], Any]:
    async def do(scene: Scene) -> None:
        deed(scene)

    return do


EVENTS: dict[str, tuple[str, Callable[[Scene], Any]]] = {
    "app_mention": ("app_mention", _does(Scene.asks)),
    "app_mention_in_thread": ("app_mention", _mention_in_thread),
    "app_mention_edited": ("app_mention", _does(lambda s: s.slack.edits(s.asks(), f"{s.slack.mention} when is it?"))),
    "message_channel": ("message", _does(Scene.asks)),
    "message_reply": ("message", _does(lambda s: s.slack.says(s.anna, s.general, "and?", thread=s.asks()))),
    "message_im": ("message", _does(lambda s: s.slack.says(s.anna, s.slack.direct(s.anna), "when?"))),
    "message_im_with_context": ("message", _context),
    "message_group": ("message", _does(lambda s: s.slack.says(s.anna, s.private, "hush"))),
    "message_mpim": ("message", _does(lambda s: s.slack.says(s.anna, s.slack.several(s.anna, s.ben), "we three"))),
    "message_connect": ("message", _connect),
    "message_file_share": (
        "message",
        _does(lambda s: s.slack.says(s.anna, s.general, "here", files=[s.slack.file(s.anna, "a.csv", b"1")])),
    ),
    "message_thread_broadcast": (
        "message",
        _does(lambda s: s.slack.broadcasts(s.anna, s.general, "all of you", s.asks())),
    ),
    "message_own": ("message", _answered),
    "message_other_bot": ("message", _does(lambda s: s.slack.says(s.slack.other_bot("ci"), s.general, "passed"))),
    "message_old_bot": (
        "message",
        _does(lambda s: s.slack.says(s.slack.other_bot("cron", app=None), s.general, "report")),
    ),
    "message_changed": (
        "message",
        _does(lambda s: s.slack.edits(s.slack.says(s.anna, s.general, "when?"), "when is it?")),
    ),
    "message_deleted": ("message", _does(lambda s: s.slack.deletes(s.slack.says(s.anna, s.general, "when?")))),
    "message_channel_join": ("message", _does(lambda s: s.slack.joins(s.slack.person("Cleo"), s.general))),
    "reaction_added": ("reaction_added", _reaction),
    "reaction_removed": ("reaction_removed", _reaction),
    "member_joined_channel": ("member_joined_channel", _invited),
    "member_left_channel": ("member_left_channel", _does(lambda s: s.slack.leaves(s.ben, s.general))),
    "channel_shared": ("channel_shared", _share),
    "channel_unshared": ("channel_unshared", _unshare),
    "agent_session_stopped": ("agent_session_stopped", _stopped),
    "app_home_opened_messages": ("app_home_opened", _does(lambda s: s.slack.opens_home(s.anna, "messages"))),
    "app_home_opened_home": ("app_home_opened", _home),
    "app_context_changed": ("app_context_changed", _context),
    "subteam_members_changed": ("subteam_members_changed", _regroup),
    "user_change": ("user_change", _does(lambda s: s.slack.changes(s.anna))),
    "app_uninstalled": ("app_uninstalled", _does(lambda s: s.slack.uninstalls(s.slack.home))),
    "tokens_revoked": ("tokens_revoked", _does(lambda s: s.slack.uninstalls(s.slack.home))),
}


def test_every_recorded_event_is_one_that_the_double_can_send() -> None:
    assert sorted(EVENTS) == sorted(path.stem for path in (PAYLOADS / "events").iterdir())


@pytest.mark.parametrize("name", EVENTS)
async def test_an_event_has_the_recorded_shape(scene: Scene, name: str) -> None:
    event, deed = EVENTS[name]
    await deed(scene)
    assert shape(scene.last(event)) == shape(recorded(f"events/{name}"))


async def test_interactions_with_messages_have_the_recorded_shapes(scene: Scene) -> None:
    stop = scene.slack.clicks(scene.anna, await scene.answers(ACTIONS), "stop")
    assert shape(stop.payload) == shape(recorded("interactions/block_actions_button"))
    rated = scene.slack.clicks(scene.anna, await scene.answers(FEEDBACK), "rated", "up")
    assert shape(rated.payload) == shape(recorded("interactions/block_actions_feedback"))
    asked = scene.slack.asks_about(scene.anna, scene.slack.says(scene.ben, scene.general, "when?"), "ask_about")
    assert shape(asked.payload) == shape(recorded("interactions/message_action"))
    command = scene.slack.commands(scene.anna, scene.general, "/ask", "when?")
    assert shape(command.payload) == shape(recorded("interactions/slash_command"))


async def test_interactions_with_views_have_the_recorded_shapes(scene: Scene) -> None:
    slack = scene.slack
    await scene.client.views_publish(user_id=scene.anna.id, view={"type": "home", "blocks": [ACTIONS]})
    home = slack.app_home(scene.anna)
    assert home is not None
    clicked = slack.clicks_in(scene.anna, home, "stop")
    assert shape(clicked.payload) == shape(recorded("interactions/block_actions_home"))
    opened = await scene.client.views_open(trigger_id=clicked.payload["trigger_id"], view=MODAL)
    assert shape(opened.data) == shape(recorded("answers/views.open"))
    said = {"why": {"said": {"type": "plain_text_input", "value": "out of date"}}}
    sent = slack.submits(scene.anna, said)
    assert shape(sent.payload) == shape(recorded("interactions/view_submission"))
    trigger = slack.commands(scene.anna, scene.general, "/ask").payload["trigger_id"]
    await scene.client.views_open(trigger_id=trigger, view={**MODAL, "notify_on_close": True})
    closed = slack.closes(scene.anna)
    assert closed is not None
    assert shape(closed.payload) == shape(recorded("interactions/view_closed"))


async def test_answers_have_the_recorded_shapes(scene: Scene) -> None:
    client, slack, channel = scene.client, scene.slack, scene.general.id
    metadata = {"event_type": "footnote_answer", "event_payload": {"question_id": "q-17"}}
    posted = await client.chat_postMessage(channel=channel, text="It is open from nine.")
    assert shape(posted.data) == shape(recorded("answers/chat.postMessage"))
    question = scene.asks()
    where: dict[str, Any] = {
        "thread_ts": question.ts,
        "recipient_user_id": scene.anna.id,
        "recipient_team_id": slack.home.id,
    }
    started = await client.chat_startStream(channel=channel, markdown_text="It is open ", **where)
    assert shape(started.data) == shape(recorded("answers/chat.startStream"))
    stopped = await client.chat_stopStream(channel=channel, ts=started["ts"], markdown_text="from nine.")
    assert shape(stopped.data) == shape(recorded("answers/chat.stopStream"))
    thread = slack.says(scene.anna, scene.general, "when?")
    await client.chat_postMessage(channel=channel, thread_ts=thread.ts, text="From nine.", metadata=metadata)
    replies = await client.conversations_replies(channel=channel, ts=thread.ts, include_all_metadata=True)
    assert shape(replies.data) == shape(recorded("answers/conversations.replies"))
    file = slack.file(scene.anna, "harvest.csv", b"1")
    for name, answer in {
        "auth.test": await client.auth_test(),
        "conversations.info": await client.conversations_info(channel=channel),
        "conversations.info.im": await client.conversations_info(channel=slack.direct(scene.anna).id),
        "conversations.members": await client.conversations_members(channel=channel),
        "users.info": await client.users_info(user=scene.anna.id),
        "files.info": await client.files_info(file=file.id),
    }.items():
        assert shape(answer.data) == shape(recorded(f"answers/{name}")), name


async def test_errors_have_the_recorded_shapes(scene: Scene) -> None:
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as refused:
        await scene.client.chat_postMessage(channel=scene.general.id, text="x", blocks=long)
    assert shape(refused.value.response.data) == shape(recorded("answers/error.invalid_blocks"))
    scene.slack.installation.scopes.discard("users:read")
    with pytest.raises(SlackApiError) as refused:
        await scene.client.users_info(user=scene.anna.id)
    assert shape(refused.value.response.data) == shape(recorded("answers/error.missing_scope"))
    scene.slack.misbehave("ratelimited", "auth.test", retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        await scene.client.auth_test()
    assert shape(refused.value.response.data) == shape(recorded("answers/error.ratelimited"))
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "7"


async def test_what_comes_over_a_socket_has_the_recorded_shapes(scene: Scene) -> None:
    slack = scene.slack
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
    async with ClientSession() as session, session.ws_connect(opened["url"]) as ws:
        assert shape(await ws.receive_json()) == shape(recorded("sockets/hello"))
        slack.opens_home(scene.anna)
        slack.commands(scene.anna, scene.general, "/ask")
        slack.asks_about(scene.anna, slack.says(scene.ben, scene.private, "when?"), "ask_about")
        for _ in range(4):
            envelope = await ws.receive_json()
            assert shape(envelope | {"payload": {}}) == shape(recorded(f"sockets/{envelope['type']}"))
            await ws.send_json({"envelope_id": envelope["envelope_id"]})
        await slack.heard()
        await slack.sockets.refresh()
        assert shape(await ws.receive_json()) == shape(recorded("sockets/disconnect"))
