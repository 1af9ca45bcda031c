"""A bare Bolt app over Socket Mode: for each mention, the calls that it was told of, with the same text."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import Mapping


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("told", type=Path)
    told: dict[str, Any] = json.loads(parser.parse_args().told.read_text())
    client = AsyncWebClient(token=told["token"], base_url=told["api_url"])
    app = AsyncApp(client=client)

    @app.event("app_mention")
    async def _(event: Mapping[str, Any]) -> None:
        for method in told["methods"]:
            await _call(client, method, event, told["text"])

    @app.event("message")
    async def _(event: Mapping[str, Any]) -> None:
        """Heard, and nothing to do."""

    await AsyncSocketModeHandler(app, told["app_token"]).start_async()  # type: ignore[no-untyped-call]


async def _call(client: AsyncWebClient, method: str, event: Mapping[str, Any], text: str) -> None:
    channel, thread = event["channel"], event["ts"]
    match method:
        case "agents.sessions.setStatus":
            await client.agents_sessions_setStatus(channel_id=channel, status="processing", thread_ts=thread)
        case "assistant.threads.setStatus":
            await client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is searching…")
        case "chat.postMessage":
            await client.chat_postMessage(channel=channel, thread_ts=thread, text=text, blocks=_blocks(text))
        case _:
            await client.users_info(user=event["user"])


def _blocks(text: str) -> list[dict[str, Any]]:
    return [{"type": "markdown", "text": text}]


if __name__ == "__main__":
    asyncio.run(main())
