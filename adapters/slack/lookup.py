"""Finds what the bot posted for a question, where nobody knows any more whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.payload import items, strings, text
from adapters.slack.errors import SlackError
from adapters.slack.payload import ident, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.workspaces import Workspace

_PAGES: Final = 5
_PATIENCE: Final = 90.0
"""Seconds for which a look-up waits where it is told to: some apps may look once a minute."""
_AHEAD: Final = 600.0
"""Seconds by which our clock may be ahead of Slack's where a question stands in no message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One message of the bot's; ``key`` and ``question`` are "" where it says nothing of them, as a cut stream does."""

    ts: str
    key: str
    question: str


async def ours(workspace: Workspace, channel: str, thread: str | None, since: float) -> list[Found]:
    """Give the bot's messages in a thread or, without one, at the top of a channel, oldest first. Raises SlackError.

    Only those are sought that are not much older than a question that was asked ``since``, in seconds since 1970.
    """
    where: dict[str, object] = {"channel": channel, "oldest": f"{max(0.0, since - _AHEAD):.6f}", "limit": 200}
    method = "conversations.replies" if thread else "conversations.history"
    where |= {"ts": thread} if thread else {}
    found: list[Found] = []
    cursor = ""
    for _ in range(_PAGES):
        page = {**where, "cursor": cursor} if cursor else where
        answer = await workspace.calls.ask(method, within=_PATIENCE, include_all_metadata=True, **page)
        found += [_found(one) for one in items(answer, "messages") if _is_ours(one, workspace.bot, thread)]
        cursor = text(answer, "response_metadata", "next_cursor")
        if not cursor:
            break
    return sorted(found, key=lambda one: float(one.ts))


async def shown(workspace: Workspace, channel: str, thread: str | None, ts: str) -> str:
    """Give all the strings of one message, as the platform has it. Raises SlackError."""
    method = "conversations.replies" if thread else "conversations.history"
    where: dict[str, Any] = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True, "limit": 5}
    where |= {"ts": thread} if thread else {}
    answer = await workspace.calls.ask(method, **where)
    return strings([one for one in items(answer, "messages") if moment(one, "ts") == ts])


async def asked(workspace: Workspace, channel: str, ts: str) -> bool:
    """Say whether a message stands in a channel: False only where the platform says that it is gone."""
    try:
        answer = await workspace.calls.ask(
            "conversations.history", channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1
        )
    except SlackError:
        return True
    found = [one for one in items(answer, "messages") if moment(one, "ts") == ts]
    return any(text(one, "subtype") != "tombstone" for one in found)


def by_key(found: Sequence[Found], key: str) -> str | None:
    """Give the newest message that has a key."""
    return next((one.ts for one in reversed(found) if one.key == key), None)


def strays(found: Sequence[Found], known: frozenset[str], since: float) -> list[str]:
    """Give the messages that say nothing of themselves, are not known, and are no older than the question."""
    return [
        one.ts for one in found if not (one.key or one.question) and one.ts not in known and float(one.ts) >= since - 2
    ]


def _is_ours(given: object, bot: str, thread: str | None) -> bool:
    return ident(given, "user") == bot and moment(given, "ts") not in {"", thread}


def _found(given: object) -> Found:
    payload = ("metadata", "event_payload")
    return Found(
        ts=moment(given, "ts"), key=text(given, *payload, "key"), question=text(given, *payload, "question_id")
    )
