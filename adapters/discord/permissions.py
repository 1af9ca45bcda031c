"""What the bot has to be allowed in a channel, each with what does not work without it. Pure."""

from __future__ import annotations

from typing import Final

PERMISSIONS: Final = {
    "view_channel": "questions there are not heard",
    "send_messages": "answers cannot stand there",
    "send_messages_in_threads": "answers cannot stand in threads",
    "create_public_threads": "answers stand in the channel, and not in a thread of their own",
    "read_message_history": "what was said before a question is not read, nor what was asked while the bot was away",
    "add_reactions": "a refusal that is only a sign is not shown",
}
"""All of them, by discord.py's names."""
_NAMES: Final = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
_BITS: Final = {
    "view_channel": 10,
    "send_messages": 11,
    "send_messages_in_threads": 38,
    "create_public_threads": 35,
    "read_message_history": 16,
    "add_reactions": 6,
}
ADMINISTRATOR: Final = 1 << 3
"""Who has it may do everything, whatever a channel says."""
SCOPES: Final = ("bot", "applications.commands")


def bit(permission: str) -> int:
    """Give the bit that Discord has for a permission."""
    return 1 << _BITS[permission]


def shown(permission: str) -> str:
    """Give the name under which Discord's settings show it."""
    return _NAMES[permission]


def everything() -> int:
    """Give all of them as Discord wants them in a link."""
    return sum(bit(name) for name in PERMISSIONS)


def missing(held: int) -> tuple[str, ...]:
    """Give those that are not among what is held."""
    if held & ADMINISTRATOR:
        return ()
    if not held & bit("view_channel"):
        return ("view_channel",)
    return tuple(name for name in PERMISSIONS if not held & bit(name))
