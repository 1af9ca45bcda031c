"""The double goes wrong as it is told, and a test notices."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_double.asking import error
from tests.doubles.slack import Clock, Slack

if TYPE_CHECKING:
    from tests.doubles.slack import Channel, Message


async def test_a_connection_may_break_before_a_post_or_after_it(
    slack: Slack, client: AsyncWebClient, general: Channel
) -> None:
    for fault, posted in (("dropped before", 0), ("dropped after", 1)):
        slack.misbehave(fault, "chat.postMessage", times=1)  # type: ignore[arg-type]  # of two that are faults
        with pytest.raises(Exception, match="disconnected"):
            await client.chat_postMessage(channel=general.id, text=fault)
        assert len(slack.seen(general)) == posted
    assert [call.error for call in slack.called("chat.postMessage")] == ["dropped", None]


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
    slack.misbehave("invalid_auth", "auth.test", times=1)
    assert await error(client.auth_test()) == "invalid_auth"
    slack.misbehave("slow before", "chat.postMessage")
    slack.tasks.start(_posted(client, general))
    await client.auth_test()
    assert slack.seen(general) == []
    slack.recover()
    await slack.until(lambda: slack.seen(general))
    general.messages.clear()
    slack.misbehave("slow after", "chat.postMessage")
    slack.tasks.start(_posted(client, general))
    await slack.until(lambda: slack.seen(general))
    slack.recover()
    await slack.until(lambda: len(slack.called("chat.getPermalink")) == 2)


async def _posted(client: AsyncWebClient, channel: Channel) -> None:
    said = await client.chat_postMessage(channel=channel.id, text="x")
    with suppress(SlackApiError):
        await client.chat_getPermalink(channel=channel.id, message_ts=said["ts"])


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


async def test_a_fault_of_the_doubles_own_fails_the_test() -> None:
    slack = await Slack().__aenter__()
    client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
    nonsense = [{"type": "actions", "elements": [1]}]
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=slack.channel("general").id, text="x", blocks=nonsense)
    with pytest.raises(AttributeError):
        await slack.__aexit__()


async def test_what_a_test_waits_for_in_vain_fails_it(slack: Slack) -> None:
    with pytest.raises(AssertionError, match="not seen within"):
        await slack.until(lambda: False, within=0.01)
