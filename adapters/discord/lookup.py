"""Finds what the bot posted, where nobody knows any more whether it did, by the key in a message's buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord import kit
from adapters.discord.payload import ident
from adapters.payload import at, items, text

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.discord.calls import Calls

_EPOCH: Final = 1_420_070_400_000
"""Milliseconds from 1970 to Discord's first moment."""
_PAGE: Final = 100
_PAGES: Final = 10
_AHEAD: Final = 60.0
"""Seconds by which our clock may be ahead of Discord's."""


def snowflake(at: datetime) -> str:
    """Give the first id of a moment."""
    return str(max(0, int((at.timestamp() - _AHEAD) * 1_000) - _EPOCH) << 22)


async def found(calls: Calls, me: str, channel: str, since: datetime, key: str) -> str | None:
    """Give the bot's newest message with a key that is no older than a moment. Raises DiscordError."""
    oldest = int(snowflake(since))
    before: dict[str, str] = {}
    for _ in range(_PAGES):
        answer = await calls.ask(
            "GET", "/channels/{channel_id}/messages", channel_id=channel, params={"limit": _PAGE, **before}
        )
        page = sorted(items({"messages": answer}, "messages"), key=_number, reverse=True)
        for one in page:
            if _number(one) >= oldest and _is(one, me, key):
                return ident(one, "id")
        if len(page) < _PAGE or _number(page[-1]) < oldest:
            break
        before = {"before": ident(page[-1], "id")}
    return None


def _number(given: object) -> int:
    return int(ident(given, "id") or 0)


def _is(given: object, me: str, key: str) -> bool:
    if ident(given, "author", "id") != me:
        return False
    buttons = [one for row in items(given, "components") for one in items(row, "components")]
    return any(kit.key_of(text(one, "custom_id")) == key for one in buttons if at(one, "custom_id"))
