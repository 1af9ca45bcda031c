"""What Discord refuses and simcord lets pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcord.backend.errors import BackendError
from simcord.enums import ChannelType

if TYPE_CHECKING:
    from simcord.backend.models import Channel

    from tests.doubles.discord.call import Call
    from tests.doubles.discord.world import World

_PAGE = 100
_MANAGES_THREADS = 1 << 34
_MESSAGES = "/channels/{}/messages"


def refuse(world: World, call: Call) -> None:
    """Raise BackendError for what would be wrong at Discord; wake a thread that is written in."""
    parts = call.parts
    channel = world.channels.get(int(parts[1])) if parts[0] == "channels" and parts[1].isdecimal() else None
    if channel is None:
        return
    if call.method == "GET":
        if call.route == _MESSAGES and not 1 <= int(call.params.get("limit", 50)) <= _PAGE:
            raise BackendError(400, 50035, "Invalid Form Body: limit")
        return
    posting = call.method == "POST" and call.route == _MESSAGES
    if posting and channel.type in (ChannelType.FORUM, ChannelType.CATEGORY):
        raise BackendError(400, 50008, "Cannot send messages in a non-text channel")
    if posting and channel.guild_id is None:
        _take_directly(world, channel.recipient_ids)
    if channel.thread_metadata is not None and parts[2:3] == ["messages"]:
        _enter(world, channel, posting=posting)
    if posting:
        _refer(world, channel, call.json)


def _take_directly(world: World, people: list[int]) -> None:
    for person in people:
        shared = any({person, world.bot_user.id} <= set(guild.members) for guild in world.guilds.values())
        if person in world.closed or not shared:
            raise BackendError(403, 50007, "Cannot send messages to this user")


def _enter(world: World, thread: Channel, *, posting: bool) -> None:
    meta = thread.thread_metadata
    assert meta is not None
    world.require_permissions(thread.guild_id, world.bot_user.id, thread.id)
    manages = world.compute_permissions(thread.guild_id or 0, world.bot_user.id, thread.id) & _MANAGES_THREADS
    if meta.archived and (not posting or (meta.locked and not manages)):
        raise BackendError(400, 50083, "Thread is archived")
    if meta.locked and posting and not manages:
        raise BackendError(403, 160005, "Thread is locked")
    if meta.archived:
        world.edit_channel(thread.id, {}, thread_metadata={"archived": False})


def _refer(world: World, channel: Channel, body: Any) -> None:  # noqa: ANN401 - what the bot sent
    """A reply wants to read what was said, and to find what it answers."""
    reference = body.get("message_reference") if isinstance(body, dict) else None
    if not reference or reference.get("type", 0) != 0:
        return
    if channel.guild_id is not None:
        perms = world.compute_permissions(channel.guild_id, world.bot_user.id, channel.id)
        if not perms & (1 << 16):
            raise BackendError(403, 160002, "Cannot reply without permission to read message history")
    if _missing(world, channel.id, reference) and reference.get("fail_if_not_exists", True):
        raise BackendError(400, 50035, "Invalid Form Body: message_reference: Unknown message")


def _missing(world: World, channel: int, reference: dict[str, Any]) -> bool:
    return int(reference["message_id"]) not in world.messages.get(channel, {})


def carried_out(world: World, call: Call) -> Any:  # noqa: ANN401 - what the bot sent
    """Give the body without a reply to what is gone, which Discord then posts as any message."""
    reference = call.json.get("message_reference") if isinstance(call.json, dict) else None
    if call.route != _MESSAGES or not reference or not _missing(world, int(call.parts[1]), reference):
        return call.json
    return {key: value for key, value in call.json.items() if key != "message_reference"}
