"""Response URLs: what an app may say where somebody turned to it, whether it is a member there or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.doubles.slack import limits, shapes
from tests.doubles.slack.errors import Refused
from tests.doubles.slack.records import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.slack.emitting import Emitter
    from tests.doubles.slack.records import Channel, Hook
    from tests.doubles.slack.state import State

USES: Final = 5
_KNOWN: Final = frozenset(
    {
        "text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts",
        "unfurl_links", "unfurl_media", "mrkdwn", "metadata",
    }
)  # fmt: skip


def post(state: State, emit: Emitter, path: str, said: Mapping[str, Any]) -> None:
    """Say it, replace the message that the hook is about, or take that away."""
    hook = state.hooks.get(path)
    if hook is None:
        raise Refused("no_service")
    if state.clock.now() > hook.until:
        raise Refused("expired_url")
    if hook.used >= USES:
        raise Refused("used_url")
    if unknown := set(said) - _KNOWN:
        raise Refused("invalid_payload", messages=sorted(unknown))
    hook.used += 1
    channel = state.channels[hook.channel]
    if said.get("delete_original"):
        _take_away(state, emit, channel, hook)
        return
    message = reply(state, channel, hook.team, hook.user, said)
    message.thread_ts = said.get("thread_ts")
    if said.get("replace_original") and hook.about:
        _replace(state, emit, channel, hook, message)
    elif message.seen_by:
        channel.ephemeral.append(message)
    else:
        channel.add(message)
        emit.posted(message)


def reply(state: State, channel: Channel, team: str, user: str, said: Mapping[str, Any]) -> Message:
    """What the app answers to somebody: only for them, unless it is to be ``in_channel``."""
    text, blocks = said.get("text") or "", said.get("blocks") or []
    limits.text(text, limits.TEXT)
    if not (text or blocks or said.get("attachments")):
        raise Refused("no_text")
    installation = state.installations[team]
    return Message(
        ts=state.ts(),
        channel=channel.id,
        user=installation.bot.id,
        team=team,
        text=text,
        blocks=[{"block_id": state.id("b"), **block} for block in limits.blocks(blocks)],
        bot=installation,
        metadata=said.get("metadata"),
        seen_by=None if said.get("response_type") == "in_channel" else user,
    )


def _replace(state: State, emit: Emitter, channel: Channel, hook: Hook, new: Message) -> None:
    old = _original(channel, hook)
    previous = shapes.message(state, old)
    old.text, old.blocks, old.markdown = new.text, new.blocks, ""
    if not hook.ephemeral:
        emit.changed(old, previous)


def _take_away(state: State, emit: Emitter, channel: Channel, hook: Hook) -> None:
    old = _original(channel, hook)
    if hook.ephemeral:
        channel.ephemeral.remove(old)
        return
    previous = shapes.message(state, old)
    channel.remove(old)
    emit.deleted(channel, previous)


def _original(channel: Channel, hook: Hook) -> Message:
    there = [*channel.messages.values(), *channel.ephemeral]
    found = next((one for one in there if one.ts == hook.about), None)
    if found is None:
        raise Refused("message_not_found")
    return found
