"""The double takes no more than Slack takes, and no more often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_double.asking import LABEL, error, section, stream_to
from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from tests.doubles.slack import Channel, Message, User


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
