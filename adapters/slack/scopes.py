"""What the bot may do on Slack: the scopes that it asks for, each with what does not work without it. Pure."""

from __future__ import annotations

from typing import Final

SCOPES: Final = {
    "app_mentions:read": "mentions are not heard",
    "assistant:write": "nothing says that an answer is being written, and it cannot be stopped from Slack's own button",
    "chat:write": "no answer can be posted",
    "commands": "/ask and “Ask about this message” are not there",
    "im:history": "direct messages are not heard",
    "im:read": "direct messages are not told from channels",
    "im:write": "private answers cannot be sent",
    "channels:history": "follow-ups in public channels are not heard, and threads there are not read",
    "channels:read": "who reads a public channel is unknown, so only public documents are used there",
    "groups:history": "follow-ups in private channels are not heard, and threads there are not read",
    "groups:read": "who reads a private channel is unknown, so only public documents are used there",
    "mpim:history": "group messages are not heard",
    "mpim:read": "who reads a group message is unknown, so only public documents are used there",
    "reactions:read": "thumbs under an answer do not count",
    "reactions:write": "a refusal cannot be marked",
    "users:read": "people have no names, and guests are not told from members",
    "usergroups:read": "documents for user groups are read by nobody",
    "files:read": "files in a thread are not read",
    "files:write": "nothing can be attached to an answer",
}
"""The bot's, as ``manifest.yaml`` lists them."""
