"""Slack's double says what Slack says: the real SDK against its methods, limits, rates and streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from tests.doubles.slack import Channel, Message, User


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def anna(slack: Slack) -> User:
    return slack.person("Anna")


@pytest.fixture
def general(slack: Slack, anna: User) -> Channel:
    return slack.channel("general", anna)


@pytest.fixture
async def question(slack: Slack, anna: User, general: Channel) -> Message:
    return slack.says(anna, general, f"{slack.mention} how long?")


async def error(asked: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await asked
    found: str = refused.value.response["error"]
    return found


def stream_to(slack: Slack, user: User, question: Message) -> dict[str, Any]:
    return {
        "channel": question.channel,
        "thread_ts": question.ts,
        "recipient_team_id": slack.home.id,
        "recipient_user_id": user.id,
    }


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


# Who may call what


async def test_a_token_is_looked_at(slack: Slack) -> None:
    def client(token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])

    assert await error(client(None).auth_test()) == "not_authed"
    assert await error(client("xoxb-other").auth_test()) == "invalid_auth"
    assert await error(client(slack.app_token).auth_test()) == "not_allowed_token_type"
    assert await error(client(None).apps_connections_open(app_token=slack.token)) == "not_allowed_token_type"
    slack.uninstalls(slack.home)
    assert await error(client(slack.token).auth_test()) == "account_inactive"


async def test_unknown_methods_and_arguments_are_refused(client: AsyncWebClient, general: Channel) -> None:
    assert await error(client.api_call("chat.shout")) == "unknown_method"
    assert await error(client.chat_postMessage(channel=general.id, text="x", loudly=True)) == "invalid_arguments"
    assert await error(client.api_call("chat.update", json={"channel": general.id})) == "invalid_arguments"
    assert await error(client.api_call("chat.delete", json={"channel": general.id, "ts": 1.5})) == "invalid_arguments"


async def test_forms_and_json_are_the_same(slack: Slack, client: AsyncWebClient, general: Channel) -> None:
    said = {"channel": general.id, "text": "x", "blocks": '[{"type": "divider"}]'}
    await client.api_call("chat.postMessage", data=said)
    await client.api_call("chat.postMessage", json={**said, "blocks": [{"type": "divider"}]})
    one, other = slack.seen(general)
    assert [block["type"] for block in one.blocks] == [block["type"] for block in other.blocks] == ["divider"]
    assert await error(client.api_call("chat.postMessage", data={**said, "blocks": "["})) == "invalid_blocks_format"


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # by the SDK, in aiohttp's eyes
async def test_each_workspace_has_a_bot_that_sees_its_own(slack: Slack, anna: User, general: Channel) -> None:
    other = slack.workspace("Other")
    code = slack.agrees(other)
    app = slack.state.app
    granted = await AsyncWebClient(base_url=slack.api_url).oauth_v2_access(
        client_id=app.client_id, client_secret=app.client_secret, code=code
    )
    client = AsyncWebClient(granted["access_token"], base_url=slack.api_url, retry_handlers=[])
    assert (await client.auth_test())["team_id"] == other.id
    assert await error(client.chat_postMessage(channel=general.id, text="x")) == "channel_not_found"
    assert await error(client.users_info(user=anna.id)) == "user_not_found"


async def test_scopes_are_those_of_the_kind_of_channel(slack: Slack, client: AsyncWebClient, anna: User) -> None:
    slack.installation.scopes -= {"groups:read", "im:history", "chat:write"}
    private, direct = slack.channel("hush", anna, kind="private"), slack.direct(anna)
    for asked, needed in (
        (client.conversations_info(channel=private.id), "groups:read"),
        (client.conversations_history(channel=direct.id), "im:history"),
        (client.chat_postMessage(channel=private.id, text="x"), "chat:write"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await asked
        assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", needed)


async def test_what_the_bot_is_not_in_is_closed_to_it(slack: Slack, client: AsyncWebClient, anna: User) -> None:
    public = slack.channel("public", anna, bot=False)
    private = slack.channel("hush", anna, kind="private", bot=False)
    for channel, refusal in ((public, "not_in_channel"), (private, "channel_not_found")):
        assert await error(client.chat_postMessage(channel=channel.id, text="x")) == refusal
        assert await error(client.conversations_history(channel=channel.id)) == refusal
    assert (await client.conversations_info(channel=public.id))["channel"]["is_member"] is False
    assert await error(client.conversations_info(channel=private.id)) == "channel_not_found"
    assert await error(client.conversations_members(channel="C0NOWHERE")) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [one["id"] for one in listed["channels"]] == [public.id]
    public.archived = True
    slack.joins(slack.bot, public)
    assert await error(client.chat_postMessage(channel=public.id, text="x")) == "is_archived"


async def test_people_are_told_apart(slack: Slack, client: AsyncWebClient, anna: User) -> None:
    neighbours = slack.workspace("Neighbours", installed=False)
    guest, cleo = slack.person("Guest", guest="single"), slack.person("Cleo", neighbours)
    assert await error(client.users_info(user=cleo.id)) == "user_not_found"
    slack.channel("shared", anna, cleo, shared_with=(neighbours,))
    assert (await client.users_info(user=cleo.id))["user"]["is_stranger"] is True
    assert (await client.users_info(user=guest.id))["user"]["is_ultra_restricted"] is True
    assert (await client.bots_info(bot=slack.bot.bot_id))["bot"]["user_id"] == slack.bot.id
    group = slack.group("pickers", anna)
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [anna.id]
    assert (await client.conversations_open(users=anna.id))["channel"]["id"] == slack.direct(anna).id


# Messages


async def test_the_bot_changes_its_own_messages_alone(
    slack: Slack, client: AsyncWebClient, general: Channel, question: Message
) -> None:
    said = await client.chat_postMessage(channel=general.id, text="x", thread_ts=question.ts)
    await client.chat_update(channel=general.id, ts=said["ts"], text="y")
    assert [one.shown for one in slack.answers(general, question)] == ["y"]
    for at, refusal in ((question.ts, "cant_{}_message"), ("1.000001", "message_not_found")):
        asked = client.chat_update(channel=general.id, ts=at, text="z")
        assert await error(asked) == refusal.format("update")
        assert await error(client.chat_delete(channel=general.id, ts=at)) == refusal.format("delete")
    await client.chat_delete(channel=general.id, ts=said["ts"])
    assert slack.answers(general, question) == []
    assert await error(client.chat_postMessage(channel=general.id, text="x", thread_ts="1.0")) == "thread_not_found"


async def test_an_update_with_text_takes_blocks_away_and_one_without_keeps_them(
    slack: Slack, client: AsyncWebClient, general: Channel
) -> None:
    said = await client.chat_postMessage(channel=general.id, text="fallback", blocks=[section("shown")])
    assert slack.seen(general)[0].shown == "shown"
    await client.chat_update(channel=general.id, ts=said["ts"], text="text")
    assert slack.seen(general)[0].shown == "text"
    await client.chat_update(channel=general.id, ts=said["ts"], text="", markdown_text="**bold**")
    assert slack.seen(general)[0].shown == "**bold**"


async def test_history_is_newest_first_and_replies_oldest_first(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel, question: Message
) -> None:
    replies = [slack.says(anna, general, str(n), thread=question) for n in range(4)]
    later = slack.says(anna, general, "later")
    history = await client.conversations_history(channel=general.id)
    assert [one["ts"] for one in history["messages"]] == [later.ts, question.ts]
    first = await client.conversations_replies(channel=general.id, ts=question.ts, limit=3, oldest=replies[0].ts)
    assert [one["ts"] for one in first["messages"]] == [question.ts, *(one.ts for one in replies[1:])]
    page = await client.conversations_replies(channel=general.id, ts=question.ts, limit=3)
    rest = await client.conversations_replies(
        channel=general.id, ts=question.ts, limit=3, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [one["text"] for one in rest["messages"]][1:] == ["3"]
    assert await error(client.conversations_replies(channel=general.id, ts="1.0")) == "thread_not_found"


async def test_metadata_is_found_again(client: AsyncWebClient, general: Channel) -> None:
    metadata = {"event_type": "footnote_answer", "event_payload": {"question_id": "q"}}
    said = await client.chat_postMessage(channel=general.id, text="x", metadata=metadata)
    found = await client.conversations_history(channel=general.id, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == metadata
    assert "metadata" not in (await client.conversations_history(channel=general.id))["messages"][0]
    await client.chat_update(channel=general.id, ts=said["ts"], text="y", metadata={})
    assert (
        "metadata"
        not in (await client.conversations_history(channel=general.id, include_all_metadata=True))["messages"][0]
    )
    wrong = client.chat_postMessage(channel=general.id, text="x", metadata={"event_type": "x"})
    assert await error(wrong) == "invalid_metadata_schema"


async def test_a_whisper_is_seen_by_one_person_and_kept_nowhere(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel
) -> None:
    await client.chat_postEphemeral(channel=general.id, user=anna.id, text="psst")
    assert [one.shown for one in slack.whispered(anna)] == ["psst"]
    assert (await client.conversations_history(channel=general.id))["messages"] == []
    stranger = slack.person("Ben")
    asked = client.chat_postEphemeral(channel=general.id, user=stranger.id, text="psst")
    assert await error(asked) == "user_not_in_channel"


async def test_reactions_files_and_links(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel, question: Message
) -> None:
    at: dict[str, Any] = {"channel": general.id, "timestamp": question.ts}
    await client.reactions_add(name="eyes", **at)
    assert await error(client.reactions_add(name="eyes", **at)) == "already_reacted"
    assert await error(client.reactions_add(name="Not a name", **at)) == "invalid_name"
    assert (await client.reactions_get(**at))["message"]["reactions"][0]["users"] == [slack.bot.id]
    link = await client.chat_getPermalink(channel=general.id, message_ts=question.ts)
    assert link["permalink"].endswith(f"/archives/{general.id}/p{question.ts.replace('.', '')}")
    file = slack.file(anna, "notes.txt", b"hello")
    url = (await client.files_info(file=file.id))["file"]["url_private"]
    async with ClientSession() as session:
        async with session.get(url, headers={"Authorization": f"Bearer {slack.token}"}) as answer:
            assert await answer.read() == b"hello"
        async with session.get(url) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")


async def test_whom_a_message_pings_is_known(
    slack: Slack, client: AsyncWebClient, anna: User, general: Channel
) -> None:
    await client.chat_postMessage(channel=general.id, text=f"<!channel> <@{anna.id}> &lt;!here&gt;")
    await client.chat_postMessage(channel=general.id, text="x", blocks=[section("<!everyone>")])
    assert [one.pings for one in slack.seen(general)] == [["<!channel>", f"<@{anna.id}>"], ["<!everyone>"]]


# Limits

LABEL = {"type": "plain_text", "text": "x"}
TOO_MUCH: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "no_text"),
    "text": ({"text": "x" * 40_001}, "msg_too_long"),
    "markdown": ({"markdown_text": "x" * 12_001}, "msg_too_long"),
    "both": ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
    "section": ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
    "blocks": ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    "header": ({"blocks": [{"type": "header", "text": {**LABEL, "text": "x" * 151}}]}, "invalid_blocks"),
    "markdown blocks": ({"blocks": [{"type": "markdown", "text": "x" * 6001}] * 2}, "msg_blocks_too_long"),
    "value": (
        {"blocks": [{"type": "actions", "elements": [{"type": "button", "text": LABEL, "value": "x" * 2001}]}]},
        "invalid_blocks",
    ),
    "rows": ({"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}]}, "invalid_blocks"),
    "columns": ({"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}]}, "invalid_blocks"),
    "type": ({"blocks": [{"type": "marquee"}]}, "invalid_blocks"),
    "same id": ({"blocks": [{"type": "divider", "block_id": "a"}] * 2}, "invalid_blocks"),
    "empty": ({"blocks": [section("")]}, "invalid_blocks"),
    "no list": ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
async def test_what_is_too_much_is_refused(client: AsyncWebClient, general: Channel, what: str) -> None:
    body, refusal = TOO_MUCH[what]
    assert await error(client.api_call("chat.postMessage", json={"channel": general.id, **body})) == refusal


async def test_what_just_fits_is_taken(slack: Slack, client: AsyncWebClient, general: Channel) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100}
    header = {"type": "header", "text": {**LABEL, "text": "x" * 150}}
    blocks = [section("x" * 3000), header, table, {"type": "markdown", "text": "x" * 12_000}]
    said = await client.chat_postMessage(channel=general.id, text="x" * 11_800, blocks=blocks)
    await client.chat_update(channel=general.id, ts=said["ts"], text="x" * 4_000)
    assert await error(client.chat_update(channel=general.id, ts=said["ts"], text="x" * 4_001)) == "msg_too_long"
    await client.chat_update(channel=general.id, ts=said["ts"], text="", markdown_text="x" * 12_000)
    assert len(slack.seen(general)[0].shown) == 12_000


# Streams


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


# Agents and views


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


# Rates


async def test_rates_are_counted_and_enforced(slack: Slack, client: AsyncWebClient, general: Channel) -> None:
    for _ in range(4):
        await client.chat_postMessage(channel=general.id, text="x")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=general.id, text="x")
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "4")
    other = slack.channel("other")
    await client.chat_postMessage(channel=other.id, text="x")
    slack.clock.move(4)
    await client.chat_postMessage(channel=general.id, text="x")
    assert slack.rates.violations == {"chat.postMessage": 1}


async def test_appends_of_a_workspace_share_one_budget(
    slack: Slack, client: AsyncWebClient, anna: User, question: Message
) -> None:
    streams = [await client.chat_startStream(**stream_to(slack, anna, question)) for _ in range(2)]
    slack.rates.enforced = False
    for number in range(102):
        at = {"channel": question.channel, "ts": streams[number % 2]["ts"]}
        await client.chat_appendStream(markdown_text="x", **at)
    assert slack.rates.violations == {"chat.appendStream": 2}


async def test_history_is_slow_for_apps_that_are_sold() -> None:
    async with Slack(commercial=True) as slack:
        anna = slack.person("Anna")
        general = slack.channel("general", anna)
        for number in range(20):
            slack.says(anna, general, str(number))
        client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        assert len((await client.conversations_history(channel=general.id, limit=100))["messages"]) == 15
        assert await error(client.conversations_history(channel=general.id)) == "ratelimited"
        slack.clock.move(60)
        await client.conversations_history(channel=general.id)


# Faults


async def test_a_connection_may_break_before_a_post_or_after_it(
    slack: Slack, client: AsyncWebClient, general: Channel
) -> None:
    for fault, posted in (("dropped before", 0), ("dropped after", 1)):
        slack.misbehave(fault, "chat.postMessage", times=1)  # type: ignore[arg-type]  # of two that are faults
        with pytest.raises(Exception, match="disconnected"):
            await client.chat_postMessage(channel=general.id, text=fault)
        assert len(slack.seen(general)) == posted


async def test_the_sdk_as_it_comes_posts_twice_over_a_broken_connection(slack: Slack, general: Channel) -> None:
    client = AsyncWebClient(slack.token, base_url=slack.api_url)
    assert any(isinstance(one, AsyncConnectionErrorRetryHandler) for one in client.retry_handlers)
    client.retry_handlers[0].interval_calculator = FixedValueRetryIntervalCalculator(0.0)
    slack.misbehave("dropped after", "chat.postMessage", times=1)
    await client.chat_postMessage(channel=general.id, text="x")
    assert len(slack.seen(general)) == 2


async def test_calls_fail_wait_and_come_back_garbled(slack: Slack, client: AsyncWebClient, general: Channel) -> None:
    slack.misbehave("error", "auth.test", after=1, times=1)
    await client.auth_test()
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert refused.value.response.status_code == 500
    slack.misbehave("garbage", "auth.test", times=1)
    with pytest.raises(SlackApiError, match="non-JSON format"):
        await client.auth_test()
    slack.misbehave("slow after", "chat.postMessage")
    slack.tasks.start(_posted(client, general))
    await slack.until(lambda: slack.seen(general))
    slack.recover()
    await slack.until(lambda: slack.called("reactions.add"))


async def _posted(client: AsyncWebClient, channel: Channel) -> None:
    said = await client.chat_postMessage(channel=channel.id, text="x")
    await client.reactions_add(channel=channel.id, timestamp=said["ts"], name="eyes")


async def test_a_clock_may_run_by_itself() -> None:
    clock = Clock(runs=True)
    await clock.until(clock.now() + 0.001)
    rung: list[int] = []
    clock.at(clock.now() + 90, lambda: rung.append(2))
    clock.at(clock.now() + 60, lambda: rung.append(1))
    clock.at(clock.now() + 120, lambda: rung.append(3)).cancel()
    clock.move(120)
    assert rung == [1, 2]


async def test_a_deleted_root_leaves_a_mark_above_its_replies(
    slack: Slack, client: AsyncWebClient, general: Channel, question: Message
) -> None:
    said = await client.chat_postMessage(channel=general.id, text="x", thread_ts=question.ts)
    slack.deletes(question)
    assert [one.subtype for one in slack.seen(general)] == ["tombstone", None]
    found = await client.conversations_replies(channel=general.id, ts=question.ts)
    assert [one["ts"] for one in found["messages"]] == [question.ts, said["ts"]]


async def test_what_a_test_waits_for_in_vain_fails_it(slack: Slack) -> None:
    with pytest.raises(AssertionError, match="not seen within"):
        await slack.until(lambda: False, within=0.01)
