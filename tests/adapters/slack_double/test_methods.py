"""The double looks at who calls, and keeps what is said as Slack does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_double.asking import error, section

if TYPE_CHECKING:
    from tests.doubles.slack import Channel, Message, Slack, User


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
