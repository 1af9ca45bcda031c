"""Streams, agent sessions, forms and response URLs go by Slack's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack_double.asking import LABEL, error, section, stream_to

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from tests.doubles.slack import Channel, Message, Slack, User


async def test_a_stream_grows_and_ends(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel, question: Message
) -> None:
    stream = await client.chat_stream(**stream_to(slack, anna, question))
    task = TaskUpdateChunk(id="1", title="Searching", status="in_progress")
    await stream.append(chunks=[task, MarkdownTextChunk(text="90 ")])
    (shown,) = slack.answers(general, question)
    assert (shown.shown, shown.tasks[0]["status"]) == ("90 ", "in_progress")
    await stream.append(chunks=[TaskUpdateChunk(id="1", title="Searched", status="complete")], markdown_text="days")
    metadata = {"event_type": "footnote_answer", "event_payload": {}}
    await stream.stop(markdown_text=".", blocks=[section("Sources")], metadata=metadata)
    assert shown.shown == "90 days.\nSources"
    assert ([one["title"] for one in shown.tasks], shown.metadata) == (["Searched"], metadata)
    again = client.chat_appendStream(channel=general.id, ts=shown.ts, chunks=[MarkdownTextChunk(text="!")])
    assert await error(again) == "message_not_in_streaming_state"
    assert [sent.event for sent in slack.sent][-2:] == ["message", "message"]


async def test_a_stream_dies_five_minutes_after_its_start(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel, question: Message
) -> None:
    started = await client.chat_startStream(markdown_text="a", **stream_to(slack, anna, question))
    at = {"channel": general.id, "ts": started["ts"]}
    slack.clock.move(299)
    await client.chat_appendStream(markdown_text="b", **at)
    assert await error(client.chat_update(text="c", **at)) == "streaming_state_conflict"
    slack.clock.move(2)
    assert await error(client.chat_appendStream(markdown_text="c", **at)) == "message_not_in_streaming_state"
    assert await error(client.chat_stopStream(**at)) == "message_not_in_streaming_state"
    await client.chat_update(text="abc", **at)
    assert slack.answers(general, question)[0].shown == "abc"


async def test_stop_is_there_while_the_session_is_processing(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel, question: Message
) -> None:
    session: dict[str, Any] = {"channel_id": general.id, "thread_ts": question.ts}
    started = await client.chat_startStream(markdown_text="a", **stream_to(slack, anna, question))
    with pytest.raises(AssertionError, match="no stop button"):
        slack.stops(anna, general, question)
    await client.agents_sessions_setStatus(status="processing", **session)
    slack.stops(anna, general, question)
    assert slack.sent[-1].payload["event"]["streaming_message_ts"] == [started["ts"]]
    at = {"channel": general.id, "ts": started["ts"]}
    assert await error(client.chat_appendStream(markdown_text="b", **at)) == "stopped_by_user"
    await client.chat_stopStream(session_status="active", **at)
    assert slack.session(general, question) == "active"
    assert await error(client.agents_sessions_setStatus(status="idle", **session)) == "invalid_status"
    slack.state.app.subscriptions.discard("agent_session_stopped")
    warned = await client.agents_sessions_setStatus(status="processing", **session)
    assert warned["warning"] == "missing_agent_session_stopped_event_subscription"


async def test_a_stream_has_rules(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel, question: Message
) -> None:
    where = stream_to(slack, anna, question)
    for missing in ("recipient_team_id", "recipient_user_id"):
        assert await error(client.chat_startStream(**{**where, missing: None})) == f"missing_{missing}"
    started = await client.chat_startStream(markdown_text="a", **where)
    at = {"channel": general.id, "ts": started["ts"]}
    chunk = [{"type": "markdown_text", "text": "b"}]
    assert await error(client.chat_appendStream(chunks=chunk, **at)) == "streaming_mode_mismatch"
    assert await error(client.chat_appendStream(**at)) == "markdown_text_or_chunks_required"
    both = client.chat_appendStream(chunks=chunk, markdown_text="b", **at)
    assert await error(both) == "cannot_provide_both_markdown_text_and_chunks"
    other = await client.chat_startStream(**where)
    long = {"type": "task_update", "id": "1", "title": "x" * 257, "status": "pending"}
    for chunks in ([{"type": "shout", "text": "x"}], [long], [{**long, "title": "x", "status": "done"}]):
        asked = client.chat_appendStream(channel=general.id, ts=other["ts"], chunks=chunks)
        assert await error(asked) == "invalid_chunks"
    mine = client.chat_appendStream(channel=general.id, ts=question.ts, markdown_text="x")
    assert await error(mine) == "message_not_owned_by_app"


async def test_all_that_is_streamed_into_one_message_has_a_limit(
    slack: Slack, client: AsyncWebClient, anna: User, question: Message
) -> None:
    started = await client.chat_startStream(markdown_text="x" * 11_999, **stream_to(slack, anna, question))
    at = {"channel": question.channel, "ts": started["ts"]}
    assert await error(client.chat_appendStream(markdown_text="xx", **at)) == "msg_too_long"
    await client.chat_appendStream(markdown_text="x", **at)
    rows = [{"type": "task_update", "id": str(n), "title": "é" * 250, "status": "complete"} for n in range(12)]
    started = await client.chat_startStream(chunks=rows, **stream_to(slack, anna, question))
    text = [{"type": "markdown_text", "text": "x" * 4_700}]
    asked = client.chat_appendStream(channel=question.channel, ts=started["ts"], chunks=text)
    assert await error(asked) == "msg_too_long"


async def test_a_status_goes_away(
    slack: Slack, client: AsyncWebClient, general: Channel, question: Message, anna: User
) -> None:
    at: dict[str, Any] = {"channel_id": general.id, "thread_ts": question.ts}
    await client.assistant_threads_setStatus(status="reads", loading_messages=["a"], **at)
    assert slack.status(general, question) == "reads"
    slack.clock.move(121)
    assert slack.status(general, question) is None
    await client.assistant_threads_setStatus(status="reads", **at)
    await client.chat_postMessage(channel=general.id, thread_ts=question.ts, text="x")
    assert slack.status(general, question) is None
    eleven = client.assistant_threads_setStatus(status="reads", loading_messages=["a"] * 11, **at)
    assert await error(eleven) == "invalid_arguments"
    prompts = [{"title": "Keys", "message": "How long do keys live?"}]
    direct = slack.direct(anna).id
    await client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=prompts)
    assert slack.prompts(slack.direct(anna)) == prompts
    many = client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=prompts * 5)
    assert await error(many) == "invalid_arguments"


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel
) -> None:
    modal: dict[str, Any] = {"type": "modal", "title": {**LABEL, "text": "Why?"}, "blocks": [section("x")]}
    trigger = slack.commands(anna, general, "/ask").payload["trigger_id"]
    opened = await client.views_open(trigger_id=trigger, view=modal)
    assert slack.modal(anna) is not None
    assert await error(client.views_open(trigger_id=trigger, view=modal)) == "exchanged_trigger_id"
    late = slack.commands(anna, general, "/ask").payload["trigger_id"]
    slack.clock.move(4)
    assert await error(client.views_open(trigger_id=late, view=modal)) == "expired_trigger_id"
    view = opened["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal)
    assert await error(client.views_update(view_id=view["id"], hash=view["hash"], view=modal)) == "hash_conflict"
    long = {**modal, "title": {**LABEL, "text": "x" * 25}}
    assert await error(client.views_update(view_id=view["id"], view=long)) == "invalid_arguments"


async def test_a_response_url_is_good_for_five_posts_where_the_bot_is_no_member(slack: Slack, anna: User) -> None:
    foreign = slack.channel("foreign", anna, bot=False)
    hook = AsyncWebhookClient(slack.commands(anna, foreign, "/ask", "x").payload["response_url"])
    for text in ("1", "2", "3", "4"):
        assert (await hook.send(text=text)).body == "ok"
    await hook.send(text="5", response_type="in_channel")
    assert [one.shown for one in slack.whispered(anna)] == ["1", "2", "3", "4"]
    assert [one.shown for one in slack.seen(foreign)] == ["5"]
    assert "used_url" in (await hook.send(text="6")).body
    late = AsyncWebhookClient(slack.commands(anna, foreign, "/ask").payload["response_url"])
    slack.clock.move(1801)
    assert "expired_url" in (await late.send(text="x")).body


async def test_a_response_url_replaces_what_was_clicked(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel
) -> None:
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": LABEL, "value": "1"}]}
    await client.chat_postEphemeral(channel=general.id, user=anna.id, text="x", blocks=[section("old"), button])
    (whispered,) = slack.whispered(anna)
    hook = AsyncWebhookClient(slack.clicks(anna, whispered, "go").payload["response_url"])
    await hook.send(text="new", replace_original=True)
    assert whispered.shown == "new"
    await hook.send(delete_original=True)
    assert slack.whispered(anna) == []
